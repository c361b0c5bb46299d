"""A plain log of calls: one line a call."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator, Mapping

from quietmonday.kit.sheets.dates import DMY, MDY, NoDate, order_told_by, time_in
from quietmonday.kit.sheets.reading import Cell, Row
from quietmonday.kit.text import clean_line
from quietmonday.people.logic.calendar import to_utc, zone_named
from quietmonday.support.logic.sheet_doubts import Doubt
from quietmonday.support.logic.sheet_headers import cell_of
from quietmonday.support.logic.sheet_units import (
    OLDEST,
    Ended,
    Rejected,
    Said,
    Unit,
    When,
    day_in,
    digest_of,
    moment_in,
    shown,
    text_in,
)

OPEN, RESOLVED, CANCELLED = "open", "resolved", "cancelled"
NORMAL = 3

_DONE = frozenset(
    [
        "done",
        "closed",
        "resolved",
        "fixed",
        "solved",
        "complete",
        "completed",
        "finished",
        "ok",
        "yes",
        "y",
        "x",
        "✓",
        "✔",
        "true",
        "erledigt",
        "geschlossen",
        "geloest",
        "gelöst",
        "behoben",
        "abgeschlossen",
        "fertig",
        "ja",
        "settled",
    ]
) | {"working again", "closed complete", "held by a workaround"}
_CANCELLED = frozenset(
    [
        "cancelled",
        "canceled",
        "rejected",
        "withdrawn",
        "storniert",
        "abgebrochen",
        "abgelehnt",
        "duplicate",
        "duplikat",
        "spam",
    ]
)
_OPEN = frozenset(
    [
        "open",
        "new",
        "pending",
        "waiting",
        "offen",
        "neu",
        "wartend",
        "active",
        "assigned",
        "no",
        "n",
        "false",
        "nein",
        "reopened",
        "wiedereröffnet",
    ]
) | {"in progress", "in arbeit", "in bearbeitung", "on hold", "work in progress", "not done"}
_PRIORITIES: dict[str, int] = {
    **dict.fromkeys(("critical", "kritisch", "highest", "urgent", "dringend", "emergency", "notfall", "blocker"), 1),
    **dict.fromkeys(("high", "hoch", "important", "wichtig", "major"), 2),
    **dict.fromkeys(("normal", "medium", "moderate", "mittel", "standard"), 3),
    **dict.fromkeys(("low", "niedrig", "gering", "minor", "lowest", "planning"), 4),
}
_LEVEL = re.compile(r"(?:p|prio|priority)?\s*([1-5])\b", re.I)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read a log. `columns`: field → column; `orders`: date field → order of day and month.

    `names`: heads, for reasons. `zone`: whose wall clock the log shows. `unsaid`: "open" or "resolved", what a line
    means that says neither how it stands nor when it was done. `now`: nothing lies after it. `place`: (column, value)
    of the lines that are wanted, None for all.
    """

    names: tuple[str, ...]
    columns: Mapping[str, int]
    orders: Mapping[str, str]
    zone: str
    now: dt.datetime
    unsaid: str = OPEN
    place: tuple[int, str] | None = None


def calls_in(rows: Iterable[Row], layout: Layout) -> Iterator[Unit | Rejected]:
    """Yield every call of the rows below the heads, in their order, and every line that is none with its reason.

    A second line with the same day, person and text is a second call, unless it says just the same as the first.
    """
    seen: dict[str, int] = {}
    whole: dict[str, int] = {}
    for row in rows:
        try:
            if (other := _elsewhere(row, layout)) is not None:
                raise _NotIn("not_wanted", value=other)
            unit = _call(row, layout)
            first = whole.setdefault(unit.digest, row.line)
            if first != row.line:
                raise _NotIn("same_row", line=str(first))
            if unit.number or unit.reference:
                first = seen.setdefault(unit.key, row.line)
                if first != row.line:
                    raise _NotIn("same_number", value=unit.number or unit.reference, line=str(first))
            else:
                seen[unit.key] = seen.get(unit.key, 0) + 1
                if seen[unit.key] > 1:
                    unit = dataclasses.replace(unit, key=f"{unit.key}#{seen[unit.key]}")
            yield unit
        except _NotIn as no:
            yield Rejected(row.line, no.rule, no.params, shown(row.cells))


class _NotIn(Exception):
    def __init__(self, rule: str, **params: str) -> None:
        super().__init__(rule)
        self.rule, self.params = rule, params


def _elsewhere(row: Row, layout: Layout) -> str | None:
    if layout.place is None:
        return None
    said = text_in(cell_of(row, layout.place[0]))
    return None if said.casefold() == layout.place[1].casefold() else said


