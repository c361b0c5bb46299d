"""How tickets stand to each other, for the rules and for the page of links."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from quietmonday.people.access import Viewer
from quietmonday.support.access import tickets_visible_to
from quietmonday.support.logic.linking import Standing
from quietmonday.support.models import LinkKind, Reopening, Resolution, Ticket, TicketEngagement, TicketLink


def standings(tickets: Sequence[Ticket]) -> list[Standing]:
    """Return how these tickets stand, in their order: five queries."""
    ids = [ticket.pk for ticket in tickets]
    parties: dict[uuid.UUID, set[uuid.UUID]] = {ref: set() for ref in ids}
    rows = TicketEngagement.objects.filter(ticket__in=ids, ended_at=None)
    for ref, engagement in rows.values_list("ticket_id", "engagement_id"):
        parties[ref].add(engagement)
    parts = Ticket.objects.filter(part_of__in=ids).order_by().values_list("part_of").annotate(n=Count("pk"))
    many = dict(parts)
    settled = set(Resolution.objects.filter(ticket__in=ids).values_list("ticket_id", flat=True))
    settled |= set(Reopening.objects.filter(ticket__in=ids).values_list("ticket_id", flat=True))
    links = list(TicketLink.objects.filter(Q(one__in=ids) | Q(other__in=ids), ended_at=None))
    return [
        Standing(
            id=ticket.pk,
            business=ticket.business_id,
            state=ticket.state,
            engagements=frozenset(parties[ticket.pk]),
            part_of=ticket.part_of_id,
            parts=many.get(ticket.pk, 0),
            was_settled=ticket.pk in settled,
            under=next((x.other_id for x in links if x.kind == LinkKind.UNDER and x.one_id == ticket.pk), None),
            has_under=any(x.kind == LinkKind.UNDER and x.other_id == ticket.pk for x in links),
            links=sum(ticket.pk in (x.one_id, x.other_id) for x in links),
        )
        for ticket in tickets
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Linked:
    """A link seen from one ticket: `kind` and `outward` (this one …) or not (… this one), and the other."""

    link: TicketLink
    outward: bool
    ticket: Ticket


def links_of(viewer: Viewer, ticket: Ticket) -> list[Linked]:
    """Return the open links of a ticket to others that the viewer sees too, oldest first. One query."""
    seen = tickets_visible_to(viewer).filter(business=ticket.business_id)
    rows = open_links(ticket).filter(one__in=seen.values("pk"), other__in=seen.values("pk"))
    rows = rows.select_related("one__work_item", "other__work_item").order_by("at", "id")
    return [Linked(row, row.one_id == ticket.pk, row.other if row.one_id == ticket.pk else row.one) for row in rows]


def open_links(ticket: Ticket) -> QuerySet[TicketLink]:
    """Return the open links of a ticket, in both directions."""
    return TicketLink.objects.filter(Q(one=ticket) | Q(other=ticket), ended_at=None)
