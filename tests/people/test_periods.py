"""Whole months of the calendar, backwards."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.people.logic.periods import months_before

MOMENTS = st.integers(-600_000_000, 7_000_000_000).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-11-22", 11, "2025-12-22"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-11-22", 120, "2016-11-22"),
    ],
)
def test_the_last_day_of_a_month_stays_within_the_shorter_one(moment: str, months: int, earlier: str) -> None:
    given_moment = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    assert months_before(given_moment, months).date().isoformat() == earlier


@given(MOMENTS, st.integers(0, 600), st.integers(0, 120))
def test_more_months_are_never_later(moment: dt.datetime, months: int, more: int) -> None:
    earlier = months_before(moment, months + more)
    assert earlier <= months_before(moment, months) <= moment
    assert earlier.day <= moment.day and earlier.timetz() == moment.timetz()


@given(MOMENTS, st.integers(0, 50))
def test_twelve_months_are_a_year(moment: dt.datetime, years: int) -> None:
    assert months_before(moment, years * 12).year == moment.year - years
