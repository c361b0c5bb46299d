"""Files of messages."""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.access.past import past_messages_visible_to, past_tickets_visible_to
from quietmonday.support.access.tickets import messages_visible_to, ticket_for
from quietmonday.support.models import Attachment, Message


def attachment_for(viewer: Viewer, ref: uuid.UUID) -> Attachment:
    """Return the attachment if its message is visible to the viewer; Http404 otherwise, and once it is erased."""
    rows = Attachment.objects.select_related("file__business", "message__ticket")
    attachment = rows.filter(pk=ref, erased_at=None).first()
    if attachment is None:
        raise Http404
    if not _messages_read_by(viewer, attachment.message.ticket_id).filter(pk=attachment.message_id).exists():
        raise Http404
    return attachment


def _messages_read_by(viewer: Viewer, ref: uuid.UUID) -> QuerySet[Message]:
    """The messages of a ticket that the viewer sees, or whose past it may read; Http404 if neither."""
    try:
        return messages_visible_to(viewer, ticket_for(viewer, ref))
    except Http404:
        past = past_tickets_visible_to(viewer).filter(pk=ref).first()
        if past is None:
            raise
        return past_messages_visible_to(viewer, past, past.__dict__["until"])
