"""Our clock as lists show it: kept with the request, so that a row needs none of its facts.

`restore_by` is kept while the clock runs, or stands until a moment that is known; `left` while it stands.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.people.logic.calendar import WorkingHours, open_seconds
from quietmonday.support.logic.clocks import Clocks, hours_for, restore_due
from quietmonday.support.logic.facts import Target, TicketFacts
from quietmonday.support.logic.pauses import standstill


@dataclasses.dataclass(frozen=True, slots=True)
class RowClock:
    """`left`: open seconds left while it stands, until `stands_until` (None: until somebody answers)."""

    restore_by: dt.datetime | None = None
    left: int | None = None
    stands_until: dt.datetime | None = None
    counts_nights: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """Open seconds left of the time promised to working again, negative when it is over; whether the clock stands."""

    seconds: int
    stands: bool


def row_clock(facts: TicketFacts, target: Target, clocks: Clocks, now: dt.datetime) -> RowClock:
    """Return what is kept of the clock of an open request at `now`. Raises NeverOpen."""
    if target.restore_minutes is None:
        return RowClock()
    stands = standstill(facts, now)
    nights = target.around_the_clock
    left = target.restore_minutes * 60 - clocks.provider
    if stands is not None and stands.until is None:
        return RowClock(left=left, counts_nights=nights)
    until = stands.until if stands else None
    due = restore_due(hours_for(facts, target), clocks, target.restore_minutes, resumes_at=until)
    return RowClock(due, left if stands else None, until, nights)


def left_at(kept: RowClock, hours: WorkingHours, now: dt.datetime) -> Left | None:
    """Return how a clock stands at `now` that was kept before; None where nothing is promised."""
    if kept.left is not None and (kept.stands_until is None or now < kept.stands_until):
        return Left(kept.left, stands=True)
    if kept.restore_by is None:
        return None
    if kept.counts_nights:
        return Left((kept.restore_by - now) // dt.timedelta(seconds=1), stands=False)
    if kept.restore_by >= now:
        return Left(open_seconds(hours, now, kept.restore_by), stands=False)
    return Left(-open_seconds(hours, kept.restore_by, now), stands=False)
