"""Who may say who else hears of a ticket, which supplier works on it, and what it has to do with others."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from quietmonday.kit.signing import signed_by_us
from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import KNOWN, Engagement, Membership, Person, Role
from quietmonday.support.access.reporting import requesters_met_by
from quietmonday.support.access.tickets import supplier_side, ticket_for, tickets_visible_to, works_on
from quietmonday.support.models import CallIn, CopySuggestion, Ticket, TicketEngagement, TicketLink, Watcher

STOP_WATCHING = "stop watching"
"""The purpose of the signed link by which somebody stops hearing of a ticket."""


def arranges(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer says what a visible ticket has to do with others: who leads the business, and who works
    on it for a supplier."""
    return ticket.business_id in viewer.leads or works_on(viewer, ticket)


def ticket_arranged_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer arranges it; Http404 unseen, PermissionDenied seen only."""
    ticket = ticket_for(viewer, ref)
    if not arranges(viewer, ticket):
        raise PermissionDenied
    return ticket


def ticket_led_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer is owner or stand-in of its business; Http404 unseen, PermissionDenied else."""
    ticket = ticket_for(viewer, ref)
    if ticket.business_id not in viewer.leads:
        raise PermissionDenied
    return ticket


def other_ticket(viewer: Viewer, ticket: Ticket, number: int) -> Ticket | None:
    """Return another ticket of the same business by the number that people say, if the viewer arranges it too."""
    rows = tickets_visible_to(viewer).filter(business=ticket.business_id, work_item__number=number)
    found = rows.select_related("business", "work_item").first()
    return found if found is not None and arranges(viewer, found) else None


def persons_added_by(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> QuerySet[Person]:
    """Return whom the viewer may let hear of a visible ticket, in no order.

    Owner and stand-in: everybody known at their business, with an account or without, and their counterparts at the
    suppliers that it concerns. Somebody at such a supplier: the colleagues, who of the business sees the ticket anyway,
    and whom they have met there who has no account, and so gets mail and nothing else. Nobody else adds anybody, and
    nobody adds who has left.
    """
    alone = ~Exists(Membership.objects.filter(person=OuterRef("pk")))  # without an account
    known = Person.objects.filter(KNOWN, Q(_held(now)) | alone)
    if ticket.business_id in viewer.leads:
        concerned = TicketEngagement.objects.filter(ticket=ticket, ended_at=None)
        named = Engagement.objects.filter(holding(now), pk__in=concerned.values("engagement"))
        counterparts = Q(pk__in=named.filter(counterpart__isnull=False).values("counterpart")) & _held(now)
        return known.filter(Q(business=ticket.business_id) | Q(counterparts))
    ours = _worked_on_by(viewer, ticket)
    lead = Membership.objects.filter(holding(now), person=OuterRef("pk"), business=ticket.business_id)
    asking = [ref for ref in (ticket.requester_id, ticket.reported_by_id) if ref]
    return known.filter(
        Q(_held(now), supplier__in=ours.values("engagement__supplier"))
        | Q(Exists(lead.filter(role__in=[Role.OWNER, Role.STAND_IN])))
        | Q(pk__in=asking, business=ticket.business_id)
        | Q(alone, pk__in=requesters_met_by(viewer, ticket.business).values("pk")),
        Exists(ours),
    )


def _worked_on_by(viewer: Viewer, ticket: Ticket) -> QuerySet[TicketEngagement]:
    """The engagements through which the viewer works on a ticket."""
    return TicketEngagement.objects.filter(ticket=ticket, ended_at=None, engagement__in=list(viewer.engagements))


def _held(now: dt.datetime) -> Exists:
    return Exists(Membership.objects.filter(holding(now), person=OuterRef("pk")))


def persons_asked_for_by(viewer: Viewer, ticket: Ticket) -> QuerySet[Person]:
    """Return whose problem the viewer may say a ticket is: of one's own business everybody, of a client's whom one has
    met there."""
    people = Person.objects.filter(KNOWN, business=ticket.business_id)
    if ticket.business_id in viewer.leads:
        return people
    met = requesters_met_by(viewer, ticket.business)
    return people.filter(Exists(_worked_on_by(viewer, ticket)), pk__in=met.values("pk"))


def watchers_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Watcher]:
    """Return who hears of a visible ticket, as far as the viewer may know: a supplier is not told who listens at
    another."""
    rows = Watcher.objects.filter(ticket=ticket, ended_at=None)
    if ticket.business_id in viewer.sees.businesses | viewer.staff_of:
        return rows
    return rows.filter(Q(person__business=ticket.business_id) | Q(person__supplier__in=viewer.sees.suppliers))


