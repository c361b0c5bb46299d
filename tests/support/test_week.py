"""ISO weeks in a zone."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.support.logic.week import Week, bounds, settled_at, week_from_key, week_of
from tests.support.labels import ZONE, london


def test_a_moment_belongs_to_the_week_on_the_wall_and_not_in_utc() -> None:
    sunday_night = dt.datetime(2026, 6, 14, 23, 30, tzinfo=dt.UTC)  # Monday 00:30 in London
    assert week_of(sunday_night, ZONE).key == "2026-W25"
    assert week_of(sunday_night, "UTC").key == "2026-W24"


def test_a_week_is_stated_on_its_monday_and_settled_two_weeks_later() -> None:
    week = week_of(london("2026-11-18 12:00"), ZONE)
    assert week.key == "2026-W47"
    assert bounds(week, ZONE) == (london("2026-11-16 00:00"), london("2026-11-23 00:00"))
    assert (week.provisional_on, week.settled_on) == (dt.date(2026, 11, 23), dt.date(2026, 12, 7))
    assert settled_at(week, ZONE) == london("2026-12-07 00:00")


@pytest.mark.parametrize(("key", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W47", 168)])
def test_the_weeks_of_the_daylight_changes_are_an_hour_off(key: str, hours: int) -> None:
    start, end = bounds(week_from_key(key), ZONE)
    assert end - start == dt.timedelta(hours=hours)


def test_weeks_run_over_the_new_year() -> None:
    week = week_from_key("2026-W53")
    assert (week.next(), week.previous()) == (Week(2027, 1), Week(2026, 52))
    assert week_of(london("2027-01-03 23:59"), ZONE) == week


@pytest.mark.parametrize("key", ["2027-W53", "2026-W00", "2026-W1", "2026W47", "last week", "2026-W47 "])
def test_a_week_that_does_not_exist_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="week"):
        week_from_key(key)


@settings(max_examples=100)
@given(st.integers(0, 10 * 365 * 86_400), st.sampled_from([ZONE, "Pacific/Auckland", "America/St_Johns"]))
def test_every_moment_lies_within_its_week(seconds: int, zone: str) -> None:
    moment = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    week = week_of(moment, zone)
    start, end = bounds(week, zone)
    assert start <= moment < end
    assert bounds(week.next(), zone)[0] == end
    assert week_from_key(week.key) == week
