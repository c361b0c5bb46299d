"""Verdicts and deadlines follow from the facts; every verb on a ticket ends by working them out anew."""

import datetime as dt
from typing import Any

from quietmonday.kit.records import unsaved
from quietmonday.people.logic.calendar import NeverOpen
from quietmonday.support.actions.corrections import note_corrections
from quietmonday.support.actions.waking import keep_asleep
from quietmonday.support.logic.clocks import Clocks, NoTimes, hours_for, measure, response_due, restore_due
from quietmonday.support.logic.facts import Target, TicketFacts
from quietmonday.support.logic.facts_json import facts_as_json
from quietmonday.support.logic.pauses import standstill
from quietmonday.support.logic.row_clock import RowClock, row_clock
from quietmonday.support.logic.verdict import both
from quietmonday.support.logic.verdict_json import verdict_as_json
from quietmonday.support.models import Message, Move, Pause, Promise, Resolution, Side, Ticket, TicketState, Verdict
from quietmonday.support.queries.facts import facts_of


def refresh(*, ticket: Ticket, now: dt.datetime) -> None:
    """Work out verdicts, deadlines and whose move it is; runs in the caller's transaction."""
    facts = facts_of([ticket], now)[ticket.id]
    findings = store_verdict(ticket=ticket, facts=facts, now=now)
    note_corrections(ticket=ticket, findings=findings, now=now)
    _deadlines(ticket, facts, now)


def judge_opened(*, ticket: Ticket, facts: TicketFacts, now: dt.datetime) -> None:
    """Do what `refresh` does for a ticket that this transaction opened: nothing is promised, paused or stated yet."""
    Verdict.objects.create(ticket=ticket, **_said(ticket, facts, now))
    _deadlines(ticket, facts, now, new=True)


def store_verdict(*, ticket: Ticket, facts: TicketFacts, now: dt.datetime) -> dict[str, Any]:
    """Store what `facts` say at `now` and the facts themselves; return the findings as stored."""
    said = _said(ticket, facts, now)
    Verdict.objects.update_or_create(ticket=ticket, defaults=said)
    findings: dict[str, Any] = said["findings"]
    return findings


def _said(ticket: Ticket, facts: TicketFacts, now: dt.datetime) -> dict[str, Any]:
    fast, lasting = both(facts, now)
    findings = {"quick": verdict_as_json(fast), "effective": verdict_as_json(lasting)}
    return {
        "business": ticket.business,
        "inputs": facts_as_json(facts),
        "quick": findings["quick"]["value"],
        "effective": findings["effective"]["value"],
        "findings": findings,
        "computed_at": now,
    }


def verdict_at_hand(*, ticket: Ticket, facts: TicketFacts, now: dt.datetime) -> Verdict:
    """Return the verdict on a ticket that is not written yet, unsaved, and set its deadlines: an import writes both."""
    _forget_deadlines(ticket)
    ticket.move = Move.NOBODY
    if ticket.state == TicketState.OPEN:
        _while_open(ticket, facts, now, None, None)
    return unsaved(Verdict, ticket=ticket, **_said(ticket, facts, now))


def _deadlines(ticket: Ticket, facts: TicketFacts, now: dt.datetime, *, new: bool = False) -> None:
    _forget_deadlines(ticket)
    ticket.workaround_until = None
    if ticket.state == TicketState.OPEN:
        promise = None if new else Promise.objects.filter(ticket=ticket, ended_at=None).first()
        pause = None if new else Pause.objects.filter(ticket=ticket, ended_at=None).first()
        _while_open(ticket, facts, now, promise, pause)
    elif ticket.state == TicketState.RESOLVED:
        _while_settled(ticket)
    else:
        ticket.move = Move.NOBODY
    keep_asleep(ticket, now)
    ticket.save(update_fields=[*DEADLINES, "workaround_until", "move", "snoozed_until"])


DEADLINES = (
    *("next_word_by", "respond_by", "restore_by", "attention_at"),
    *("clock_left", "clock_as_of", "clock_stands", "clock_stands_until", "clock_counts_nights", "waits_unasked"),
)
"""Columns of an open ticket that follow from its facts."""


def _forget_deadlines(ticket: Ticket) -> None:
    ticket.next_word_by = ticket.respond_by = ticket.restore_by = ticket.attention_at = None
    _keep_clock(ticket, None)
    ticket.waits_unasked = False


def _keep_clock(ticket: Ticket, clock: RowClock | None) -> None:
    ticket.clock_left, ticket.clock_as_of = (clock.left, clock.as_of) if clock else (None, None)
    ticket.clock_stands = clock is not None and clock.stands
    ticket.clock_stands_until = clock.stands_until if clock else None
    ticket.clock_counts_nights = clock is not None and clock.counts_nights


def _while_open(
    ticket: Ticket, facts: TicketFacts, now: dt.datetime, promise: Promise | None, pause: Pause | None
) -> None:
    ticket.next_word_by = promise.due_at if promise else None
    ticket.move = _MOVES[pause.reason] if pause else Move.SUPPLIER
    ticket.waits_unasked = pause is not None and pause.question_id is None
    target = facts.targets.get(str(ticket.priority))
    try:
        clocks = measure(facts, target, now)
        if target is not None:
            _from_target(ticket, facts, target, clocks, now)
    except (NoTimes, NeverOpen):
        # Without times or hours there is nothing to be late for; the verdict says so.
        ticket.attention_at = ticket.next_word_by or now
        return
    due = [at for at in (ticket.next_word_by, ticket.respond_by, ticket.restore_by) if at is not None]
    ticket.attention_at = min(due, default=None)


def _from_target(ticket: Ticket, facts: TicketFacts, target: Target, clocks: Clocks, now: dt.datetime) -> None:
    hours = hours_for(facts, target)
    if target.response_minutes is not None and clocks.answered is None:
        ticket.respond_by = response_due(hours, clocks, target.response_minutes)
    stands = standstill(facts, now)
    if target.restore_minutes is not None and (stands is None or stands.until is not None):
        resumes_at = stands.until if stands else None
        ticket.restore_by = restore_due(hours, clocks, target.restore_minutes, resumes_at=resumes_at)
    _keep_clock(ticket, row_clock(facts, target, clocks, now))


def _while_settled(ticket: Ticket) -> None:
    """Settled; if the requester wrote since, somebody must look (it may be thanks, or "it is back")."""
    ticket.move = Move.NOBODY
    standing = Resolution.objects.filter(ticket=ticket).order_by("at", "id").last()
    if standing is None:  # a log says that it was settled, and not when
        return
    if standing.kind == "workaround" and standing.fixed_at is None:
        ticket.workaround_until = standing.workaround_until
    # What an import wrote down long after was said before.
    said = Message.objects.filter(ticket=ticket, public=True, recorded_at__gt=standing.at).exclude(channel="sheet")
    last = said.order_by("-recorded_at").first()
    if last is not None and last.side == Side.CUSTOMER:
        ticket.move = Move.SUPPLIER
        ticket.attention_at = last.occurred_at


_MOVES = {"customer": Move.CUSTOMER, "third_party": Move.THIRD_PARTY, "agreed_date": Move.AGREED_DATE}
