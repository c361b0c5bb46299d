"""Which tickets somebody sees, and in whose name they act on one."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.http import Http404

from quietmonday.kit.actors import Actor
from quietmonday.people.access import Viewer
from quietmonday.people.models import Person
from quietmonday.support.models import Message, Ticket, TicketEngagement


def tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets the viewer may see."""
    seen = Q(pk__in=[])
    if viewer.sees.businesses:
        seen |= Q(business__in=viewer.sees.businesses)
    if viewer.staff_of:
        seen |= Q(business__in=viewer.staff_of, requester__in=list(viewer.persons))
    if viewer.sees.engagements:
        seen |= Q(_concerns(viewer))
    return Ticket.objects.filter(seen)


def tickets_supplied_by(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets of the suppliers whose queue the viewer sees."""
    return Ticket.objects.filter(_concerns(viewer))


def _concerns(viewer: Viewer) -> IsNull:
    """Whether a ticket concerns an open engagement of the suppliers whose side the viewer sees.

    Written so that both engines look up the parties of one ticket, which are few, whatever the history. An EXISTS makes
    PostgreSQL read all parties there are into a hash; without COALESCE, SQLite tries every engagement of the viewer in
    turn by the index that begins with it: fifty searches a ticket.
    """
    parties = TicketEngagement.objects.alias(of=Coalesce("engagement_id", "engagement_id"))
    ours = parties.filter(ticket=OuterRef("pk"), of__in=list(viewer.sees.engagements))
    return IsNull(Subquery(ours.values("engagement")[:1]), False)


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


def works_on(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer acts on the ticket as a supplier of it."""
    return supplier_side(viewer, ticket) is not None


def supplier_side(viewer: Viewer, ticket: Ticket) -> uuid.UUID | None:
    """Return the supplier for which the viewer works on the ticket, the first concerned if several; else None."""
    if not viewer.supplies(ticket.business_id):
        return None
    parties = TicketEngagement.objects.filter(ticket=ticket, engagement__in=list(viewer.engagements))
    first = parties.order_by("since", "id").values_list("engagement_id", flat=True).first()
    return viewer.engagement_supplier[first] if first else None


def voice_of(viewer: Viewer, ticket: Ticket, supplier: uuid.UUID | None) -> tuple[Person, Actor]:
    """Return as whom the viewer speaks on a visible ticket: a person of `supplier`, or (None) of the business."""
    ref = viewer.person_at.get(supplier) if supplier else viewer.person_at.get(ticket.business_id)
    if ref is None:
        raise PermissionDenied
    person = Person.objects.get(pk=ref)
    return person, Actor(id=person.id, name=person.name)


def asked_for(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer is on the asking side: requester, owner or stand-in."""
    return ticket.business_id in viewer.leads or (
        ticket.business_id in viewer.staff_of and ticket.requester_id in viewer.persons
    )


def messages_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a visible ticket: public ones, and notes of the supplier whose side is seen."""
    return Message.objects.filter(Q(public=True) | Q(supplier__in=viewer.sees.suppliers), ticket=ticket)


def ticket_by_number(viewer: Viewer, business: uuid.UUID, number: int) -> Ticket | None:
    """Return a visible ticket of the business by the number that people say; None for outsiders and when absent."""
    return tickets_visible_to(viewer).filter(business=business, work_item__number=number).first()


def ticket_of_origin(viewer: Viewer, business: uuid.UUID, origin: str) -> Ticket:
    """Return the visible ticket that this origin caused; Http404 otherwise."""
    ticket = tickets_visible_to(viewer).filter(business=business, work_item__origin=origin).first()
    if ticket is None:
        raise Http404
    return ticket
