"""Who sees and who touches a ticket: the only door for views.

| who | sees | may |
|---|---|---|
| owner, stand-in of the business | every ticket of it, public messages | write, reopen, say it is no request |
| staff | the tickets they asked for, public messages | write, reopen, say whether it was solved |
| technician, manager of a supplier whose open engagement it concerns | it, public messages, own notes | work on it |
| anybody else | nothing: the same 404 as "absent" | nothing |
"""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.models import Attachment, Message, Ticket, TicketEngagement


def tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets the viewer may see."""
    seen = Q(pk__in=[])
    if viewer.leads:
        seen |= Q(business__in=viewer.leads)
    if viewer.staff_of:
        seen |= Q(business__in=viewer.staff_of, requester__in=list(viewer.persons))
    if viewer.engagements:
        seen |= Q(
            Exists(TicketEngagement.objects.filter(ticket=OuterRef("pk"), engagement__in=list(viewer.engagements)))
        )
    return Ticket.objects.filter(seen)


def ticket_for(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket with its people, number and verdict in one query; Http404 for outsiders and when absent."""
    ticket = (
        tickets_visible_to(viewer)
        .select_related("business", "work_item", "requester", "assignee", "verdict")
        .filter(pk=ref)
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket


def ticket_worked_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer works on it for a supplier; Http404 unseen, PermissionDenied seen only."""
    ticket = ticket_for(viewer, ref)
    if not works_on(viewer, ticket):
        raise PermissionDenied
    return ticket


def ticket_asked_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer asked for it or leads its business; else as `ticket_worked_by`."""
    ticket = ticket_for(viewer, ref)
    if not asked_for(viewer, ticket):
        raise PermissionDenied
    return ticket


def works_on(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer sees the ticket as a supplier of it."""
    return bool(viewer.supplies(ticket.business_id)) and (
        TicketEngagement.objects.filter(ticket=ticket, engagement__in=list(viewer.engagements)).exists()
    )


def asked_for(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer is on the asking side: requester, owner or stand-in."""
    return ticket.business_id in viewer.leads or (
        ticket.business_id in viewer.staff_of and ticket.requester_id in viewer.persons
    )


def messages_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a visible ticket: public ones, and notes of the viewer's own supplier."""
    return Message.objects.filter(Q(public=True) | Q(supplier__in=viewer.suppliers), ticket=ticket)


def attachment_for(viewer: Viewer, ref: uuid.UUID) -> Attachment:
    """Return the attachment if its message is visible to the viewer; Http404 otherwise."""
    attachment = Attachment.objects.select_related("file", "message__ticket").filter(pk=ref).first()
    if attachment is None:
        raise Http404
    ticket = ticket_for(viewer, attachment.message.ticket_id)
    if not messages_visible_to(viewer, ticket).filter(pk=attachment.message_id).exists():
        raise Http404
    return attachment
