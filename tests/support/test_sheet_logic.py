"""What a log says of its calls: heads guessed, lines read, nothing made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from quietmonday.kit.sheets import Row
from quietmonday.support.logic.sheet_calls import Layout, calls_in
from quietmonday.support.logic.sheet_doubts import doubt_in_words, twins
from quietmonday.support.logic.sheet_headers import CALLS, SERVICENOW, Orders, guess, heads_in
from quietmonday.support.logic.sheet_incidents import incidents_in
from quietmonday.support.logic.sheet_units import Rejected, Unit, rejection_in_words

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ZONE = "Europe/London"


def sheet(*rows: Sequence[Any]) -> list[Row]:
    return [Row(line, list(cells)) for line, cells in enumerate(rows, start=1)]


def guessed(*rows: Sequence[Any]) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return (kind, field → head, orders) as guessed."""
    found = sheet(*rows)
    heads = heads_in(found)
    assert heads is not None
    chosen = guess(heads, found[heads.position + 1 :])
    return chosen.kind, {field: heads.names[at] for field, at in chosen.columns.items()}, dict(chosen.orders)


def read(*rows: Sequence[Any], **changed: Any) -> list[Unit | Rejected]:
    """Read a log as it is guessed, `changed` set otherwise."""
    found = sheet(*rows)
    heads = heads_in(found)
    assert heads is not None
    chosen = guess(heads, found[heads.position + 1 :])
    layout = Layout(names=heads.names, columns=chosen.columns, orders=chosen.orders, zone=ZONE, now=NOW)
    layout = dataclasses.replace(layout, **changed)
    below = found[heads.position + 1 :]
    return list(incidents_in(below, layout) if chosen.kind == SERVICENOW else calls_in(below, layout))


def unit(*rows: Sequence[Any], **changed: Any) -> Unit:
    (found,) = read(*rows, **changed)
    assert isinstance(found, Unit), found
    return found


def why(*rows: Sequence[Any], **changed: Any) -> list[tuple[int, str]]:
    return [(each.line, each.rule) for each in read(*rows, **changed) if isinstance(each, Rejected)]


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


HEADS = ["number", "incident_state", "opened_at", "sys_updated_at", "priority", "assignment_group", "assigned_to",
         "caller_id", "contact_type", "made_sla", "reassignment_count", "reopen_count", "resolved_at",
         "closed_at"]  # fmt: skip


def change(state: str, at: str, **other: str) -> list[str]:
    given = {"number": "INC1", "incident_state": state, "opened_at": "29/2/2016 08:11", "sys_updated_at": at,
             "priority": "3 - Moderate", "assignment_group": "Group 1", "assigned_to": "?", "caller_id": "Caller 7",
             "contact_type": "Phone", "made_sla": "true", "reassignment_count": "0", "reopen_count": "0",
             "resolved_at": "1/4/2016 10:00", "closed_at": "8/4/2016 09:00"} | other  # fmt: skip
    return [given[head] for head in HEADS]


def moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=dt.UTC)


def test_an_incident_is_told_by_its_changes() -> None:
    found = unit(
        HEADS,
        change("New", "29/2/2016 08:30"),
        change("Active", "29/2/2016 09:00", assignment_group="Group 2", assigned_to="Resolver 3"),
        change("Awaiting User Info", "29/2/2016 10:00", assignment_group="Group 2", assigned_to="Resolver 3"),
        change("Active", "1/3/2016 10:00", priority="2 - High"),
        change("Resolved", "2/3/2016 10:00", priority="2 - High"),
        change("Active", "3/3/2016 10:00", priority="2 - High"),
        change("Resolved", "4/3/2016 10:00", priority="2 - High", resolved_at="4/3/2016 09:45"),
        change("Closed", "9/3/2016 10:00", priority="2 - High", resolved_at="4/3/2016 09:45",
               closed_at="9/3/2016 10:00",                reassignment_count="2", reopen_count="1", made_sla="false"),
    )  # fmt: skip
    assert (found.told, found.state, found.source, found.who) == (8, "resolved", "phone", "Caller 7")
    assert found.opened.at == moment("29/2/2016 08:11")
    assert [end.when.at for end in found.endings] == [moment("2/3/2016 10:00"), moment("4/3/2016 09:45")]
    assert found.reopenings == (moment("3/3/2016 10:00"),)
    assert [(w.reason, w.start, w.end) for w in found.waits] == [
        ("customer", moment("29/2/2016 10:00"), moment("1/3/2016 10:00"))
    ]
    assert found.priorities == ((3, found.opened.at), (2, moment("1/3/2016 10:00")))
    assert [said.text for said in found.said if said.side == "system"][1] == (
        "New → Active · Group 1 → Group 2 · Resolver 3"
    )
    assert found.stated == {
        "source": "servicenow", "number": "INC1", "events": 8, "made_sla": False, "reassigned": 2, "reopened": 1,
        "opened": "2016-02-29T08:11:00", "resolved": "2016-03-04T09:45:00", "closed": "2016-03-09T10:00:00",
        "rfc": False, "problem": False,
    }  # fmt: skip


def test_what_only_the_future_knew_is_not_used() -> None:
    """Every line of the source repeats when it was resolved and closed at last."""
    found = unit(HEADS, change("New", "29/2/2016 08:30"), change("Active", "29/2/2016 09:00"))
    assert (found.state, found.endings) == ("open", ())
    assert (found.stated["resolved"], found.stated["closed"]) == (None, None)


def test_the_lines_of_an_incident_need_not_stand_together_nor_in_order() -> None:
    rows = [
        change("Resolved", "2/3/2016 10:00"),
        change("New", "29/2/2016 08:30", number="INC2"),
        change("New", "29/2/2016 08:30"),
    ]
    one, two = read(HEADS, *rows)
    assert isinstance(one, Unit) and isinstance(two, Unit)
    assert (one.number, one.state, two.number, two.state) == ("INC1", "resolved", "INC2", "open")
    assert one.digest == unit(HEADS, rows[2], rows[0]).digest


def test_lines_of_a_log_of_changes_that_cannot_be_read_are_named_and_the_rest_comes_in() -> None:
    rows = (
        HEADS,
        change("New", "?"),
        change("New", "29/2/2016 08:30", number="?"),
        change("New", "30/2/2016 08:30"),
        change("New", "29/2/2016 08:30", opened_at="never"),
        change("New", "29/2/2016 08:30"),
    )
    assert why(*rows) == [(2, "no_date"), (3, "no_number"), (4, "no_date"), (5, "no_date")]
    assert [each.line for each in read(*rows) if isinstance(each, Unit)] == [6]


def test_only_the_lines_of_one_place_are_taken() -> None:
    rows = (["Date", "What", "Site"], ["2026-07-02", "x", "North"], ["2026-07-02", "y", "South"])
    assert why(*rows, place=(2, "north")) == [(3, "not_wanted")]
