"""When a recurring request is due: by the calendar of a business, whatever daylight saving and month ends do.

A day of the rule is a local date; its moment is a local time of that day, or of the next working day if it was asked
so. A time that the clocks skip is the moment of the change, one that comes twice is the first of the two.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from quietmonday.people.logic.calendar import NEVER_OPEN_DAYS, WorkingHours, is_open_day, to_utc

EVERY = ("week", "month", "quarter", "year")
LAST = -1
NTH = (1, 2, 3, 4, LAST)

MOST_CAUGHT_UP = 10_000
"""Days of the rule looked through after a time in which nothing ran: 27 years of every day."""

_LAST_DATE = dt.date(9990, 1, 1)


class NeverDue(ValueError):
    """No such day ever comes, or none is said. `rule`: which of them."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`every` week on `weekdays` (0 is Monday); every month, quarter or year on `day` (1 to 31) or on the `nth`
    `weekday`. `month`: of the year, or of the quarter (1 to 3). `at`: "HH:MM" local.

    A month without that day has it on its last one. `next_open_day`: on a day off, the next working day instead.
    Raises NeverDue: no_weekday, no_day, no_such_day (31 February), time, every.
    """

    every: str
    weekdays: tuple[int, ...] = ()
    day: int = 0
    nth: int = 0
    weekday: int = 0
    month: int = 1
    at: str = "09:00"
    next_open_day: bool = False

    def __post_init__(self) -> None:
        if self.every not in EVERY:
            raise NeverDue("every")
        if self.every == "week":
            if not self.weekdays or not set(self.weekdays) <= set(range(7)):
                raise NeverDue("no_weekday")
        else:
            self._check_day()
        try:
            dt.time.fromisoformat(self.at)
        except ValueError as error:
            raise NeverDue("time") from error

    def _check_day(self) -> None:
        by_day, by_weekday = 1 <= self.day <= 31, self.nth in NTH and 0 <= self.weekday <= 6
        if by_day == by_weekday:
            raise NeverDue("no_day")
        if not 1 <= self.month <= (3 if self.every == "quarter" else 12):
            raise NeverDue("no_day")
        if self.every == "year" and by_day and self.day > _longest(self.month):
            raise NeverDue("no_such_day")


def _longest(month: int) -> int:
    return 29 if month == 2 else calendar.monthrange(2001, month)[1]


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """Return the rule as JSON values."""
    return {**dataclasses.asdict(rule), "weekdays": list(rule.weekdays)}


def rule_from_json(stored: Mapping[str, Any]) -> Rule:
    """Return the rule that `rule_as_json` stored."""
    return Rule(**{**stored, "weekdays": tuple(stored["weekdays"])})


def days(rule: Rule, start: dt.date, end: dt.date | None) -> Iterator[dt.date]:
    """Yield the days of the rule from `start` to `end`, both included."""
    limit = min(end or _LAST_DATE, _LAST_DATE)
    if start > limit:
        return
    found = rrule(
        WEEKLY if rule.every == "week" else MONTHLY,
        dtstart=dt.datetime.combine(start, dt.time()),
        until=dt.datetime.combine(limit, dt.time()),
        **_parts(rule),
    )
    yield from (each.date() for each in found)


def _parts(rule: Rule) -> dict[str, Any]:
    if rule.every == "week":
        return {"byweekday": rule.weekdays}
    months = {
        "month": None,
        "quarter": tuple(range(rule.month, 13, 3)),
        "year": (rule.month,),
    }[rule.every]
    if rule.nth:
        return {"bymonth": months, "byweekday": weekday(rule.weekday, rule.nth)}
    if rule.day <= 28:
        return {"bymonth": months, "bymonthday": rule.day}
    # The latest of these days that a month has: 31 is the 30th of April, and the 28th or 29th of February.
    return {"bymonth": months, "bymonthday": tuple(range(28, rule.day + 1)), "bysetpos": -1}


def moment_of(rule: Rule, day: dt.date, hours: WorkingHours) -> dt.datetime:
    """Return when (UTC) the day of the rule is due, in the zone of `hours`."""
    if rule.next_open_day:
        ahead = (day + dt.timedelta(days=n) for n in range(NEVER_OPEN_DAYS))
        day = next((each for each in ahead if is_open_day(hours, each)), day)
    return to_utc(dt.datetime.combine(day, dt.time.fromisoformat(rule.at)), hours.zone)


@dataclasses.dataclass(frozen=True, slots=True)
class Due:
    """`newest`: the last day of the rule that is due, None if none is; `left_out`: how many before it are not made
    up for; `next_at`: when the next one is due, None once none is to come."""

    newest: dt.date | None
    left_out: int
    next_at: dt.datetime | None


def due(
    rule: Rule,
    *,
    starts_on: dt.date,
    ends_on: dt.date | None,
    last_on: dt.date | None,
    hours: WorkingHours,
    now: dt.datetime,
) -> Due:
    """Return what is due at `now` after the day `last_on`. Two days that were moved to one are one."""
    start = max(starts_on, last_on + dt.timedelta(days=1)) if last_on else starts_on
    newest: dt.date | None = None
    moments: set[dt.datetime] = set()
    for day in itertools.islice(days(rule, start, ends_on), MOST_CAUGHT_UP):
        moment = moment_of(rule, day, hours)
        if moment > now:
            return Due(newest, max(0, len(moments) - 1), moment)
        newest = day
        moments.add(moment)
    return Due(newest, max(0, len(moments) - 1), None)


def upcoming(
    rule: Rule, *, starts_on: dt.date, ends_on: dt.date | None, hours: WorkingHours, now: dt.datetime, most: int
) -> Sequence[dt.datetime]:
    """Return at most `most` moments after `now`, in order."""
    start = max(starts_on, now.date() - dt.timedelta(days=NEVER_OPEN_DAYS))  # a day may have been moved on to now
    moments = (moment_of(rule, day, hours) for day in days(rule, start, ends_on))
    coming = (moment for moment, _same in itertools.groupby(moments) if moment > now)
    return list(itertools.islice(coming, most))
