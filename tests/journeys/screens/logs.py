"""Logs of calls in every state worth looking at."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.support.actions.sheet_imports import begin_import, hand_in, run_import
from quietmonday.support.actions.sheet_undoing import begin_undo, run_undo
from quietmonday.support.actions.stating import state_past_weeks
from quietmonday.support.models import SheetImport, Ticket
from tests.cast import Cast
from tests.journeys.screens.moments import NOW
from tests.support.logs import log
from tests.support.scene import actor
from tests.support.test_sheet_changes import HEADS as CHANGE_HEADS
from tests.support.test_sheet_changes import change

HEADS = ["No", "Date", "Who", "What", "Answer", "Done on", "Status"]
DONE = [
    ["1", "29/02/2016", "Bill Hartley", "Labels print blank", "New ribbon", "01/03/2016", "done"],
    ["2", "02/03/2016", "Nora Novak", "No sound in the meeting room", "", "", "open"],
    ["3", "someday", "Nora Novak", "The screen flickers", "", "", "open"],
]
DRAFT = [
    [
        "4",
        "03/04/2026",
        "Bill Hartley",
        "The scale does not talk to the till any more since the weekend",
        "",
        "",
        "open",
    ],
    ["5", "04/05/2026", "Ines from the warehouse", "Door opener", "Battery changed", "05/05/2026", "done"],
    ["6", "", "Bill Hartley", "No day stands here", "", "", "open"],
    ["7", "05/05/2026", "", "", "", "", "open"],
]
DOUBTFUL = [
    ["29/02/2016", "25:99", "Bill Hartley", "Labels print blank"],
    ["3/14/2016", "9:00", "Nora Novak", "The lamp above the till"],
    ["3/4/2016", "after lunch", "Nora Novak", "The door of the cold room"],
]
"""Days in both orders, times that nobody can read, and a call that is here with its number."""


@dataclasses.dataclass(frozen=True)
class Logs:
    """Imports by how far they are, and tickets that came out of them."""

    draft: SheetImport
    doubtful: SheetImport
    changes: SheetImport
    strange: SheetImport
    running: SheetImport
    done: SheetImport
    undone: SheetImport
    day_only: Ticket
    of_changes: Ticket


def make_logs(cast: Cast) -> Logs:
    """Hand in one of each at Oakhurst and return them."""
    at = NOW - dt.timedelta(hours=2)

    def handed_in(name: str, data: bytes) -> SheetImport:
        return hand_in(engagement=cast.engagement, name=name, chunks=[data], actor=actor(cast.ruth), now=at)

    def taken_in(row: SheetImport, *, most: int | None = None) -> SheetImport:
        begin_import(import_id=row.id, actor=actor(cast.ruth), now=at, here=True)
        for _row in run_import(import_id=row.id, clock=lambda: at, most=most, chunk=2):
            pass
        return SheetImport.objects.get(pk=row.pk)

    changes = [
        change("New", "29/2/2016 08:30"),
        change("Awaiting User Info", "29/2/2016 10:00", assignment_group="Group 2"),
        change("Resolved", "2/3/2016 10:00", assignment_group="Group 2", resolved_at="2/3/2016 10:00"),
    ]
    of_changes = taken_in(handed_in("desk.csv", log(changes, CHANGE_HEADS)))
    done = taken_in(handed_in("calls 2016.csv", log(DONE, HEADS)))
    state_past_weeks(engagement_id=cast.engagement.id, now=at)
    more = [[*row[:1], row[1], row[2], f"{row[3]} again", *row[4:]] for row in DONE]
    undone = taken_in(handed_in("twice.csv", log([[f"t{row[0]}", *row[1:]] for row in more], HEADS)))
    begin_undo(import_id=undone.id, actor=actor(cast.ruth), now=at, here=True)
    run_undo(import_id=undone.id, clock=lambda: at)
    long = [[f"r{n}", "29/02/2016", "Bill Hartley", f"Call {n}", "", "01/03/2016", "done"] for n in range(6)]
    more_changes = [change("New", "29/2/2016 08:30", number="INC2"), change("New", "soon", number="INC3")]
    return Logs(
        draft=handed_in("Call log, spring.csv", log(DRAFT, HEADS)),
        doubtful=handed_in("two ways.csv", log(DOUBTFUL, ["Date", "Time", "Who", "What"])),
        changes=handed_in("desk 2.csv", log(more_changes, CHANGE_HEADS)),
        strange=handed_in("prices.csv", b"Part,Price\nRibbon,12\n"),
        running=taken_in(handed_in("long.csv", log(long, HEADS)), most=1),
        done=done,
        undone=SheetImport.objects.get(pk=undone.pk),
        day_only=Ticket.objects.get(sheet_row__made_by=done, subject="Labels print blank"),
        of_changes=Ticket.objects.get(sheet_row__made_by=of_changes),
    )
