"""ISO weeks of a zone."""

import datetime as dt

import pytest

from quietmonday.journal.logic.weeks import week_bounds, week_of


@pytest.mark.parametrize(
    ("week", "zone", "start", "hours"),
    [
        ("2026-W47", "Europe/London", "2026-11-16T00:00", 168),
        ("2026-W13", "Europe/Berlin", "2026-03-22T23:00", 167),
        ("2026-W43", "Europe/Berlin", "2026-10-18T22:00", 169),
        ("2026-W53", "Australia/Sydney", "2026-12-27T13:00", 168),
        ("2026-W01", "America/New_York", "2025-12-29T05:00", 168),
    ],
)
def test_a_week_runs_from_midnight_to_midnight_of_its_zone(week: str, zone: str, start: str, hours: int) -> None:
    begins, ends = week_bounds(week, zone)
    assert begins == dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    assert ends - begins == dt.timedelta(hours=hours)
    assert week_of(begins, zone) == week
    assert week_of(ends - dt.timedelta(microseconds=1), zone) == week
    assert week_of(ends, zone) != week


@pytest.mark.parametrize("week", ["2025-W53", "2026-W00", "2026-47", "", "2026-W47\n"])
def test_a_week_that_does_not_exist_is_refused(week: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)week"):
        week_bounds(week, "Europe/London")
