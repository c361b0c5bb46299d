"""Working hours: the vectors of guides/scorecard.md, the traps of daylight saving, and properties."""

import datetime as dt
import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import (
    NeverOpen,
    WorkingHours,
    after_open_days,
    due,
    due_after,
    interval,
    next_opening,
    open_days_between,
    open_seconds,
    to_utc,
)

NINE_TO_FIVE = [interval("09:00", "17:00")]
OFFICE = WorkingHours.of("Europe/London", dict.fromkeys(range(5), NINE_TO_FIVE))
CHRISTMAS = WorkingHours.of(
    "Europe/London",
    dict.fromkeys(range(5), NINE_TO_FIVE),
    frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28)}),
)
ALWAYS = WorkingHours.around_the_clock("Europe/London")


def london(text: str) -> dt.datetime:
    return to_utc(dt.datetime.fromisoformat(text), "Europe/London")


@pytest.mark.parametrize(
    ("hours", "start", "end", "minutes"),
    [
        (OFFICE, "2026-11-20 16:30", "2026-11-23 09:30", 60),
        (OFFICE, "2026-11-21 10:00", "2026-11-22 10:00", 0),
        (CHRISTMAS, "2026-12-24 16:00", "2026-12-29 10:00", 120),
        (ALWAYS, "2026-03-28 20:00", "2026-03-29 20:00", 1380),
        (ALWAYS, "2026-10-24 20:00", "2026-10-25 20:00", 1500),
        (OFFICE, "2026-11-20 15:00", "2026-11-23 12:00", 300),
        (OFFICE, "2026-11-20 16:00", "2026-11-23 11:00", 180),
    ],
)
def test_the_open_time_between_two_moments_is_that_of_the_guide(
    hours: WorkingHours, start: str, end: str, minutes: int
) -> None:
    assert open_seconds(hours, london(start), london(end)) == minutes * 60


def test_an_hour_promised_at_half_past_four_is_due_at_half_past_nine_the_next_day() -> None:
    assert due(OFFICE, london("2026-11-17 16:30"), 60) == london("2026-11-18 09:30")


def test_a_promise_made_at_the_weekend_starts_at_the_next_opening() -> None:
    assert due(OFFICE, london("2026-11-21 10:00"), 60) == london("2026-11-23 10:00")
    assert due(OFFICE, london("2026-11-21 10:00"), 0) == london("2026-11-23 09:00")
    assert next_opening(OFFICE, london("2026-11-21 10:00")) == london("2026-11-23 09:00")
    assert next_opening(OFFICE, london("2026-11-23 11:00")) == london("2026-11-23 11:00")


def test_closing_time_is_no_longer_open() -> None:
    assert next_opening(OFFICE, london("2026-11-20 17:00")) == london("2026-11-23 09:00")


def test_a_promise_that_ends_at_closing_is_due_at_that_closing() -> None:
    assert due(OFFICE, london("2026-11-20 16:00"), 60) == london("2026-11-20 17:00")


def test_a_lunch_break_is_not_open() -> None:
    hours = WorkingHours.of("Europe/London", {0: [interval("09:00", "12:00"), interval("13:00", "17:00")]})
    assert open_seconds(hours, london("2026-11-16 11:00"), london("2026-11-16 14:00")) == 2 * 3600
    assert due(hours, london("2026-11-16 11:30"), 60) == london("2026-11-16 13:30")


def test_a_night_shift_belongs_to_the_day_on_which_it_opens() -> None:
    nights = WorkingHours.of(
        "Europe/London",
        {4: [interval("22:00", "06:00")], 5: [interval("22:00", "06:00")]},
        frozenset({dt.date(2026, 11, 21)}),
    )
    assert open_seconds(nights, london("2026-11-20 12:00"), london("2026-11-23 12:00")) == 8 * 3600
    assert open_seconds(nights, london("2026-11-21 05:00"), london("2026-11-21 23:00")) == 3600


def test_overlapping_hours_count_once_even_over_midnight_and_the_end_of_a_month() -> None:
    every = [interval("20:00", "06:00"), interval("05:00", "08:00"), interval("07:00", "08:30")]
    hours = WorkingHours.of("Europe/London", dict.fromkeys(range(7), every))
    assert open_seconds(hours, london("2026-11-30 12:00"), london("2026-12-01 12:00")) == int(12.5 * 3600)


