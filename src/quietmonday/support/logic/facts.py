"""What the clocks and the verdicts are told about one ticket: their only input.

Every moment is aware and in UTC. Every fact has an id (text), because a verdict names the facts that it used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import itertools
from collections.abc import Mapping
from typing import TypeVar

from quietmonday.people.logic.calendar import WorkingHours


class State(enum.StrEnum):
    """How the ticket stands. Only the last three are asked here; open or resolved follows from the events."""

    OPEN = "open"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    SPAM = "spam"


class Side(enum.StrEnum):
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SYSTEM = "system"


class PauseReason(enum.StrEnum):
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    THIRD_PARTY = "third_party"
    AGREED_DATE = "agreed_date"


class ResolutionKind(enum.StrEnum):
    FIXED = "fixed"
    WORKAROUND = "workaround"
    UNKNOWN = "unknown"


class Answer(enum.StrEnum):
    SOLVED = "solved"
    PARTLY = "partly"
    NOT_SOLVED = "not_solved"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is promised for one priority, in open minutes; None where nothing is promised.

    `agreed`: both sides agreed it; otherwise it is the business's own goal and every sentence says so.
    `around_the_clock`: judged by a clock that never closes, whatever the working hours.
    """

    response_minutes: int | None
    restore_minutes: int | None
    update_minutes: int | None
    agreed: bool
    around_the_clock: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChange:
    id: str
    priority: str
    since: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`public`: the requester can see it. `automatic`: nobody wrote it (receipt, reminder, out of office).

    `timed`: False if a log states no time of day for it, or none at all.
    """

    id: str
    at: dt.datetime
    side: Side
    public: bool = True
    automatic: bool = False
    author: str = ""
    timed: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The supplier rang the requester and logged it."""

    id: str
    at: dt.datetime
    by: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The next word by `due_at`. `message_id`: the message that made the promise, which does not keep it."""

    id: str
    made_at: dt.datetime
    due_at: dt.datetime
    message_id: str | None = None
    kept_at: dt.datetime | None = None
    superseded_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock is said to stand. `until`: the agreed later date. `ended_at`: when staff ended the pause."""

    id: str
    reason: PauseReason
    started_at: dt.datetime
    question_id: str | None = None
    question_visible: bool = False
    asked_at: dt.datetime | None = None
    until: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """`auto_closed`: nobody fixed it; it was closed because a question stayed without answer.

    `timed`: False if only its day is known; `at` is then the last second of that day.
    """

    id: str
    at: dt.datetime
    kind: ResolutionKind
    workaround_until: dt.datetime | None = None
    permanent_fix_at: dt.datetime | None = None
    auto_closed: bool = False
    timed: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    id: str
    at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Another ticket, linked as the same problem, reported at `at`."""

    id: str
    at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    id: str
    at: dt.datetime
    answer: Answer
    by: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    id: str
    at: dt.datetime
    by: str
    note: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An automatic check that covers the symptom, and since when without a break it has been green."""

    id: str
    name: str
    green_since: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """All that is known about one ticket. `opened_at`: when it entered the record, which decides its week.

    `words_logged`: False for what came out of a log of calls: that it holds no answer does not say that none was given.
    `planned`: it came by its schedule; nobody asked for help, so nothing was promised.
    """

    id: str
    reported_at: dt.datetime | None
    opened_at: dt.datetime
    hours: WorkingHours
    targets: Mapping[str, Target]
    priorities: tuple[PriorityChange, ...] = ()
    state: State = State.OPEN
    closed_at: dt.datetime | None = None
    messages: tuple[Message, ...] = ()
    callbacks: tuple[CallBack, ...] = ()
    promises: tuple[Promise, ...] = ()
    pauses: tuple[Pause, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    checks: tuple[Check, ...] = ()
    supplier_name: str = ""
    requester_name: str = ""
    phone_answered_live: bool = False
    supplier_connected: bool = True
    third_party_stops: bool = False
    words_logged: bool = True
    planned: bool = False


Dated = TypeVar("Dated", Message, CallBack, Resolution, Reopening, Repeat, Feedback, Dispute)


def as_of(facts: TicketFacts, now: dt.datetime) -> TicketFacts:
    """Return what was known at `now`, everything in order of time; later events leave no trace.

    An event at `now` itself is in. Sorting is stable and by (time, id), so the order of rows decides nothing.
    """
    if _is_past(facts, now):
        return facts
    closed_later = facts.closed_at is not None and facts.closed_at > now
    return dataclasses.replace(
        facts,
        state=State.OPEN if closed_later else facts.state,
        closed_at=None if closed_later else facts.closed_at,
        priorities=tuple(sorted((c for c in facts.priorities if c.since <= now), key=lambda c: (c.since, c.id))),
        messages=_until(facts.messages, now),
        callbacks=_until(facts.callbacks, now),
        promises=tuple(
            dataclasses.replace(
                promise, kept_at=_past(promise.kept_at, now), superseded_at=_past(promise.superseded_at, now)
            )
            for promise in sorted(facts.promises, key=lambda p: (p.due_at, p.id))
            if promise.made_at <= now
        ),
        pauses=tuple(
            dataclasses.replace(pause, ended_at=_past(pause.ended_at, now), asked_at=_past(pause.asked_at, now))
            for pause in sorted(facts.pauses, key=lambda p: (p.started_at, p.id))
            if pause.started_at <= now
        ),
        resolutions=tuple(
            dataclasses.replace(each, permanent_fix_at=_past(each.permanent_fix_at, now))
            for each in _until(facts.resolutions, now)
        ),
        reopenings=_until(facts.reopenings, now),
        repeats=_until(facts.repeats, now),
        feedback=_until(facts.feedback, now),
        disputes=_until(facts.disputes, now),
        checks=tuple(c for c in facts.checks if c.green_since is None or c.green_since <= now),
    )


def _until(events: tuple[Dated, ...], now: dt.datetime) -> tuple[Dated, ...]:
    return tuple(sorted((event for event in events if event.at <= now), key=lambda event: (event.at, event.id)))


def _is_past(facts: TicketFacts, now: dt.datetime) -> bool:
    """Whether nothing of it lies after `now` and all is in order: true of nearly everything that is imported."""
    if facts.promises or facts.pauses or facts.checks or (facts.closed_at is not None and facts.closed_at > now):
        return False
    if any(each.permanent_fix_at is not None for each in facts.resolutions):
        return False
    if any(change.since > now for change in facts.priorities) or not _in_order([c.since for c in facts.priorities]):
        return False
    dated = (facts.messages, facts.callbacks, facts.resolutions, facts.reopenings, facts.repeats)
    for events in (*dated, facts.feedback, facts.disputes):
        moments = [event.at for event in events]
        if moments and (moments[-1] > now or not _in_order(moments)):
            return False
    return True


def _in_order(moments: list[dt.datetime]) -> bool:
    """Strictly, because of two events of one moment the ids decide, which nobody compared yet."""
    return all(earlier < later for earlier, later in itertools.pairwise(moments))


def _past(moment: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    return moment if moment is not None and moment <= now else None
