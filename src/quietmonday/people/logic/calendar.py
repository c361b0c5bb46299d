"""Working hours: how much open time lies between two moments, and when so much of it has passed.

Every local interval is turned into UTC before anything is subtracted. Two traps of daylight saving:
a local time that does not exist (02:30 on the night clocks go forward) becomes the moment of the change;
a local time that comes twice means the first of the two, for opening and for closing alike.
All functions count whole seconds; a moment is first cut down to its second, so that parts add up exactly.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import functools
import itertools
import operator
import re
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

DAY_MINUTES = 24 * 60
NEVER_OPEN_DAYS = 400  # closed for so long in one piece: the calendar is wrong, not the business on holiday

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\Z")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)
_DAY_SECONDS = 24 * 3600

Interval = tuple[int, int]
"""(open, close) in minutes of the local clock since midnight; close lies at most 24 hours after open."""

_Span = tuple[int, int]  # (from, to) in seconds since 1970 UTC

_opening = operator.itemgetter(0)
_closing = operator.itemgetter(1)


class NeverOpen(ValueError):
    """The calendar has no open time within `NEVER_OPEN_DAYS`, so nothing can ever be due by it."""


def interval(opens: str, closes: str) -> Interval:
    """Return the interval from `opens` to `closes`, both "HH:MM" local; "24:00" is allowed for `closes`.

    A `closes` at or before `opens` lies on the next day: ("22:00", "06:00") is a night shift.
    Raises ValueError for anything else.
    """
    start, end = _minutes(opens), _minutes(closes)
    return start, end if end > start else end + DAY_MINUTES


def _minutes(text: str) -> int:
    found = _CLOCK.match(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise ValueError(f"not a time of day from 00:00 to 24:00: {text!r}")
    return minutes


@dataclasses.dataclass(frozen=True)
class WorkingHours:
    """When somebody is at work.

    `zone`: IANA name. `weekly`: seven tuples of intervals, Monday first. `holidays`: local dates on which
    nothing opens; a night shift belongs to the day on which it opens. ValueError for an unknown zone or
    an impossible interval. Intervals of one day may overlap; the overlap counts once.
    """

    zone: str
    weekly: tuple[tuple[Interval, ...], ...]
    holidays: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if len(self.weekly) != 7:
            raise ValueError(f"a week has seven days, not {len(self.weekly)}")
        for start, end in (each for day in self.weekly for each in day):
            if not (0 <= start < DAY_MINUTES and start < end <= start + DAY_MINUTES):
                raise ValueError(f"an interval opens within the day and closes within 24 hours: {start}, {end}")

    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        # Hours are the key of every month that is looked up, a hundred times a page: hashed once.
        return hash((self.zone, self.weekly, self.holidays))

    @classmethod
    def of(
        cls, zone: str, days: Mapping[int, Sequence[Interval]], holidays: frozenset[dt.date] = frozenset()
    ) -> WorkingHours:
        """Return hours from a mapping of weekday (0 is Monday) to intervals; a missing weekday is closed."""
        return cls(zone, tuple(tuple(days.get(weekday, ())) for weekday in range(7)), holidays)

    @classmethod
    def around_the_clock(cls, zone: str) -> WorkingHours:
        """Return hours that never close: all 24, every day, no holidays."""
        return cls(zone, (((0, DAY_MINUTES),),) * 7)


def open_seconds(hours: WorkingHours, start_utc: dt.datetime, end_utc: dt.datetime) -> int:
    """Return the open seconds from `start_utc` to `end_utc`; 0 if the end is not after the start."""
    return _open_between(hours, _stamp(start_utc), _stamp(end_utc))


@functools.lru_cache(maxsize=1024)
def _open_between(hours: WorkingHours, start: int, end: int) -> int:
    # Kept, because a ticket's clocks, silences and deadlines ask for the same two moments again and again.
    total = 0
    for month in _months(hours, start, end):
        spans, sums = month.spans, month.sums
        first = bisect.bisect_right(spans, start, key=_closing)
        after = bisect.bisect_left(spans, end, key=_opening)
        if first < after:
            cut = max(0, start - spans[first][0]) + max(0, spans[after - 1][1] - end)
            total += sums[after] - sums[first] - cut
    return total


def due(hours: WorkingHours, start_utc: dt.datetime, minutes: int) -> dt.datetime:
    """Return the moment (UTC) at which `minutes` of open time have passed since `start_utc`.

    Outside the hours the count begins at the next opening. Time that runs out exactly at closing is due at
    that closing, not at the next opening. Raises NeverOpen, and ValueError for negative minutes.
    """
    return due_after(hours, start_utc, minutes * 60)


def due_after(hours: WorkingHours, start_utc: dt.datetime, seconds: int) -> dt.datetime:
    """Return the same as `due`, counted in seconds."""
    if seconds < 0:
        raise ValueError(f"a promise cannot lie in the past: {seconds} seconds")
    start = _stamp(start_utc)
    left = seconds
    for begin, end in _spans_from(hours, start):
        begin = max(begin, start)
        if left <= end - begin:
            return _moment(begin + left)
        left -= end - begin
    raise AssertionError("unreachable: the walk ends in a result or in NeverOpen")


def next_opening(hours: WorkingHours, moment: dt.datetime) -> dt.datetime:
    """Return `moment` (UTC, whole seconds) if it is open, else the next that is. Raises NeverOpen."""
    stamp = _stamp(moment)
    begin, _end = next(_spans_from(hours, stamp))
    return _moment(max(begin, stamp))


def is_open_day(hours: WorkingHours, day: dt.date) -> bool:
    """Return whether anything opens on the local date `day`."""
    return bool(hours.weekly[day.weekday()]) and day not in hours.holidays


def open_days_between(hours: WorkingHours, start_utc: dt.datetime, end_utc: dt.datetime) -> int:
    """Return how many full business days passed between the two moments; 0 if the end is not the later one.

    A business day has passed when an open day after the start's own local date has reached the start's local
    time: from Monday 10:00 the third is full on Thursday 10:00, from Saturday 10:00 on Wednesday 10:00.
    """
    zone = zone_named(hours.zone)
    start, end = (moment.astimezone(zone).replace(microsecond=0) for moment in (start_utc, end_utc))
    days = (end.date() - start.date()).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    open_weekdays = [bool(day) for day in hours.weekly]
    count = weeks * sum(open_weekdays)
    count += sum(open_weekdays[(start.weekday() + step) % 7] for step in range(1, rest + 1))
    count -= sum(start.date() < day <= end.date() and open_weekdays[day.weekday()] for day in hours.holidays)
    last_is_short = is_open_day(hours, end.date()) and end.time() < start.time()
    return count - last_is_short


def after_open_days(hours: WorkingHours, start_utc: dt.datetime, days: int) -> dt.datetime:
    """Return the first moment (UTC) at which `open_days_between` reaches `days`. Raises NeverOpen."""
    zone = zone_named(hours.zone)
    local = start_utc.astimezone(zone)
    day, left, closed = local.date(), days, 0
    while left:
        day += dt.timedelta(days=1)
        if is_open_day(hours, day):
            left, closed = left - 1, 0
        elif (closed := closed + 1) > NEVER_OPEN_DAYS:
            raise NeverOpen(f"nothing opens within {NEVER_OPEN_DAYS} days of {start_utc.isoformat()}")
    return to_utc(dt.datetime.combine(day, local.time()), hours.zone) if days else start_utc


def to_utc(wall: dt.datetime, zone: str) -> dt.datetime:
    """Return the moment (UTC) at which the clocks of `zone` show the naive time `wall`.

    A time that comes twice means the first; a time that is skipped means the moment of the change.
    """
    return _moment(_utc_stamp(wall, zone_named(zone)))


@functools.lru_cache(maxsize=512)
def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """Return the IANA zone called `name`. Raises ValueError if there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name!r}") from error


