"""The clock, read once at the edge (views, jobs, commands) and passed inwards."""

import datetime as dt
import enum


class ClockQuality(enum.StrEnum):
    """How far `occurred_at` may be trusted."""

    EXACT = "exact"  # our own clock, at the moment itself
    STATED = "stated"  # a header, a form or a person says so
    UNKNOWN = "unknown"  # nobody says; `recorded_at` stands in


def now() -> dt.datetime:
    """Return the present moment in UTC. Only views, jobs and commands call this."""
    return dt.datetime.now(dt.UTC)
