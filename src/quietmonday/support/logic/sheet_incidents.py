"""A log with a line for every change of an incident, as ServiceNow exports it: one incident per number.

`resolved_at` and `closed_at` stand on every line of an incident, the first too: they are known only at their time, so
only what the last line says counts, and never after that line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from quietmonday.kit.sheets.dates import DMY, NoDate, stated_in
from quietmonday.kit.sheets.reading import Cell, Row
from quietmonday.kit.text import clean_line
from quietmonday.people.logic.calendar import to_utc
from quietmonday.support.logic.sheet_calls import CANCELLED, NORMAL, OPEN, RESOLVED, Layout
from quietmonday.support.logic.sheet_headers import cell_of
from quietmonday.support.logic.sheet_units import (
    OLDEST,
    Ended,
    Rejected,
    Said,
    Unit,
    Waited,
    When,
    digest_of,
    shown,
    text_in,
)

_SETTLED = frozenset(("resolved", "closed"))
_DROPPED = frozenset(("cancelled", "canceled"))
_WAITS = {"awaiting user info": "customer", "awaiting vendor": "third_party", "awaiting evidence": "customer"}
_SOURCES = {"phone": "phone", "email": "email", "self service": "web"}
_OF_THE_CALL = ("opened_at", "caller_id", "contact_type", "category", "subcategory", "u_symptom")
_OF_THE_CHANGE = ("incident_state", "priority", "assignment_group", "assigned_to")
_OF_THE_END = (
    "made_sla",
    "reassignment_count",
    "reopen_count",
    "resolved_at",
    "closed_at",
    "resolved_by",
    "rfc",
    "problem_id",
)

_Change = tuple[dt.datetime, int, tuple[str, ...]]  # wall clock, line, what of `_OF_THE_CHANGE`


def incidents_in(rows: Iterable[Row], layout: Layout) -> Iterator[Unit | Rejected]:
    """Yield every incident in the order of its first line, after every line that is none with its reason.

    All lines of an incident make one; they need not stand together, so the changes are held until the end (about
    300 bytes a line).
    """
    calls: dict[str, tuple[int, tuple[str, ...], dt.datetime]] = {}
    changes: dict[str, list[_Change]] = {}
    ends: dict[str, tuple[dt.datetime, int, tuple[str, ...]]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    days = _Days()
    for row in rows:
        if layout.place is not None:
            said = text_in(cell_of(row, layout.place[0]))
            if said.casefold() != layout.place[1].casefold():
                yield Rejected(row.line, "not_wanted", {"value": said}, shown(row.cells))
                continue
        number = text_in(cell_of(row, layout.columns["number"]))
        if not number:
            yield Rejected(row.line, "no_number", {}, shown(row.cells))
            continue
        try:
            opened = days.read(row, layout, "opened_at")
            at = days.read(row, layout, "sys_updated_at")
        except _Unread as no:
            yield Rejected(row.line, no.rule, no.params, shown(row.cells))
            continue
        change = _texts(row, layout, _OF_THE_CHANGE)
        change = same.setdefault(change, change)  # the same few values on a hundred thousand lines: kept once
        if number not in calls:
            calls[number] = (row.line, _texts(row, layout, _OF_THE_CALL), opened)
        changes.setdefault(number, []).append((at, row.line, change))
        end = ends.get(number)
        if end is None or (at, row.line) > end[:2]:
            ends[number] = (at, row.line, _texts(row, layout, _OF_THE_END))
    for number, (line, call, opened) in calls.items():
        yield _incident(number, line, call, opened, changes.pop(number), ends.pop(number)[2], layout, days)


class _Unread(Exception):
    def __init__(self, rule: str, **params: str) -> None:
        super().__init__(rule)
        self.rule, self.params = rule, params


class _Days:
    """Reads the days of such a log; each of its few thousand different texts once."""

    def __init__(self) -> None:
        self._known: dict[Cell, dt.datetime | None] = {}
        self._utc: dict[tuple[dt.datetime, str], dt.datetime] = {}

    def read(self, row: Row, layout: Layout, field: str) -> dt.datetime:
        """Return what the wall clock showed. Raises _Unread."""
        cell = cell_of(row, layout.columns.get(field))
        wall = self.wall(cell)
        if wall is None:
            raise _Unread("no_date", column=field, value=text_in(cell)[:80])
        if self.utc(wall, layout.zone) > layout.now + dt.timedelta(days=1):
            raise _Unread("future", column=field, value=text_in(cell)[:80])
        if self.utc(wall, layout.zone) < OLDEST:
            raise _Unread("too_old", column=field, value=text_in(cell)[:80])
        return wall

    def wall(self, cell: Cell) -> dt.datetime | None:
        if cell not in self._known:
            try:
                self._known[cell] = stated_in(cell, DMY).at.replace(tzinfo=None)
            except NoDate:
                self._known[cell] = None
        return self._known[cell]

    def utc(self, wall: dt.datetime, zone: str) -> dt.datetime:
        found = self._utc.get((wall, zone))
        if found is None:
            found = self._utc[wall, zone] = to_utc(wall, zone)
        return found


def _texts(row: Row, layout: Layout, fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(text_in(cell_of(row, layout.columns.get(field))) for field in fields)


def _incident(
    number: str,
    line: int,
    call: tuple[str, ...],
    opened_wall: dt.datetime,
    changes: list[_Change],
    end: tuple[str, ...],
    layout: Layout,
    days: _Days,
) -> Unit:
    changes.sort(key=lambda change: change[:2])
    _opened, caller, contact, category, subcategory, symptom = call
    opened = days.utc(opened_wall, layout.zone)
    story = _Story(opened, changes, layout.zone, days)
    ended = dict(zip(_OF_THE_END, end, strict=True))
    last = changes[-1][0]
    resolved, closed = (
        wall if (wall := days.wall(ended[field] or None)) is not None and opened_wall <= wall <= last else None
        for field in ("resolved_at", "closed_at")
    )
    endings = list(story.endings)
    if story.state == RESOLVED and resolved is not None:
        stated = days.utc(resolved, layout.zone)
        if not story.reopenings or stated > story.reopenings[-1]:
            endings[-1] = Ended(When(stated), ended["resolved_by"])
    what = " · ".join(each for each in (category, subcategory, symptom) if each)
    return Unit(
        line=line,
        told=len(changes),
        key=f"n:{number.casefold()}",
        digest=digest_of((*call, *end, *(f"{at} {' '.join(change)}" for at, _line, change in changes))),
        number=number,
        reference="",
        subject=clean_line(f"{what} ({number})" if what else number),
        source=_SOURCES.get(contact.casefold(), "sheet"),
        opened=When(opened),
        who=clean_line(caller, 200),
        priorities=tuple(story.priorities),
        said=(Said(When(opened), "customer", clean_line(caller, 200), what or number), *story.said),
        endings=tuple(endings),
        reopenings=tuple(story.reopenings),
        waits=tuple(story.waits),
        state=story.state,
        stated={
            "source": "servicenow",
            "number": number,
            "events": len(changes),
            "made_sla": {"true": True, "false": False}.get(ended["made_sla"].casefold()),
            "reassigned": _count(ended["reassignment_count"]),
            "reopened": _count(ended["reopen_count"]),
            "opened": opened_wall.isoformat(),
            "resolved": resolved.isoformat() if resolved else None,
            "closed": closed.isoformat() if closed else None,
            "rfc": bool(ended["rfc"]),
            "problem": bool(ended["problem_id"]),
        },
    )


class _Story:
    """What the changes tell, in order."""

    def __init__(self, opened: dt.datetime, changes: list[_Change], zone: str, days: _Days) -> None:
        self.said: list[Said] = []
        self.endings: list[Ended] = []
        self.reopenings: list[dt.datetime] = []
        self.waits: list[Waited] = []
        self.priorities: list[tuple[int, dt.datetime]] = []
        self.state = OPEN
        before: tuple[str, ...] = ("",) * len(_OF_THE_CHANGE)
        for wall, _line, change in changes:
            if change == before:
                continue
            at = max(days.utc(wall, zone), opened)
            self._priority(change[1], at if self.priorities else opened)
            self._state(change[0], at)
            told = [
                f"{old} → {new}" if old else new for old, new in zip(before, change, strict=True) if new != old and new
            ]
            if told:
                self.said.append(Said(When(at), "system", "", " · ".join(told)))
            before = change
        if not self.priorities:
            self.priorities.append((NORMAL, opened))

    def _priority(self, text: str, at: dt.datetime) -> None:
        level = min(int(text[0]), 4) if text[:1] in tuple("12345") else 0
        if level and (not self.priorities or self.priorities[-1][0] != level):
            self.priorities.append((level, at))

    def _state(self, text: str, at: dt.datetime) -> None:
        word = text.casefold()
        if self.waits and self.waits[-1].end is None and _WAITS.get(word) != self.waits[-1].reason:
            self.waits[-1] = Waited(self.waits[-1].reason, self.waits[-1].start, at)
        if word in _WAITS and not (self.waits and self.waits[-1].end is None):
            self.waits.append(Waited(_WAITS[word], at, None))
        state = RESOLVED if word in _SETTLED else CANCELLED if word in _DROPPED else OPEN
        if state == RESOLVED and self.state != RESOLVED:
            self.endings.append(Ended(When(at)))
        if state == OPEN and self.state == RESOLVED:
            self.reopenings.append(at)
        self.state = state


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 else None
