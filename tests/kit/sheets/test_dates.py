"""Days as people write them: read by their column, never guessed, and no minute made up."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.kit.sheets import Cell
from quietmonday.kit.sheets.dates import DMY, MDY, NoDate, order_told_by, stated_in, time_in

DAY = dt.date(2016, 3, 4)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2016-03-04", ""),
        ("2016/3/4", ""),
        ("4.3.2016", ""),
        ("04.03.16", ""),
        ("4/3/2016", DMY),
        ("3/4/2016", MDY),
        ("04-03-2016", DMY),
        ("Fri 04/03/2016", DMY),
        ("4 Mar 2016", ""),
        ("4. März 2016", ""),
        ("4-Mar-16", ""),
        ("March 4, 2016", ""),
        ("Friday, March 4th, 2016", ""),
        ("42433", ""),
    ],
)
def test_a_day_is_read_in_each_way_of_writing_it(text: str, order: str) -> None:
    found = stated_in(text, order)
    assert (found.at.date(), found.timed, found.at.time()) == (DAY, False, dt.time())


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("4/3/2016 08:11", (8, 11)),
        ("04.03.2016 14:30 Uhr", (14, 30)),
        ("04.03.2016, 14:30:59", (14, 30, 59)),
        ("4/3/2016 2:05 PM", (14, 5)),
        ("4/3/2016 12:05 am", (0, 5)),
        ("2016-03-04T14:30:00", (14, 30)),
        ("4 Mar 2016 14:30", (14, 30)),
    ],
)
def test_a_time_beside_the_day_is_read_to_the_second(text: str, clock: tuple[int, ...]) -> None:
    found = stated_in(text, DMY)
    assert (found.at, found.timed) == (dt.datetime.combine(DAY, dt.time(*clock)), True)


def test_an_offset_makes_a_moment_of_it() -> None:
    assert stated_in("2016-03-04T14:30:00+02:00", "").at == dt.datetime(2016, 3, 4, 12, 30, tzinfo=dt.UTC)
    assert stated_in("2016-03-04 14:30Z", "").at == dt.datetime(2016, 3, 4, 14, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(("value", "timed"), [(42433, False), (42433.5, True), (42433.0, False)])
def test_a_serial_number_of_excel_is_a_day_and_its_fraction_a_time(value: float, timed: bool) -> None:
    found = stated_in(value, "")
    assert (found.at.date(), found.timed) == (DAY, timed)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3/4/2016", "ambiguous"),
        ("31.02.2016", "no_such_day"),
        ("32/1/2016", "no_such_day"),
        ("2016-13-01", "no_such_day"),
        ("14/3/2016 25:00", "no_such_time"),
        ("2016-03-14 25:99", "no_such_time"),
        ("31.02.2016 25:00", "no_such_day"),
        ("soon", "no_date"),
        ("", "no_date"),
        ("12", "no_date"),
        (7, "no_date"),
        (True, "no_date"),
        (None, "no_date"),
        ("4 Foo 2016", "no_date"),
    ],
)
def test_what_is_no_day_says_why(text: Cell, rule: str) -> None:
    with pytest.raises(NoDate) as refused:
        stated_in(text, "")
    assert refused.value.rule == rule
    assert (refused.value.day is not None) == (rule == "no_such_time")


@pytest.mark.parametrize(
    ("text", "told"),
    [("13/2/2016", DMY), ("2/13/2016", MDY), ("3/4/2016", "either"), ("5/5/2016", ""), ("13.2.2016", ""), ("x", "")],
)
def test_a_day_over_twelve_tells_the_order_of_its_column(text: str, told: str) -> None:
    assert order_told_by(text) == told


@pytest.mark.parametrize(
    ("value", "clock"),
    [("8:05", (8, 5)), ("8.05 Uhr", (8, 5)), ("2:05 pm", (14, 5)), (0.5, (12, 0)), (dt.time(9, 1, 2), (9, 1, 2))],
)
def test_a_column_of_times_is_read(value: Cell, clock: tuple[int, ...]) -> None:
    assert time_in(value) == dt.time(*clock)


@pytest.mark.parametrize("value", ["soon", "25:00", "13:00 pm", None, 5, "8"])
def test_what_is_no_time_is_none(value: Cell) -> None:
    assert time_in(value) is None


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    try:
        assert 1 <= stated_in(text, DMY).at.year <= 9999
    except NoDate as refused:
        assert refused.rule in {"no_date", "no_such_day", "no_such_time", "ambiguous"}


@given(st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2090, 1, 1)))
def test_what_is_written_in_an_order_is_read_back_in_it(day: dt.date) -> None:
    assert stated_in(f"{day.day}/{day.month}/{day.year}", DMY).at.date() == day
    assert stated_in(f"{day.month}/{day.day}/{day.year}", MDY).at.date() == day
