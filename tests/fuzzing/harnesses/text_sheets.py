"""A log of calls as text with separators: every line comes in, or is named."""

import datetime as dt

from quietmonday.kit.sheets import UnreadableSheet, read_sheet
from quietmonday.kit.sheets.reading import Row
from quietmonday.support.logic.sheet_calls import Layout, calls_in
from quietmonday.support.logic.sheet_headers import SERVICENOW, guess, heads_in
from quietmonday.support.logic.sheet_incidents import incidents_in
from quietmonday.support.logic.sheet_units import Rejected, rejection_in_words
from tests.fuzzing.harness import Harness, as_file

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def check(data: bytes) -> None:
    path = as_file(data)
    try:
        rows = list(read_sheet(path).rows)
    except UnreadableSheet as refused:
        assert str(refused)
        return
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    calls_of(rows)


def calls_of(rows: list[Row]) -> None:
    """Read rows as a person's log and as a service desk's."""
    heads = heads_in(rows)
    if heads is None:
        return
    below = rows[heads.position + 1 :]
    found = guess(heads, below[:50])
    layout = Layout(names=heads.names, columns=found.columns, orders=found.orders, zone="Europe/Berlin", now=NOW)
    told = list((incidents_in if found.kind == SERVICENOW else calls_in)(below, layout))
    assert found.kind == SERVICENOW or len(told) == len(below)
    assert all(rejection_in_words(each) for each in told if isinstance(each, Rejected))


PLAIN = """\
Date,Time,Who,What,Status,Done
3/4/2026,9:30,Ann,Printer,open,
13/4/2026,10:00,Bob,"Mail, again",closed,14/4/2026
"""
EXCEL = "\ufeffsep=;\r\nDatum;Wer;Was;Priorität\r\n03.03.2026 9:30;Jürgen;Drucker;hoch\r\n"
TABS = "Datum\tWer\tWas\n03.03.2026\tAnn\tNetz"
CHANGES = """\
number,incident_state,reassignment_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,resolved_at,closed_at
INC1,New,0,true,Caller 1,29/2/2016 01:16,29/2/2016 01:23,Phone,29/2/2016 11:29,5/3/2016 12:00
INC1,Closed,0,true,Caller 1,29/2/2016 01:16,5/3/2016 12:00,Phone,29/2/2016 11:29,5/3/2016 12:00
"""

HARNESS = Harness(
    check=check,
    seeds=[PLAIN.encode(), EXCEL.encode(), TABS.encode("utf-16"), CHANGES.encode(), b'A,B\n1,"open\n2,3\n'],
    words=[
        *(b";", b"\t", b'"', b"\r\n", b"Date", b"Was", b"opened_at", b"29/2/2016 25:61"),
        *(b"\xff\xfe", b"\x00", b"Active"),
    ],
    longest=8_192,
)
