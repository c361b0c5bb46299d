"""ISO weeks in the zone of a business: which week a ticket belongs to, and when that week is stated."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from quietmonday.people.logic.calendar import to_utc, zone_named

SETTLED_AFTER = dt.timedelta(weeks=2)

_KEY = re.compile(r"(\d{4})-W(\d{2})\Z")


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week; `key` is "2026-W47". Raises ValueError for a week that its year does not have."""

    year: int
    number: int

    def __post_init__(self) -> None:
        dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def key(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> dt.date:
        """The local date on which the week begins."""
        return dt.date.fromisocalendar(self.year, self.number, 1)

    @property
    def provisional_on(self) -> dt.date:
        """The Monday after the week, on which it is first stated."""
        return self.monday + dt.timedelta(weeks=1)

    @property
    def settled_on(self) -> dt.date:
        """Two weeks after the provisional Monday; what changes later is a correction."""
        return self.provisional_on + SETTLED_AFTER

    def next(self) -> Week:
        return _week_on(self.provisional_on)

    def previous(self) -> Week:
        return _week_on(self.monday - dt.timedelta(weeks=1))


def week_from_key(key: str) -> Week:
    """Return the week called `key` ("2026-W47"). Raises ValueError for anything else."""
    found = _KEY.match(key)
    if found is None:
        raise ValueError(f"not an ISO week such as 2026-W47: {key!r}")
    return Week(int(found[1]), int(found[2]))


def week_of(moment: dt.datetime, zone: str) -> Week:
    """Return the week in which `moment` lies for people in `zone`."""
    return _week_on(moment.astimezone(zone_named(zone)).date())


def bounds(week: Week, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the week in `zone` as (start, end) in UTC, end not included; it may last 167 or 169 hours."""
    return (
        to_utc(dt.datetime.combine(week.monday, dt.time()), zone),
        to_utc(dt.datetime.combine(week.provisional_on, dt.time()), zone),
    )


def settled_at(week: Week, zone: str) -> dt.datetime:
    """Return the moment (UTC) from which the week is settled: local midnight of `settled_on`."""
    return to_utc(dt.datetime.combine(week.settled_on, dt.time()), zone)


def _week_on(day: dt.date) -> Week:
    year, number, _weekday = day.isocalendar()
    return Week(year, number)
