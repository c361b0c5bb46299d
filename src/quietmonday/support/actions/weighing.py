"""What sort of request it is, whom it hits and how hard: from that follows how urgent it is, unless the supplier says
otherwise with its reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_text
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.logic.priority import priority_of
from quietmonday.support.models import Impact, PriorityChange, Ticket, TicketKind
from quietmonday.support.queries.tickets import locked

CAN_WORK = ("no", "partly", "yes")


class CannotWeigh(ValueError):
    """A kind, an impact or an urgency that does not exist; or another priority without a reason."""


@transaction.atomic
def weigh(
    *,
    ticket: Ticket,
    kind: str,
    impact: str,
    can_work: str,
    actor: Actor,
    now: dt.datetime,
) -> Ticket:
    """Say whether something is broken or wanted, whom it hits, whether they can work ("" where nobody said); return it.

    If another priority follows than before, it becomes that, even where the supplier had set one by hand: what it had
    set it for has changed. The targets count from the original start, and the earlier verdict is kept beside. Raises
    CannotWeigh.
    """
    if kind not in TicketKind or impact not in {"", *Impact} or can_work not in {"", *CAN_WORK}:
        raise CannotWeigh("say whether something is broken or wanted, whom it hits, and whether they can work")
    ticket = locked(ticket.id)
    before = {"kind": ticket.kind, "impact": ticket.impact, "can_work": ticket.can_work}
    after = {"kind": kind, "impact": impact, "can_work": can_work}
    if after == before:
        return ticket
    follows = priority_of(**after)
    changed = follows != priority_of(**before) and follows != ticket.priority
    ticket.kind, ticket.impact, ticket.can_work = kind, impact, can_work
    if changed:
        ticket.priority = follows
        PriorityChange.objects.create(
            business=ticket.business, ticket=ticket, priority=follows, since=now, by_name=actor.name
        )
    ticket.save(update_fields=["kind", "impact", "can_work", "priority"])
    if changed:
        refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="weighed",
        actor=actor,
        payload={**after, "from": before, "priority": ticket.priority},
        occurred_at=now,
        now=now,
    )
    return ticket


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: int, actor: Actor, now: dt.datetime, reason: str = "") -> None:
    """Set the priority by hand: targets count from the original start, and the earlier verdict is kept beside.

    Raises CannotWeigh for one that does not follow from whom it hits and how hard, if that was said, without a reason.
    """
    if priority not in (1, 2, 3, 4):
        raise CannotWeigh("a priority is 1, 2, 3 or 4")
    ticket = locked(ticket.id)
    if ticket.priority == priority:
        return
    reason = clean_text(reason).strip()
    if follows_otherwise(ticket, priority) and not reason:
        raise CannotWeigh("say why it is more or less urgent than whom it hits and how hard would make it")
    before, ticket.priority = ticket.priority, priority
    ticket.save(update_fields=["priority"])
    PriorityChange.objects.create(
        business=ticket.business, ticket=ticket, priority=priority, since=now, by_name=actor.name, note=reason
    )
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="prioritised",
        actor=actor,
        payload={"from": before, "to": priority, "note": reason},
        occurred_at=now,
        now=now,
    )


def follows_otherwise(ticket: Ticket, priority: int) -> bool:
    """Return whether it was said whom the ticket hits, and another priority follows from that than `priority`."""
    said = {"kind": ticket.kind, "impact": ticket.impact, "can_work": ticket.can_work}
    return bool(ticket.impact) and priority_of(**said) != priority
