"""When it is, in the browser's world."""

import datetime as dt

NOW = dt.datetime(2026, 11, 23, 13, 40, tzinfo=dt.UTC)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> dt.datetime:
    """Return a moment of 2026, London's winter time."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)
