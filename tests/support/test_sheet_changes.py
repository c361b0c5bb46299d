"""A log with one line for each change tells of incidents."""

from __future__ import annotations

import datetime as dt

from quietmonday.support.logic.sheet_units import Unit
from tests.support.sheets import read, unit, why

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