def test_an_opening_time_that_does_not_exist_is_the_moment_of_the_change() -> None:
    hours = WorkingHours.of("Europe/London", {6: [interval("01:30", "03:00")]})
    start, end = london("2026-03-29 00:00"), london("2026-03-29 12:00")
    assert open_seconds(hours, start, end) == 3600
    assert next_opening(hours, start) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)
    assert london("2026-03-29 01:30") == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_hours_that_lie_wholly_in_the_skipped_hour_are_empty_that_night() -> None:
    hours = WorkingHours.of("Europe/Berlin", {6: [interval("02:10", "02:50")]})
    night = to_utc(dt.datetime.fromisoformat("2026-03-29"), "Europe/Berlin")
    assert open_seconds(hours, night, night + dt.timedelta(days=1)) == 0
    assert open_seconds(hours, night, night + dt.timedelta(days=8)) == 40 * 60


def test_a_time_that_comes_twice_means_the_first() -> None:
    hours = WorkingHours.of("Europe/London", {6: [interval("01:30", "03:00")]})
    assert open_seconds(hours, london("2026-10-25 00:00"), london("2026-10-25 12:00")) == int(2.5 * 3600)
    assert london("2026-10-25 01:30") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_midnight_that_does_not_exist_opens_at_the_change() -> None:
    # Cairo, 24 April 2026: 00:00 becomes 01:00.
    hours = WorkingHours.around_the_clock("Africa/Cairo")
    start = dt.datetime(2026, 4, 22, 22, tzinfo=dt.UTC)
    assert open_seconds(hours, start, start + dt.timedelta(days=3)) == 3 * 86_400


def test_a_calendar_without_open_time_says_so() -> None:
    shut = WorkingHours.of("Europe/London", {})
    for ask in (
        lambda: due(shut, london("2026-11-16 09:00"), 1),
        lambda: next_opening(shut, london("2026-11-16 09:00")),
    ):
        with pytest.raises(NeverOpen):
            ask()
    with pytest.raises(NeverOpen):
        after_open_days(shut, london("2026-11-16 09:00"), 1)
    assert open_seconds(shut, london("2026-11-16 09:00"), london("2027-11-16 09:00")) == 0


def test_a_calendar_closed_for_too_long_says_so_and_one_closed_for_a_year_does_not() -> None:
    start = london("2026-01-05 17:00")
    for days, opens in ((380, True), (402, False)):
        closed = frozenset(dt.date(2026, 1, 6) + dt.timedelta(days=step) for step in range(days))
        hours = WorkingHours("Europe/London", OFFICE.weekly, closed)
        if opens:
            assert next_opening(hours, start).date() == dt.date(2027, 1, 21)
        else:
            with pytest.raises(NeverOpen):
                due(hours, start, 1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-16 10:00", "2026-11-19 09:59", 2),
        ("2026-11-16 10:00", "2026-11-19 10:00", 3),
        ("2026-11-20 15:00", "2026-11-23 14:00", 0),
        ("2026-11-20 15:00", "2026-11-23 15:00", 1),
        ("2026-11-21 10:00", "2026-11-25 10:00", 3),
        ("2026-12-23 10:00", "2026-12-29 10:00", 2),
        ("2026-11-23 10:00", "2026-11-16 10:00", 0),
        ("2026-11-16 10:00", "2026-11-16 16:00", 0),
    ],
)
def test_business_days_pass_at_the_same_time_of_day(start: str, end: str, days: int) -> None:
    assert open_days_between(CHRISTMAS, london(start), london(end)) == days


@pytest.mark.parametrize("bad", ["24:01", "9:00", "12:60", "", "noon", "-1:00"])
def test_a_time_of_day_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        interval("09:00", bad)


def test_impossible_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        WorkingHours.around_the_clock("Europe/Atlantis")
    with pytest.raises(ValueError, match="time zone"):
        WorkingHours.around_the_clock("../etc/passwd")
    with pytest.raises(ValueError, match="seven days"):
        WorkingHours("Europe/London", ((),))
    with pytest.raises(ValueError, match="within 24 hours"):
        WorkingHours.of("Europe/London", {0: [(600, 600)]})


