"""Months and quarters: keys, neighbours, bounds in a zone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.periods import Period, month_of, period_bounds, period_from_key

PERIODS = st.one_of(
    st.builds(Period, st.integers(1991, 9997), st.integers(1, 12), st.just(1)),
    st.builds(Period, st.integers(1991, 9997), st.sampled_from([1, 4, 7, 10]), st.just(3)),
)


@given(PERIODS)
def test_a_key_names_its_period_and_neighbours_touch(period: Period) -> None:
    assert period_from_key(period.key) == period
    assert period.next().previous() == period
    assert period.next().first_day == period.last_day + dt.timedelta(days=1)
    assert period.as_quarter().first_day <= period.first_day <= period.as_quarter().last_day


@pytest.mark.parametrize(
    "key",
    [
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-Q0",
        "26-11",
        "2026-W47",
        "",
        "1989-12",
        "2026-1",
        "９９９９-11",
        "2026-11\n",
    ],
)
def test_anything_else_is_no_period(key: str) -> None:
    with pytest.raises(ValueError):
        period_from_key(key)


def test_a_month_with_a_change_of_the_clock_is_an_hour_longer() -> None:
    start, end = period_bounds(period_from_key("2026-10"), "Europe/London")
    assert (start, end) == (
        dt.datetime(2026, 9, 30, 23, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )


def test_the_month_is_that_of_the_business() -> None:
    at = dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC)
    assert month_of(at, "Europe/London").key == "2026-10"
    assert month_of(at, "Europe/Berlin").key == "2026-11"