def _call(row: Row, layout: Layout) -> Unit:
    texts = {field: text_in(cell_of(row, column)) for field, column in layout.columns.items()}
    text = functools.partial(_said_of, texts)
    what, details = text("what"), text("details")
    if not what and not details:
        raise _NotIn("no_what")
    doubts: list[Doubt] = []
    opened = _when(row, layout, texts, doubts, "date", "time")
    if opened is None:
        raise _NotIn("empty_date", column=_name(layout, "date"))
    done = _when(row, layout, texts, doubts, "done_on", "done_time", late=True)
    if done is not None and _before(done, opened, layout.zone):
        raise _NotIn("done_before", value=text("done_on"))
    answered = _when(row, layout, texts, doubts, "answered_on", "", late=True)
    if answered is not None and _before(answered, opened, layout.zone):
        raise _NotIn("answered_before", value=text("answered_on"))
    status, answer, who = text("status"), text("answer"), clean_line(text("who"), 200)
    by = clean_line(text("answered_by"), 200)
    state = _state(status, done, layout, mark=text("done_on"))
    said = [Said(opened, "customer", who, details or what)]
    if answer:
        # When only the call's own day is known, the answer stands below the call and has no time.
        unsaid = When(max(done.at, opened.at) if done else opened.at, timed=False, known=False)
        said.append(Said(answered or unsaid, "supplier", by, answer))
    number, reference = text("number"), text("reference")
    if reference:
        key = f"r:{reference.lower()}"
    else:
        key = f"n:{number.casefold()}" if number else _key(opened, who, what or details)
    stated = (("status", status), ("priority", text("priority")), ("number", number))
    return Unit(
        line=row.line,
        told=1,
        key=key,
        digest=digest_of(texts.values()),
        number=number,
        reference=reference,
        subject=clean_line(what or details),
        source="sheet",
        opened=opened,
        who=who,
        priorities=((_priority(text("priority")) or NORMAL, opened.at),),
        said=tuple(said),
        endings=(Ended(done, by),) if done is not None and state == RESOLVED else (),
        reopenings=(),
        waits=(),
        state=state,
        stated={name: each for name, each in stated if each},
        doubts=tuple(doubts),
    )


def _said_of(texts: Mapping[str, str], field: str) -> str:
    return texts.get(field, "")


def _key(opened: When, who: str, what: str) -> str:
    """Without a number a call is known by its day, its person and its words: what stays as it is worked on."""
    return f"d:{digest_of((opened.at.isoformat(), who.casefold(), ' '.join(what.casefold().split())))}"


def _when(
    row: Row,
    layout: Layout,
    texts: Mapping[str, str],
    doubts: list[Doubt],
    field: str,
    time_field: str,
    *,
    late: bool = False,
) -> When | None:
    """Return what a cell states, with the time beside it; a time that cannot be read is a doubt, and the day stays."""
    text = texts.get(field, "")
    if not text:
        return None
    cell = cell_of(row, layout.columns[field])
    try:
        found = moment_in(cell, _order(cell, layout.orders.get(field)), layout.zone, late=late)
    except NoDate as no:
        if field == "done_on" and text.casefold() in _DONE | _OPEN:
            return None  # "done: yes" says that it was done, and not when
        if no.day is None:
            raise _NotIn(no.rule, column=_name(layout, field), value=text[:80]) from no
        found = day_in(no.day, layout.zone, late=late)
        doubts.append(Doubt(no.rule, {"column": _name(layout, field), "value": text[:80]}))
    if not found.timed and (said := texts.get(time_field, "")):
        clock = time_in(cell_of(row, layout.columns[time_field]))
        if clock is None:
            doubts.append(Doubt("no_such_time", {"column": _name(layout, time_field), "value": said[:80]}))
        else:
            day = found.at.astimezone(zone_named(layout.zone)).date()
            found = When(to_utc(dt.datetime.combine(day, clock), layout.zone))
    if found.at > layout.now + dt.timedelta(days=1):
        raise _NotIn("future", column=_name(layout, field), value=text[:80])
    if found.at < OLDEST:
        raise _NotIn("too_old", column=_name(layout, field), value=text[:80])
    return found


def _order(cell: Cell, order: str | None) -> str:
    """A day that can be read one way only is read so, however the rest of its column is written."""
    told = order_told_by(cell) if order is not None else ""
    return told if told in (DMY, MDY) else order or ""


def _before(done: When, opened: When, zone: str) -> bool:
    if done.timed and opened.timed:
        return done.at < opened.at
    # With a day only, the two are compared as days: nobody knows more.
    local = zone_named(zone)
    return done.at.astimezone(local).date() < opened.at.astimezone(local).date()


def _state(status: str, done: When | None, layout: Layout, *, mark: str) -> str:
    word = status.casefold().strip(" .")
    if word in _CANCELLED:
        return CANCELLED
    if word in _OPEN:
        return OPEN
    marked = mark.casefold().strip(" .") in _DONE  # "done: yes" says that it was done, and not when
    if done is not None or marked or word in _DONE or _says_done(layout, status):
        return RESOLVED
    if "status" in layout.columns or "done_on" in layout.columns:
        return OPEN
    return layout.unsaid


def _says_done(layout: Layout, status: str) -> bool:
    return status.casefold().startswith(
        tuple(f"{word} " for word in ("closed", "resolved", "done", "erledigt", "geschlossen"))
    )


def _priority(text: str) -> int | None:
    word = text.casefold().strip()
    if word in _PRIORITIES:
        return _PRIORITIES[word]
    if found := _LEVEL.match(word):
        return min(int(found[1]), 4)
    return next((level for name, level in _PRIORITIES.items() if name in word.split()), None)


def _name(layout: Layout, field: str) -> str:
    column = layout.columns.get(field)
    return layout.names[column] if column is not None and column < len(layout.names) else field
