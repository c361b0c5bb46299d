"""Our clock as lists show it: kept with the request, so that a row needs none of its facts."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.people.logic.calendar import WorkingHours, open_seconds
from quietmonday.support.logic.clocks import Clocks
from quietmonday.support.logic.facts import Target, TicketFacts
from quietmonday.support.logic.pauses import standstill


@dataclasses.dataclass(frozen=True, slots=True)
class RowClock:
    """How much was left of the time promised to working again, in open seconds, at a moment.

    `stands`: the clock stood then, until `stands_until` (None: until somebody answers; then it is kept anew).
    """

    left: int
    as_of: dt.datetime
    stands: bool = False
    stands_until: dt.datetime | None = None
    counts_nights: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """Open seconds left, negative when it is over; whether the clock stands."""

    seconds: int
    stands: bool


def row_clock(facts: TicketFacts, target: Target, clocks: Clocks, now: dt.datetime) -> RowClock | None:
    """Return what is kept of the clock of an open request at `now`; None where nothing is promised."""
    if target.restore_minutes is None:
        return None
    stands = standstill(facts, now)
    return RowClock(
        left=target.restore_minutes * 60 - clocks.provider,
        as_of=max(now, clocks.start),  # a call may be dated ahead
        stands=stands is not None,
        stands_until=stands.until if stands else None,
        counts_nights=target.around_the_clock,
    )


def left_at(kept: RowClock, hours: WorkingHours, now: dt.datetime) -> Left:
    """Return how a clock stands at `now` that was kept before."""
    if kept.stands and (kept.stands_until is None or now < kept.stands_until):
        return Left(kept.left, stands=True)
    since = max(kept.as_of, kept.stands_until) if kept.stands and kept.stands_until else kept.as_of
    return Left(kept.left - _ran(kept, hours, since, now), stands=False)


def _ran(kept: RowClock, hours: WorkingHours, since: dt.datetime, now: dt.datetime) -> int:
    if kept.counts_nights:
        hours = WorkingHours.around_the_clock(hours.zone)
    return open_seconds(hours, since, now)
