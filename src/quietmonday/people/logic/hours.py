"""Opening hours as people write them: `09:00-12:30, 13:30-17:00`."""

from __future__ import annotations

import datetime as dt
import itertools
import re

WEEKDAYS = range(7)
DEFAULT_WEEK: dict[int, tuple[tuple[dt.time, dt.time], ...]] = {day: ((dt.time(9), dt.time(17)),) for day in range(5)}
MOST_INTERVALS = 4

_INTERVAL = re.compile(r"(\d{1,2})[:.]?(\d{2})?\s*[-–—]\s*(\d{1,2})[:.]?(\d{2})?\Z")


class HoursRefused(ValueError):
    """What was written is no list of opening hours; `rule` says why, `part` where."""

    def __init__(self, rule: str, part: str) -> None:
        super().__init__(f"{rule}: {part}")
        self.rule, self.part = rule, part


def parse_hours(text: str) -> tuple[tuple[dt.time, dt.time], ...]:
    """Return the intervals of one day in order; an empty text is a closed day.

    24:00 (or 00:00) as an end is midnight; an end before the start lies on the next day. Raises HoursRefused for
    anything that is not hours, for overlaps and for more than four intervals.
    """
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if len(parts) > MOST_INTERVALS:
        raise HoursRefused("too_many", parts[MOST_INTERVALS])
    intervals = sorted(_interval(part) for part in parts)
    for (_, closes), (opens, _other) in itertools.pairwise(intervals):
        if closes == dt.time(0) or opens < closes:
            raise HoursRefused("overlap", f"{opens:%H:%M}")
    for opens, closes in intervals[:-1]:
        if closes <= opens:
            raise HoursRefused("overlap", f"{opens:%H:%M}")
    return tuple(intervals)


def hours_text(intervals: list[tuple[dt.time, dt.time]]) -> str:
    """Return intervals as `parse_hours` reads them."""
    return ", ".join(
        f"{opens:%H:%M}-{'24:00' if closes == dt.time(0) else closes.strftime('%H:%M')}" for opens, closes in intervals
    )


def _interval(part: str) -> tuple[dt.time, dt.time]:
    found = _INTERVAL.match(part)
    if not found:
        raise HoursRefused("shape", part)
    return _time(found[1], found[2], part), _time(found[3], found[4], part, end=True)


def _time(hour: str, minute: str | None, part: str, *, end: bool = False) -> dt.time:
    h, m = int(hour), int(minute or 0)
    if end and (h, m) == (24, 0):
        return dt.time(0)
    if h > 23 or m > 59:
        raise HoursRefused("shape", part)
    return dt.time(h, m)
