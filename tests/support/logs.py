"""Logs of calls handed in by Ruth, as a page or the command line does it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from quietmonday.support.actions.sheet_imports import begin_import, hand_in, run_import
from quietmonday.support.models import SheetImport
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor

HEADS = ["No", "Date", "Who", "What", "Answer", "Answered on", "Done on", "Priority", "Status"]
CALLS = [
    ["1", "13/10/2026 09:00", "Bill Hartley", "Printer prints blank", "New toner", "13/10/2026 09:30",
     "13/10/2026 11:00", "2", "done"],
    ["2", "14/10/2026 10:00", "Nora New", "=Excel+will not open", "", "", "", "3", "open"],
    ["3", "15/10/2026", "", "Line dead", "Norvane called", "", "16/10/2026", "1", "done"],
    ["4", "15/10/2026 09:00", "Bill Hartley", "Scanner", "Reset", "", "15/10/2026 10:00", "3", "done"],
    ["5", "15/10/2026 09:00", "Bill Hartley", "Old thing", "", "", "", "3", "cancelled"],
    ["6", "15/10/2026 09:00", "Bill Hartley", "Said done", "", "", "", "3", "done"],
]  # fmt: skip


def log(rows: Sequence[Sequence[Any]], heads: Sequence[str] = HEADS) -> bytes:
    """Return a CSV of these rows."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode()


def handed_in(
    cast: Cast, rows: Sequence[Sequence[Any]] = CALLS, *, at: dt.datetime = TUESDAY, heads: Sequence[str] = HEADS
) -> SheetImport:
    """Hand a log in for Oakhurst with Fennimore; return the draft."""
    data = log(rows, heads)
    return hand_in(engagement=cast.engagement, name="calls.csv", chunks=[data], actor=actor(cast.ruth), now=at)


def taken_in(
    cast: Cast, rows: Sequence[Sequence[Any]] = CALLS, *, at: dt.datetime = TUESDAY, heads: Sequence[str] = HEADS,
    chunk: int = 500,
) -> SheetImport:  # fmt: skip
    """Hand a log in and take it in; return the import."""
    row = handed_in(cast, rows, at=at, heads=heads)
    begin_import(import_id=row.id, actor=actor(cast.ruth), now=at, here=True)
    return list(run_import(import_id=row.id, clock=lambda: at, chunk=chunk))[-1]
