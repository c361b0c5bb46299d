"""Promises and pauses. The building blocks run in the caller's transaction; the verbs are their own."""

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.models import Message, Pause, Promise, Ticket
from quietmonday.support.queries.tickets import locked

PAUSE_REASONS = ("customer", "third_party", "agreed_date")


class PromiseInThePast(ValueError):
    """A promise names a moment that is still to come."""


@transaction.atomic
def promise_word(*, ticket: Ticket, due_at: dt.datetime, actor: Actor, now: dt.datetime) -> Promise:
    """Promise the next word by `due_at`, in place of a running promise; return it. Raises PromiseInThePast."""
    ticket = locked(ticket.id)
    end_promise(ticket=ticket, at=now, kept=None)
    promise = begin_promise(ticket=ticket, due_at=due_at, by_name=actor.name, now=now)
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="promised",
        actor=actor,
        payload={"due_at": due_at.isoformat()},
        occurred_at=now,
        now=now,
    )
    return promise


@transaction.atomic
def wait_without_asking(*, ticket: Ticket, reason: str, actor: Actor, now: dt.datetime) -> Pause:
    """Set the ticket to waiting without a word to the customer. Allowed, shown, and void for the clock."""
    ticket = locked(ticket.id)
    end_pause(ticket=ticket, at=now)
    pause = begin_pause(ticket=ticket, reason=reason, question=None, until=None, by_name=actor.name, at=now)
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket, verb="paused", actor=actor, payload={"reason": reason, "asked": False}, occurred_at=now, now=now
    )
    return pause


@transaction.atomic
def take_move_back(*, ticket: Ticket, actor: Actor, now: dt.datetime) -> None:
    """End a running pause: it is the supplier's move again."""
    ticket = locked(ticket.id)
    if end_pause(ticket=ticket, at=now):
        write_entry(ticket=ticket, verb="unpaused", actor=actor, payload={}, occurred_at=now, now=now)
        refresh(ticket=ticket, now=now)


def begin_promise(*, ticket: Ticket, due_at: dt.datetime, by_name: str, now: dt.datetime) -> Promise:
    """Store a promise made at `now`. Raises PromiseInThePast."""
    if due_at <= now:
        raise PromiseInThePast("choose a time that is still to come")
    return Promise.objects.create(business=ticket.business, ticket=ticket, due_at=due_at, made_at=now, by_name=by_name)


def end_promise(*, ticket: Ticket, at: dt.datetime, kept: bool | None = True) -> None:
    """End the running promise: by word given (`kept`: in time or not), or by another promise (`kept` None)."""
    promise = Promise.objects.filter(ticket=ticket, ended_at=None).first()
    if promise is None:
        return
    promise.ended_at = max(at, promise.made_at)
    promise.kept = at <= promise.due_at if kept else None
    if kept is None and at > promise.due_at:
        promise.kept = False  # it had run out before the next one took its place
    promise.save(update_fields=["ended_at", "kept"])


def begin_pause(
    *,
    ticket: Ticket,
    reason: str,
    question: Message | None,
    until: dt.datetime | None,
    by_name: str,
    at: dt.datetime,
) -> Pause:
    """Store a pause that begins at `at`."""
    if reason not in PAUSE_REASONS:
        raise ValueError(f"a pause waits for one of {', '.join(PAUSE_REASONS)}")
    return Pause.objects.create(
        business=ticket.business,
        ticket=ticket,
        reason=reason,
        question=question,
        until_date=until,
        started_at=at,
        by_name=by_name,
    )


def end_pause(*, ticket: Ticket, at: dt.datetime, reason: str = "") -> bool:
    """End the running pause (only one with `reason`, if given); return whether there was one."""
    running = Pause.objects.filter(ticket=ticket, ended_at=None)
    pause = (running.filter(reason=reason) if reason else running).first()
    if pause is None:
        return False
    pause.ended_at = max(at, pause.started_at)
    pause.save(update_fields=["ended_at"])
    return True
