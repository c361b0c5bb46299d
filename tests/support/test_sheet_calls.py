"""A plain log says of its calls what stands there, and nothing is made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quietmonday.support.logic.sheet_doubts import doubt_in_words, twins
from quietmonday.support.logic.sheet_units import Rejected, Unit, rejection_in_words
from tests.support.sheets import read, unit, why


def test_a_line_becomes_a_call_with_its_answer_and_its_end() -> None:
    found = unit(
        ["No", "Date", "Who", "What", "Answer", "Answered on", "Done by", "Done on", "Priority", "Status"],
        [417.0, "02/03/2026 09:00", " Bill Hartley ", "Printer", "New toner", "02/03/2026 09:30", "Sam",
         "13/03/2026 10:00",
         "High", "Closed"],
        orders=dict.fromkeys(("date", "answered_on", "done_on"), "dmy"),
    )  # fmt: skip
    assert (found.number, found.who, found.subject, found.state) == ("417", "Bill Hartley", "Printer", "resolved")
    assert found.priorities == ((2, dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)),)
    assert [(said.side, said.author, said.text, said.when.timed) for said in found.said] == [
        ("customer", "Bill Hartley", "Printer", True),
        ("supplier", "Sam", "New toner", True),
    ]
    (ended,) = found.endings
    assert (ended.when.at, ended.when.timed, ended.by) == (dt.datetime(2026, 3, 13, 10, tzinfo=dt.UTC), True, "Sam")


def test_a_day_without_a_time_stays_a_day_and_an_answer_without_one_has_none() -> None:
    found = unit(["Date", "What", "Answer", "Done on"], ["2026-07-02", "Printer", "Toner", "2026-07-03"])
    assert (found.opened.at, found.opened.timed) == (dt.datetime(2026, 7, 1, 23, tzinfo=dt.UTC), False)
    assert (found.said[1].when.timed, found.said[1].when.known) == (False, False)
    assert (found.endings[0].when.at, found.endings[0].when.timed) == (
        dt.datetime(2026, 7, 3, 22, 59, 59, tzinfo=dt.UTC),
        False,
    )


def test_a_time_in_a_column_of_its_own_belongs_to_the_day() -> None:
    found = unit(["Date", "Time", "What"], ["2026-07-02", "9:15", "Printer"])
    assert found.opened.at == dt.datetime(2026, 7, 2, 8, 15, tzinfo=dt.UTC)
    assert found.opened.timed


@pytest.mark.parametrize(
    ("day", "time", "column"),
    [("2026-07-02", "25:99", "Time"), ("2026-07-02", "after lunch", "Time"), ("2026-07-02 25:99", "", "Date"),
     ("2/7/2026 9:75", "", "Date")],
)  # fmt: skip
def test_a_time_that_nobody_can_read_is_named_and_its_call_comes_in_by_its_day(
    day: str, time: str, column: str
) -> None:
    found = unit(["Date", "Time", "What"], [day, time, "Printer"], orders={"date": "dmy"})
    assert (found.opened.at, found.opened.timed) == (dt.datetime(2026, 7, 1, 23, tzinfo=dt.UTC), False)
    (doubt,) = found.doubts
    assert doubt_in_words(doubt) == (
        f"{column} holds no time of day that we can read: “{time or day}”. Only the day is taken."
    )


def test_a_time_of_its_own_stands_in_for_one_that_nobody_can_read() -> None:
    found = unit(["Date", "Time", "What", "Done on"], ["2026-07-02 25:99", "9:15", "x", "2026-07-03 24:30"])
    assert found.opened.timed
    assert found.endings[0].when.at == dt.datetime(2026, 7, 3, 22, 59, 59, tzinfo=dt.UTC)
    assert not found.endings[0].when.timed
    assert [doubt.params["column"] for doubt in found.doubts] == ["Date", "Done on"]


@pytest.mark.parametrize("time", ["", "?", "-", None, 0.5, dt.time(9, 15)])
def test_a_time_that_nobody_wrote_is_no_doubt(time: Any) -> None:
    assert unit(["Date", "Time", "What"], ["2026-07-02", time, "Printer"]).doubts == ()


@pytest.mark.parametrize(
    ("status", "done", "state"),
    [
        ("closed", "", "resolved"),
        ("erledigt", "", "resolved"),
        ("Closed - no fault found", "", "resolved"),
        ("In progress", "", "open"),
        ("something", "", "open"),
        ("", "2026-07-03", "resolved"),
        ("", "ja", "resolved"),
        ("", "x", "resolved"),
        ("", "nein", "open"),
        ("reopened", "2026-07-03", "open"),
        ("storniert", "", "cancelled"),
        ("", "", "open"),
    ],
)
def test_how_a_call_stands_is_read_from_status_and_end(status: str, done: str, state: str) -> None:
    assert unit(["Date", "What", "Status", "Done on"], ["2026-07-02", "x", status, done]).state == state


def test_done_yes_says_that_it_was_done_and_not_when() -> None:
    found = unit(["Date", "What", "Done"], ["2026-07-02", "x", "yes"])
    assert found.endings == ()


def test_a_log_that_never_says_how_calls_stand_is_read_as_somebody_says() -> None:
    rows = (["Date", "What"], ["2026-07-02", "x"])
    assert unit(*rows).state == "open"
    assert unit(*rows, unsaid="resolved").state == "resolved"


def test_every_line_that_does_not_come_in_is_named_with_its_reason() -> None:
    rows = (
        ["No", "Date", "What", "Done on"],
        ["1", "2026-07-02", "fine", ""],
        ["2", "2026-07-02", "", ""],
        ["3", "", "no day", ""],
        ["4", "soon", "no day", ""],
        ["5", "31.2.2026", "no such day", ""],
        ["6", "2027-01-01", "to come", ""],
        ["7", "1950-01-01", "long ago", ""],
        ["8", "2026-07-02", "back", "2026-07-01"],
        ["1", "2026-07-09", "same number", ""],
        ["1", "2026-07-02", "fine", ""],
    )
    assert why(*rows) == [
        (3, "no_what"), (4, "empty_date"), (5, "no_date"), (6, "no_such_day"), (7, "future"), (8, "too_old"),
        (9, "done_before"), (10, "same_number"), (11, "same_row"),
    ]  # fmt: skip
    words = [rejection_in_words(each) for each in read(*rows) if isinstance(each, Rejected)]
    assert words[2] == "Date holds no day: “soon”."
    assert words[7] == "Its number 1 stands in line 2 already."


@pytest.mark.parametrize(
    ("numbered", "known_by", "rule"),
    [(False, {"n"}, "twins.number"), (True, {"d"}, "twins.no_number"), (False, {"d"}, "twins"), (True, {""}, "twins"),
     (True, {"n", "d"}, "twins.no_number"), (True, {"n"}, None), (False, set(), None)],
)  # fmt: skip
def test_a_new_call_that_looks_like_one_that_is_here_is_told_with_what_would_tie_them(
    numbered: bool, known_by: set[str], rule: str | None
) -> None:
    found = twins([("look", numbered), ("look", numbered), ("other", numbered)], {"look": known_by})
    assert [(doubt.rule, doubt.params) for doubt in found] == ([(rule, {"n": "2"})] if rule else [])
    assert all("that are here: 2." in doubt_in_words(doubt) for doubt in found)


def test_a_line_that_stays_out_shows_its_numbers_as_they_were_written() -> None:
    (no,) = read(["No", "Date", "What", "Cost"], [5.0, None, "no day", 12.5])
    assert isinstance(no, Rejected)
    assert no.cells == ("5", "", "no day", "12.5")


def test_two_calls_of_one_day_person_and_text_are_two_and_keep_their_keys() -> None:
    rows = [
        ["Date", "Who", "What", "Answer"],
        ["2026-07-02", "Bill", "Printer", "toner"],
        ["2026-07-02", "Bill", "Printer", ""],
    ]
    first, second = read(*rows)
    assert isinstance(first, Unit) and isinstance(second, Unit)
    assert second.key == f"{first.key}#2"
    again = read(rows[0], [*rows[1][:3], "toner, and it works"], rows[2])
    assert [each.key for each in again if isinstance(each, Unit)] == [first.key, second.key]
    assert isinstance(again[0], Unit) and again[0].digest != first.digest


def test_question_marks_say_nothing_and_our_apostrophe_goes() -> None:
    found = unit(["Date", "Who", "What"], ["2026-07-02", "?", "'=1+1 does not work"])
    assert (found.who, found.subject) == ("", "=1+1 does not work")


def test_controls_and_lone_surrogates_are_replaced_by_the_rule_of_the_house() -> None:
    found = unit(["Date", "Who", "What"], ["2026-07-02", "B\ud800", "a\0b\x1b"])
    assert (found.who, found.subject) == ("B\ufffd", "a\ufffdb\ufffd")
