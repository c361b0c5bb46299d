"""Small logs of calls, read as the product reads them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from quietmonday.kit.sheets import Row
from quietmonday.support.logic.sheet_calls import Layout, calls_in
from quietmonday.support.logic.sheet_headers import SERVICENOW, guess, heads_in
from quietmonday.support.logic.sheet_incidents import incidents_in
from quietmonday.support.logic.sheet_units import Rejected, Unit

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
