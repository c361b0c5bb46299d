"""What stands in which column of a log is guessed from its heads and its days; doubts are said."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.support.logic.sheet_doubts import doubt_in_words
from quietmonday.support.logic.sheet_headers import CALLS, Orders, heads_in
from quietmonday.support.logic.sheet_units import Unit
from tests.support.sheets import guessed, read, sheet, unit, why


def test_english_heads_are_known() -> None:
    heads = ["Call No.", "Date reported", "Time", "Caller", "Short description", "Details", "Supplier answer",
             "Answered on", "Technician", "Done on", "Priority", "Status"]  # fmt: skip
    kind, columns, _ = guessed(heads, ["1"] * 12)
    assert kind == CALLS
    assert columns == dict(
        zip(("number", "date", "time", "who", "what", "details", "answer", "answered_on", "answered_by", "done_on",
             "priority", "status"), heads, strict=True)
    )  # fmt: skip


def test_german_heads_are_known() -> None:
    heads = ["Ticketnummer", "Gemeldet am", "Uhrzeit", "Anrufer", "Kurzbeschreibung", "Bemerkung", "Lösung",
             "Beantwortet am", "Bearbeiter", "Erledigt am", "Priorität", "Status"]  # fmt: skip
    _, columns, _ = guessed(heads, ["1"] * 12)
    assert columns == dict(
        zip(("number", "date", "time", "who", "what", "details", "answer", "answered_on", "answered_by", "done_on",
             "priority", "status"), heads, strict=True)
    )  # fmt: skip


def test_heads_below_a_title_are_found_and_each_column_has_a_name_of_its_own() -> None:
    rows = sheet(
        ["Call log of Oakhurst"], [None, "2026"], ["Date", "Status", "What", "Status", None, "Status"], ["1"] * 6
    )
    heads = heads_in(rows)
    assert heads is not None
    assert (heads.position, heads.line) == (2, 3)
    assert heads.names == ("Date", "Status", "What", "Status (2)", "Column 5", "Status (3)")


def test_columns_without_heads_that_we_know_are_told_by_what_stands_in_them() -> None:
    rows = [["c1", "c2", "c3"]] + [
        [f"{day}.3.2026", "Bill Hartley", "The printer in the packing hall prints blank"] for day in range(1, 9)
    ]
    _, columns, _ = guessed(*rows)
    assert columns == {"date": "c1", "who": "c2", "what": "c3"}


@pytest.mark.parametrize(
    ("days", "order"),
    [(["3/4/2026", "13/4/2026"], "dmy"), (["3/4/2026", "3/14/2026"], "mdy"), (["3/4/2026", "4/5/2026"], "")],
)
def test_one_day_over_twelve_decides_a_column(days: list[str], order: str) -> None:
    _, _, orders = guessed(["Date", "What"], *([day, "It broke"] for day in days))
    assert orders == {"date": order}


def test_a_column_that_leaves_it_open_is_read_as_the_others_of_its_file() -> None:
    _, _, orders = guessed(["Date", "What", "Done on"], ["13/4/2026", "It broke", "3/5/2026"])
    assert orders == {"date": "dmy", "done_on": "dmy"}
    _, _, orders = guessed(
        ["Date", "What", "Done on", "Answered on"], ["13/4/2026", "It broke", "3/5/2026", "4/13/2026"]
    )
    assert orders == {"date": "dmy", "done_on": "", "answered_on": "mdy"}


def test_days_that_can_be_read_two_ways_do_not_come_in_until_somebody_says_which() -> None:
    rows = (["Date", "What"], ["3/4/2026", "It broke"])
    assert why(*rows) == [(2, "ambiguous")]
    assert unit(*rows, orders={"date": "mdy"}).opened.at == dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    assert unit(*rows, orders={"date": "dmy"}).opened.at == dt.datetime(2026, 4, 2, 23, tzinfo=dt.UTC)


MIXED = (["Date", "What"], ["13/4/2026", "a"], ["14/4/2026", "b"], ["4/15/2026", "c"], ["3/4/2026", "d"])


def test_a_column_written_both_ways_is_not_decided_by_its_majority() -> None:
    assert guessed(*MIXED)[2] == {"date": ""}
    assert guessed(["Date", "What", "Done on"], *([*row, "20/4/2026"] for row in MIXED[1:]))[2] == {
        "date": "",
        "done_on": "dmy",
    }
    assert guessed(["Date", "What", "Done on"], *([*row, "5/5/2026" if row[1] == "a" else "4/5/2026"]
                   for row in MIXED[1:]))[2] == {"date": "", "done_on": ""}  # fmt: skip


@pytest.mark.parametrize(("order", "last"), [("", None), ("dmy", (4, 3)), ("mdy", (3, 4))])
def test_each_day_is_read_as_it_can_be_and_only_the_others_as_somebody_says(
    order: str, last: tuple[int, int] | None
) -> None:
    found = read(*MIXED, orders={"date": order}, zone="UTC")
    days = [(each.opened.at.month, each.opened.at.day) for each in found if isinstance(each, Unit)]
    assert days == [(4, 13), (4, 14), (4, 15), *([last] if last else [])]
    assert why(*MIXED, orders={"date": order}) == ([] if last else [(5, "ambiguous")])


@pytest.mark.parametrize(
    ("either", "order", "words"),
    [
        (0, "", "Each is read in the one way that it can be."),
        (4, "", "Could be either: 4; these stay out until you say which comes first."),
        (4, "dmy", "Could be either: 4; these are read with the day first."),
        (4, "mdy", "Could be either: 4; these are read with the month first."),
    ],
)
def test_a_column_written_both_ways_is_told_with_its_counts(either: int, order: str, words: str) -> None:
    orders = Orders()
    for cell in ["13/4/2026", "14/4/2026", "4/15/2026", *["3/4/2026"] * either]:
        orders.see(cell)
    doubt = orders.doubt("Date", order)
    assert doubt is not None
    assert doubt_in_words(doubt) == f"“Date” is read in two ways. Day first: 2. Month first: 1. {words}"


@pytest.mark.parametrize(
    ("cells", "order", "doubted"),
    [(["13/4/2026", "3/4/2026"], "dmy", False), (["13/4/2026", "3/4/2026"], "", False), (["13/4/2026"], "mdy", False),
     (["13/4/2026", "3/4/2026"], "mdy", True), (["4/13/2026", "3/4/2026"], "dmy", True), (["3/4/2026"], "mdy", False)],
)  # fmt: skip
def test_what_somebody_says_against_the_days_of_a_column_is_a_doubt_where_it_makes_a_difference(
    cells: list[str], order: str, doubted: bool
) -> None:
    orders = Orders()
    for cell in cells:
        orders.see(cell)
    assert (orders.doubt("Date", order) is not None) == doubted
