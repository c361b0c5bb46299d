"""Which tickets somebody sees, and in whose name they act on one."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import IsNull
from django.http import Http404

from quietmonday.kit.actors import Actor
from quietmonday.kit.prepared import Shelf
from quietmonday.people.access import Viewer
from quietmonday.people.models import Engagement, Person
from quietmonday.support.models import Message, Ticket, TicketEngagement, TicketState, Watcher, concerning


def tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets the viewer may see."""
    seen = Q(pk__in=[])
    if viewer.sees.businesses:
        seen |= Q(business__in=viewer.sees.businesses)
    if viewer.staff_of:
        mine = _theirs(viewer)
        seen |= Q(Q(pk__in=mine) | Q(part_of__in=mine), business__in=viewer.staff_of)
    if viewer.sees.engagements:
        seen |= Q(_concerns(viewer))
    return Ticket.objects.filter(seen)


def _theirs(viewer: Viewer) -> QuerySet[Ticket, Any]:
    """What somebody of the staff asked for, what they reported for a colleague, and of what they hear.

    As a union, because PostgreSQL reads a whole table for an OR of conditions of which one is a subquery.
    """
    me = list(viewer.persons)
    asked, reported = (Ticket.objects.filter(**{f"{name}__in": me}) for name in ("requester", "reported_by"))
    heard = Watcher.objects.filter(person__in=me, ended_at=None)
    return asked.values("pk").union(reported.values("pk"), heard.values("ticket"), all=True)


def tickets_supplied_by(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets of the suppliers whose queue the viewer sees."""
    return Ticket.objects.filter(_concerns(viewer))


def _concerns(viewer: Viewer) -> IsNull:
    return concerning(viewer.sees.engagements)


def clients_waiting_for(viewer: Viewer) -> Subquery:
    """Return one number, as a subquery: at how many clients of the viewer's suppliers something is open."""
    parties = TicketEngagement.objects.filter(ended_at=None, ticket=OuterRef("pk"), engagement=OuterRef(OuterRef("pk")))
    theirs = Ticket.objects.filter(Exists(parties), business=OuterRef("business"), state=TicketState.OPEN)
    engagements = Engagement.objects.filter(Exists(theirs), pk__in=list(viewer.sees.engagements)).order_by()
    one_group = engagements.annotate(all=Value(1)).values("all")
    return Subquery(one_group.annotate(clients=Count("business", distinct=True)).values("clients"))


def ticket_for(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket with its people, number and verdict in one query; Http404 for outsiders and when absent."""

    def build() -> QuerySet[Ticket]:
        along = ("business", "work_item", "requester", "assignee", "verdict")
        return tickets_visible_to(viewer).select_related(*along).filter(pk=_ASKED_FOR)

    found: list[Ticket] = _one.get(viewer.eyes, build, ticket=_ASKED_FOR).objects(ticket=ref)
    if not found:
        raise Http404
    return found[0]


_one = Shelf(256)
# Somebody may ask for a request by the id of their own business: built with that, the query would take every id that is
# asked for as the business too, and find nothing for anybody with these eyes.
_ASKED_FOR = uuid.uuid4()


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
    through = _worked_through(viewer, ticket)
    return viewer.engagement_supplier[through] if through else None


def engagement_worked(viewer: Viewer, ticket: Ticket) -> Engagement:
    """Return the engagement through which the viewer works on a visible ticket; PermissionDenied without one."""
    through = _worked_through(viewer, ticket)
    if through is None:
        raise PermissionDenied
    return Engagement.objects.select_related("supplier", "business").get(pk=through)


def _worked_through(viewer: Viewer, ticket: Ticket) -> uuid.UUID | None:
    if not viewer.supplies(ticket.business_id):
        return None
    parties = TicketEngagement.objects.filter(ticket=ticket, ended_at=None, engagement__in=list(viewer.engagements))
    return parties.order_by("since", "id").values_list("engagement_id", flat=True).first()


def voice_of(viewer: Viewer, ticket: Ticket, supplier: uuid.UUID | None) -> tuple[Person, Actor]:
    """Return as whom the viewer speaks on a visible ticket: a person of `supplier`, or (None) of the business."""
    ref = viewer.person_at.get(supplier) if supplier else viewer.person_at.get(ticket.business_id)
    if ref is None:
        raise PermissionDenied
    person = Person.objects.get(pk=ref)
    return person, Actor(id=person.id, name=viewer.signed(person.name))


def person_working(viewer: Viewer, supplier: uuid.UUID) -> Person:
    """Return as whom the viewer works for a supplier; PermissionDenied for whoever does not."""
    ref = viewer.person_at.get(supplier) if supplier in viewer.suppliers else None
    if ref is None:
        raise PermissionDenied
    return Person.objects.get(pk=ref)


def asked_for(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer is on the asking side: requester, who reported it for them, who hears of it, owner or
    stand-in."""
    if ticket.business_id in viewer.leads:
        return True
    if ticket.business_id not in viewer.staff_of:
        return False
    me = viewer.persons.keys()
    if not me.isdisjoint({ticket.requester_id, ticket.reported_by_id}):
        return True
    return Watcher.objects.filter(ticket__in=[ticket.pk, ticket.part_of_id], person__in=me, ended_at=None).exists()


def messages_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a visible ticket and of those that are the same call: what the viewer may read of them."""
    whole = Ticket.objects.filter(Q(pk=ticket.pk) | Q(part_of=ticket.pk))
    return Message.objects.filter(read_by(viewer, ticket.business_id), ticket__in=whole.values("pk"))


def read_by(viewer: Viewer, business: uuid.UUID | None = None) -> Q:
    """Return the condition of a message that the viewer may read, of a ticket that it sees: a public one, or a note of
    the supplier whose side is seen. `business`: whose ticket it is, if that is known.

    Of a supplier that was called in later: what came on record from then on, unless the business lets it see all.
    """
    own = viewer.sees.businesses | viewer.staff_of
    parties = TicketEngagement.objects.filter(
        Q(sees_from=None) | Q(sees_from__lte=OuterRef("recorded_at")),
        ticket=OuterRef("ticket"),
        engagement__in=list(viewer.sees.engagements),
        ended_at=None,
    )
    ours = Q(business__in=own)
    public = Q(public=True) & (ours | Exists(parties) if viewer.sees.engagements else ours)
    if business in own:  # that says nothing more then, and SQLite would look through all that the business ever said
        public = Q(public=True)
    return public | Q(public=False, supplier__in=viewer.sees.suppliers)


def ticket_by_number(viewer: Viewer, business: uuid.UUID, number: int) -> Ticket | None:
    """Return a visible ticket of the business by the number that people say; None for outsiders and when absent."""
    return tickets_visible_to(viewer).filter(business=business, work_item__number=number).first()


def ticket_of_origin(viewer: Viewer, business: uuid.UUID, origin: str) -> Ticket:
    """Return the visible ticket that this origin caused; Http404 otherwise."""
    ticket = tickets_visible_to(viewer).filter(business=business, work_item__origin=origin).first()
    if ticket is None:
        raise Http404
    return ticket
