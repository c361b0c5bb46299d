"""Who erases what was said: the owner of the business, nobody else."""

from __future__ import annotations

import uuid

from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import Role
from quietmonday.support.access.tickets import messages_visible_to, ticket_for
from quietmonday.support.models import Message, Ticket


def ticket_erasable_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer is the owner of its business; Http404 otherwise, for a stand-in too."""
    ticket = ticket_for(viewer, ref)
    if not may_erase_in(viewer, ticket):
        raise Http404
    return ticket


def may_erase_in(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer may erase what was said in a visible ticket: the owner of the business."""
    return viewer.roles.get(ticket.business_id) == Role.OWNER


def message_erasable_by(viewer: Viewer, ref: uuid.UUID) -> Message:
    """Return a message that the viewer sees and whose business they own; Http404 otherwise, and once it is erased."""
    message = Message.objects.filter(pk=ref, erased_at=None).first()
    if message is None:
        raise Http404
    ticket = ticket_erasable_by(viewer, message.ticket_id)
    if not messages_visible_to(viewer, ticket).filter(pk=message.pk).exists():
        raise Http404
    message.ticket = ticket
    return message
