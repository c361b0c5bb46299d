"""ISO weeks of a zone."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_of(at: dt.datetime, zone: str) -> str:
    """Return the ISO week that holds `at` in `zone`: 2026-W47."""
    year, week, _ = at.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_bounds(week: str, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end of `week` in `zone` as moments in UTC; the end belongs to the next week.

    A week with a daylight change has 167 or 169 hours. ValueError if there is no such week.
    """
    match = _WEEK.fullmatch(week)
    if match is None:
        raise ValueError(f"{week!r} is not a week: write 2026-W47")
    monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
    return _midnight(monday, zone), _midnight(monday + dt.timedelta(days=7), zone)


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