def ends_watching_of(viewer: Viewer, ticket: Ticket, row: Watcher, supplier: uuid.UUID | None) -> bool:
    """Return whether the viewer may end that somebody hears: oneself, one's own business's, one's colleagues'.

    `supplier`: the one for which the viewer works on the ticket (`supplier_side`), if any.
    """
    if row.person_id in viewer.persons or ticket.business_id in viewer.leads:
        return True
    return supplier is not None and row.person.supplier_id == supplier


def watcher_ended_by(viewer: Viewer, ticket: Ticket, ref: uuid.UUID) -> Watcher:
    """Return one who hears of a visible ticket, if the viewer may end it; Http404 unseen, PermissionDenied else."""
    row = watchers_visible_to(viewer, ticket).select_related("person").filter(pk=ref).first()
    if row is None:
        raise Http404
    if not ends_watching_of(viewer, ticket, row, supplier_side(viewer, ticket)):
        raise PermissionDenied
    return row


def watcher_by_link(ref: uuid.UUID, mac: str) -> Watcher:
    """Return who hears by the signed link of their mail; Http404 for any other. No sign-in: the link is the key."""
    if not signed_by_us(mac, STOP_WATCHING, str(ref)):
        raise Http404
    row = Watcher.objects.select_related("ticket__business", "ticket__work_item", "person").filter(pk=ref).first()
    if row is None:
        raise Http404
    return row


def copies_answered_by(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> QuerySet[CopySuggestion]:
    """Return who stood in copy of a mail and waits for the viewer's word: those whom the viewer may add."""
    rows = CopySuggestion.objects.filter(ticket=ticket, answered_at=None)
    return rows.filter(person__in=persons_added_by(viewer, ticket, now).values("pk"))


def copy_answered_by(viewer: Viewer, ticket: Ticket, ref: uuid.UUID, now: dt.datetime) -> CopySuggestion:
    """Return one of them, answered or not; Http404 otherwise."""
    rows = CopySuggestion.objects.filter(ticket=ticket, pk=ref)
    row = rows.filter(person__in=persons_added_by(viewer, ticket, now).values("pk")).first()
    if row is None:
        raise Http404
    return row


def engagements_called_in_by(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> list[Engagement]:
    """Return which further suppliers of the business the viewer may call in: owner and stand-in all, by name."""
    if ticket.business_id not in viewer.leads:
        return []
    here = TicketEngagement.objects.filter(ticket=ticket, ended_at=None).values("engagement")
    rows = Engagement.objects.filter(holding(now), business=ticket.business_id).exclude(pk__in=here)
    return list(rows.select_related("supplier").order_by("supplier__name", "id"))


def party_of(ticket: Ticket, ref: uuid.UUID) -> TicketEngagement:
    """Return one of the suppliers that a ticket (from `ticket_led_by`) concerns or concerned; Http404 otherwise."""
    row = TicketEngagement.objects.select_related("engagement__supplier").filter(ticket=ticket, pk=ref).first()
    if row is None:
        raise Http404
    return row


def call_ins_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[CallIn]:
    """Return who would call in another supplier and has no answer: the business sees all, a supplier its own."""
    rows = CallIn.objects.filter(ticket=ticket, answered_at=None).select_related("supplier").order_by("at", "id")
    if ticket.business_id in viewer.sees.businesses:
        return rows
    return rows.filter(supplier__in=viewer.sees.suppliers)


def call_in_of(ticket: Ticket, ref: uuid.UUID) -> CallIn:
    """Return one of a ticket (from `ticket_led_by`), answered or not; Http404 otherwise."""
    row = CallIn.objects.filter(ticket=ticket, pk=ref).first()
    if row is None:
        raise Http404
    return row


def link_ended_by(viewer: Viewer, ticket: Ticket, ref: uuid.UUID) -> TicketLink:
    """Return a link of a ticket (from `ticket_arranged_by`) if the viewer arranges the other one too; Http404 else."""
    rows = TicketLink.objects.filter(Q(one=ticket) | Q(other=ticket), pk=ref)
    row = rows.select_related("one__business", "one__work_item", "other__business", "other__work_item").first()
    if row is None:
        raise Http404
    other = row.other if row.one_id == ticket.pk else row.one
    if not tickets_visible_to(viewer).filter(pk=other.pk).exists() or not arranges(viewer, other):
        raise Http404
    return row