def test_ten_years_are_counted_in_a_blink() -> None:
    start, end = london("2016-01-01 00:00"), london("2026-01-01 00:00")
    open_seconds(CHRISTMAS, start, end)
    began = time.perf_counter()
    for _ in range(100):
        open_seconds(CHRISTMAS, start, end)
    assert time.perf_counter() - began < 1.0


ZONES = [
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kathmandu",
]


@st.composite
def some_hours(draw: st.DrawFn) -> WorkingHours:
    def one_interval() -> st.SearchStrategy[tuple[int, int]]:
        return st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], pair[0] + pair[1]))

    weekly = tuple(tuple(draw(st.lists(one_interval(), max_size=3))) for _ in range(7))
    holidays = draw(st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), max_size=5))
    return WorkingHours(draw(st.sampled_from(ZONES)), weekly, holidays)


def moments() -> st.SearchStrategy[dt.datetime]:
    new_year = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    changes = [dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)]
    offsets = st.integers(-180_000, 180_000)
    near = st.builds(lambda at, off: at + dt.timedelta(seconds=off), st.sampled_from(changes), offsets)
    return st.one_of(st.integers(0, 364 * 86_400).map(lambda off: new_year + dt.timedelta(seconds=off)), near)


@settings(max_examples=150, deadline=None)
@given(some_hours(), st.lists(moments(), min_size=3, max_size=5).map(sorted))
def test_the_parts_of_a_time_add_up_to_the_whole(hours: WorkingHours, cuts: list[dt.datetime]) -> None:
    parts = [open_seconds(hours, a, b) for a, b in itertools.pairwise(cuts)]
    assert sum(parts) == open_seconds(hours, cuts[0], cuts[-1])
    for part, (a, b) in zip(parts, itertools.pairwise(cuts), strict=True):
        assert 0 <= part <= (b - a).total_seconds()


@settings(max_examples=150, deadline=None)
@given(some_hours(), moments(), st.integers(0, 6000))
def test_the_open_time_up_to_the_due_moment_is_what_was_promised(
    hours: WorkingHours, start: dt.datetime, minutes: int
) -> None:
    try:
        moment = due(hours, start, minutes)
    except NeverOpen:
        assert open_seconds(hours, start, start + dt.timedelta(days=400)) == 0
        return
    assert open_seconds(hours, start, moment) == minutes * 60
    assert minutes == 0 or open_seconds(hours, moment - dt.timedelta(seconds=1), moment) == 1


@settings(max_examples=60, deadline=None)
@given(some_hours(), moments(), st.integers(1, 6000))
def test_the_fast_count_equals_a_slow_one_by_the_minute(hours: WorkingHours, start: dt.datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + dt.timedelta(minutes=minutes)
    assert open_seconds(hours, start, end) == 60 * sum(
        _is_open(hours, start + dt.timedelta(minutes=step)) for step in range(minutes)
    )


def _is_open(hours: WorkingHours, moment: dt.datetime) -> bool:
    local_day = moment.astimezone(dt.timezone(dt.timedelta())).date()
    for step in (-2, -1, 0, 1):
        day = local_day + dt.timedelta(days=step)
        if day in hours.holidays:
            continue
        midnight = dt.datetime.combine(day, dt.time())
        for begin, end in hours.weekly[day.weekday()]:
            first = to_utc(midnight + dt.timedelta(minutes=begin), hours.zone)
            if first <= moment < to_utc(midnight + dt.timedelta(minutes=end), hours.zone):
                return True
    return False


@settings(max_examples=100, deadline=None)
@given(some_hours(), moments(), st.integers(0, 12))
def test_the_moment_after_some_business_days_is_the_first_that_counts_them(
    hours: WorkingHours, start: dt.datetime, days: int
) -> None:
    try:
        moment = after_open_days(hours, start, days)
    except NeverOpen:
        assert not any(hours.weekly)
        return
    if days:
        assert open_days_between(hours, start, moment) == days
        assert open_days_between(hours, start, moment - dt.timedelta(seconds=1)) == days - 1


@settings(max_examples=100, deadline=None)
@given(some_hours(), moments(), st.integers(0, 500_000))
def test_due_is_never_before_its_start_and_grows_with_the_promise(
    hours: WorkingHours, start: dt.datetime, seconds: int
) -> None:
    try:
        first, second = due_after(hours, start, seconds), due_after(hours, start, seconds + 60)
    except NeverOpen:
        return
    assert start.replace(microsecond=0) <= first < second