def _stamp(moment: dt.datetime) -> int:
    # Integer arithmetic: timestamp() goes through a float and loses microseconds far from 1970.
    return (moment - _EPOCH) // _SECOND


def _moment(stamp: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=stamp)


class _Month(NamedTuple):
    """The open spans of the days of one month, in order, and the sums of the first 0, 1, 2 … of them."""

    spans: tuple[_Span, ...]
    sums: tuple[int, ...]


def _months(hours: WorkingHours, start: int, end: int) -> Iterator[_Month]:
    """Yield the months that may hold open time from `start` to `end`."""
    if end <= start:
        return
    # A night shift reaches into the next day, and local dates differ from UTC dates by at most one.
    first = _month_of_day(start // _DAY_SECONDS - 2)
    last = _month_of_day(end // _DAY_SECONDS + 1)
    for number in range(first, last + 1):
        yield _month(hours, number)


def _spans_from(hours: WorkingHours, start: int) -> Iterator[_Span]:
    """Yield open spans that end after `start`, in order. Raises NeverOpen when too long a time is closed."""
    number = _month_number(_moment(start) - dt.timedelta(days=2))
    last_open = start
    while True:
        spans = _month(hours, number).spans
        for span in spans[bisect.bisect_right(spans, start, key=_closing) :]:
            if span[0] - last_open > NEVER_OPEN_DAYS * 86_400:
                break
            yield span
            last_open = span[1]
        number += 1
        if number >= 9998 * 12 or _month_start(number) - last_open > (NEVER_OPEN_DAYS + 2) * 86_400:
            raise NeverOpen(f"nothing opens within {NEVER_OPEN_DAYS} days of {_moment(last_open).isoformat()}")


def _month_number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


@functools.lru_cache(maxsize=4096)
def _month_of_day(day: int) -> int:
    """Return the number of the month of a day counted from 1 January 1970 (UTC)."""
    return _month_number(_EPOCH + dt.timedelta(days=day))


def _month_start(number: int) -> int:
    return _stamp(dt.datetime(number // 12, number % 12 + 1, 1, tzinfo=dt.UTC))


@functools.lru_cache(maxsize=4096)
def _month(hours: WorkingHours, number: int) -> _Month:
    zone = zone_named(hours.zone)
    day = dt.date(number // 12, number % 12 + 1, 1)
    reached = max((end for _begin, end in _day(hours, zone, day - dt.timedelta(days=1))), default=0)
    merged: list[_Span] = []
    while _month_number(day) == number:
        for begin, end in _day(hours, zone, day):
            begin = max(begin, reached)  # the night shift of the day before may still be on
            if end > begin:
                merged.append((begin, end))
                reached = end
        day += dt.timedelta(days=1)
    return _Month(tuple(merged), (0, *itertools.accumulate(end - begin for begin, end in merged)))


def _day(hours: WorkingHours, zone: zoneinfo.ZoneInfo, day: dt.date) -> list[_Span]:
    if day in hours.holidays:
        return []
    midnight = dt.datetime.combine(day, dt.time())
    return sorted(
        (
            _utc_stamp(midnight + dt.timedelta(minutes=start), zone),
            _utc_stamp(midnight + dt.timedelta(minutes=end), zone),
        )
        for start, end in hours.weekly[day.weekday()]
    )


def _utc_stamp(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    first = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    if second >= first:  # an ordinary time, or the first of two
        return _stamp(first)
    # Skipped: read with the offset before the change it lies after it, and the other way round (PEP 495).
    low, high = _stamp(second), _stamp(first)
    before = _moment(low).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if _moment(middle).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
