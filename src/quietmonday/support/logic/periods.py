"""Months and quarters in the zone of a business: what a statement longer than a week is of."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from quietmonday.people.logic.calendar import to_utc, zone_named

_MONTH, _QUARTER = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII), re.compile(r"(\d{4})-Q([1-4])\Z", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1990, 9998


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Period:
    """`months` months (1 or 3) from the first of `month` on; `key` is "2026-11" or "2026-Q4".

    Raises ValueError for anything that is neither a month nor a quarter of the years 1990 to 9998.
    """

    year: int
    month: int
    months: int

    def __post_init__(self) -> None:
        is_one = 1 <= self.month <= 12 and (self.months == 1 or (self.months == 3 and self.month % 3 == 1))
        if not (is_one and FIRST_YEAR <= self.year <= LAST_YEAR):
            raise ValueError(f"no month and no quarter: {self}")

    @property
    def key(self) -> str:
        if self.months == 1:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-Q{self.quarter}"

    @property
    def quarter(self) -> int:
        """The quarter in which it lies."""
        return (self.month + 2) // 3

    @property
    def is_quarter(self) -> bool:
        return self.months == 3

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        return self._moved(1).first_day - dt.timedelta(days=1)

    def next(self) -> Period:
        """Raises ValueError after the last year."""
        return self._moved(1)

    def previous(self) -> Period:
        """Raises ValueError before the first year."""
        return self._moved(-1)

    def as_quarter(self) -> Period:
        """The quarter in which it begins."""
        return Period(self.year, 3 * self.quarter - 2, 3)

    def as_month(self) -> Period:
        """Its first month."""
        return Period(self.year, self.month, 1)

    def _moved(self, by: int) -> Period:
        year, month = divmod(self.year * 12 + self.month - 1 + by * self.months, 12)
        return Period(year, month + 1, self.months)


def period_from_key(key: str) -> Period:
    """Return the period called `key` ("2026-11" or "2026-Q4"). Raises ValueError for anything else."""
    if found := _MONTH.match(key):
        return Period(int(found[1]), int(found[2]), 1)
    if found := _QUARTER.match(key):
        return Period(int(found[1]), 3 * int(found[2]) - 2, 3)
    raise ValueError(f"neither a month such as 2026-11 nor a quarter such as 2026-Q4: {key!r}")


def month_of(moment: dt.datetime, zone: str) -> Period:
    """Return the month in which `moment` lies for people in `zone`."""
    local = moment.astimezone(zone_named(zone))
    return Period(local.year, local.month, 1)


def period_bounds(period: Period, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the period in `zone` as (start, end) in UTC, end not included."""
    end = period.last_day + dt.timedelta(days=1)
    return (
        to_utc(dt.datetime.combine(period.first_day, dt.time()), zone),
        to_utc(dt.datetime.combine(end, dt.time()), zone),
    )
