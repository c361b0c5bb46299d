"""Two tickets have to do with each other, or one stands under another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.settling import CannotSettle, resolve
from quietmonday.support.logic.linking import why_not_linked, why_not_under
from quietmonday.support.models import LinkKind, Resolution, Ticket, TicketLink, TicketState
from quietmonday.support.queries.linking import standings
from quietmonday.support.queries.tickets import locked

BY_HAND = (LinkKind.RELATED, LinkKind.BLOCKS, LinkKind.CAUSED_BY, LinkKind.UNDER)
"""Kinds of links that somebody makes and ends; the others come with a merge or a split."""
NOTE = 300


class CannotLink(ValueError):
    """`rule`: why, as `logic.linking` names it."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@transaction.atomic
def link(*, one: Ticket, other: Ticket, kind: str, actor: Actor, now: dt.datetime, note: str = "") -> TicketLink:
    """Say what `one` has to do with `other`; return the link, the one there is if it was said before.

    Raises CannotLink. That the actor may see both is the caller's to know (access).
    """
    if kind not in BY_HAND:
        raise CannotLink("kind")
    one, other = locked_pair(one, other)
    if kind == LinkKind.RELATED and one.pk != other.pk:  # it holds both ways, so it is written one way
        one, other = sorted((one, other), key=lambda each: each.pk)
    before = TicketLink.objects.filter(one=one, other=other, kind=kind, ended_at=None).first()
    if before is not None:
        return before
    rule = (why_not_under if kind == LinkKind.UNDER else why_not_linked)(*standings([one, other]))
    if rule:
        raise CannotLink(rule)
    row = TicketLink.objects.create(
        business=one.business, one=one, other=other, kind=kind, note=clean_line(note, NOTE), by_name=actor.name, at=now
    )
    tell_both(row, "linked", {"kind": kind, "note": row.note}, actor, now)
    return row


@transaction.atomic
def unlink(*, row: TicketLink, actor: Actor, now: dt.datetime) -> None:
    """End a link that was made by hand. Twice is once. Raises CannotLink for one of a merge or a split."""
    if row.kind not in BY_HAND:
        raise CannotLink("kind")
    locked_pair(row.one, row.other)
    current = TicketLink.objects.select_related("one", "other").get(pk=row.pk)
    if current.ended_at is not None:
        return
    current.ended_at, current.ended_by = now, actor.name
    current.save(update_fields=["ended_at", "ended_by"])
    tell_both(current, "unlinked", {"kind": current.kind}, actor, now)


def settle_under(
    *, parent: Ticket, tickets: Sequence[Ticket], actor: Actor, now: dt.datetime
) -> tuple[list[Ticket], list[Ticket]]:
    """Settle tickets under one that is settled, as it was; return (settled, left). One transaction each.

    Left are those that were settled meanwhile, and all if the parent is open.
    """
    standing = Resolution.objects.filter(ticket=parent).order_by("at", "id").last()
    if standing is None or parent.state != TicketState.RESOLVED:
        return [], list(tickets)
    below = set(_under(parent))
    settled, left = [], []
    for ticket in tickets:
        try:
            if ticket.pk not in below:
                raise CannotSettle("it does not stand under that one")
            resolve(
                ticket=ticket,
                kind=standing.kind,
                note=standing.note,
                workaround_until=standing.workaround_until,
                actor=actor,
                now=now,
            )
            settled.append(ticket)
        except CannotSettle:
            left.append(ticket)
    return settled, left


def _under(parent: Ticket) -> Iterable[object]:
    rows = TicketLink.objects.filter(other=parent, kind=LinkKind.UNDER, ended_at=None)
    return rows.values_list("one_id", flat=True)


def locked_pair(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Lock two tickets, always in the same order; return them as given. Raises CannotLink across businesses."""
    if one.business_id != other.business_id:
        raise CannotLink("other_business")
    rows = {ref: locked(ref) for ref in sorted({one.pk, other.pk})}
    return rows[one.pk], rows[other.pk]


def tell_both(row: TicketLink, verb: str, payload: dict[str, str], actor: Actor, now: dt.datetime) -> None:
    """Write `ticket.<verb>` about both tickets of a link, each with the other."""
    for ticket, outward, other in ((row.one, True, row.other), (row.other, False, row.one)):
        write_entry(
            ticket=ticket,
            verb=verb,
            actor=actor,
            payload={**payload, "outward": outward, "other": str(other.pk), "other_number": other.work_item.number},
            occurred_at=now,
            now=now,
        )
