"""Which column of a log says what: found by its head, in English or German, and by what stands in it."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from quietmonday.kit.sentences import gettext_noop as _
from quietmonday.kit.sheets.dates import DMY, MDY, NoDate, order_told_by, stated_in, time_in
from quietmonday.kit.sheets.reading import Cell, Row
from quietmonday.support.logic.sheet_doubts import Doubt
from quietmonday.support.logic.sheet_units import text_in

CALLS, SERVICENOW = "calls", "servicenow"
LOOK_AHEAD = 30  # rows in which the heads are looked for
SAMPLE = 200

FIELDS: dict[str, str] = {
    "date": _("When it was reported"),
    "time": _("Time of day, if in a column of its own"),
    "who": _("Who asked"),
    "what": _("What was asked, in short"),
    "details": _("What was asked, in full"),
    "number": _("Its number in this log"),
    "answer": _("What the supplier answered"),
    "answered_on": _("When it was answered"),
    "answered_by": _("Who answered"),
    "done_on": _("When it was done"),
    "done_time": _("Time it was done, if in a column of its own"),
    "status": _("How it stands"),
    "priority": _("How urgent it was"),
    "reference": _("Reference of an export of ours"),
}
"""What a log may say → the words on the page, in the order of the page."""

DATES = ("date", "answered_on", "done_on")
"""Fields that hold days: each column's order of day and month is decided for itself."""

# Whole heads first, then words within them; what stands earlier wins where two columns fit.
_HEADS: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "quiet monday reference"),
    "number": (
        "number", "no", "nr", "no.", "nr.", "#", "id", "ticket", "ticket no", "ticket number", "ticketnummer", "case",
        "case number", "call no", "request", "request number", "nummer", "vorgang", "vorgangsnummer", "lfd nr",
        "laufende nummer", "incident", "incident number", "ref",
    ),
    "time": ("time", "uhrzeit", "zeit", "time of call", "call time", "anrufzeit"),
    "done_time": ("done at", "time done", "erledigt um", "end time", "finished at"),
    "answered_on": (
        "answered on", "answered", "response date", "responded on", "date answered", "beantwortet am", "antwort am",
        "first answer", "first response", "ruckmeldung am", "reagiert am",
    ),
    "done_on": (
        "done on", "date done", "resolved", "resolved on", "resolved at", "date resolved", "closed", "closed on",
        "date closed", "closed at", "completed", "completed on", "fixed on", "finished", "working again", "erledigt am",
        "behoben am", "gelost am", "abgeschlossen am", "geschlossen am", "fertig am", "erledigt", "done", "end date",
        "solved on",
    ),
    "date": (
        "date", "datum", "day", "tag", "reported", "reported on", "reported at", "opened", "opened on", "opened at",
        "created", "created at", "created on", "date of call", "call date", "date opened", "date reported",
        "anrufdatum",
        "gemeldet am", "erstellt am", "eingang", "eingegangen am", "logged", "when", "wann", "received", "timestamp",
        "datum uhrzeit", "date time", "date/time", "eroffnet am",
    ),
    "who": (
        "who", "wer", "caller", "anrufer", "name", "requester", "reported by", "gemeldet von", "user", "benutzer",
        "employee", "mitarbeiter", "person", "contact", "kontakt", "from", "von", "customer", "kunde", "melder",
        "raised by", "staff", "ansprechpartner", "called by", "asked by",
    ),
    "details": (
        "details", "detail", "description", "beschreibung", "long description", "notes", "bemerkung", "bemerkungen",
        "comment", "comments", "kommentar", "text", "full text", "fehlerbeschreibung",
    ),
    "what": (
        "what", "was", "problem", "issue", "subject", "betreff", "title", "titel", "summary", "short description",
        "kurzbeschreibung", "storung", "anliegen", "thema", "request for", "fault", "fehler", "call", "anruf",
        "what was asked", "topic", "problembeschreibung", "meldung",
    ),
    "answer": (
        "answer", "antwort", "response", "reply", "supplier answer", "suppliers answer", "resolution", "losung",
        "solution", "action", "action taken", "massnahme", "massnahmen", "what was done", "supplier response",
        "outcome",
        "ergebnis", "ruckmeldung", "it answer", "provider answer", "erledigung",
    ),
    "answered_by": (
        "answered by", "technician", "techniker", "assigned to", "assignee", "bearbeiter", "handled by", "engineer",
        "supplier", "done by", "erledigt von", "agent", "bearbeitet von", "zustandig", "owner", "resolved by",
    ),
    "priority": ("priority", "prioritat", "prio", "urgency", "dringlichkeit", "severity", "how urgent", "wichtigkeit"),
    "status": ("status", "state", "zustand", "stand", "open closed", "bearbeitungsstand"),
}  # fmt: skip
_SERVICENOW = frozenset(("number", "incident_state", "opened_at", "sys_updated_at"))


@dataclasses.dataclass(frozen=True, slots=True)
class Heads:
    """Where the heads stand. `position`: in the rows given; `names`: one a column, each once."""

    position: int
    line: int
    names: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for every file with these heads in this order."""
        return hashlib.sha256("\x1f".join(map(plain, self.names)).encode()).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True)
class Guess:
    """What a file seems to be. `columns`: field → column from 0; `orders`: date field → "dmy", "mdy" or "" (ask)."""

    kind: str
    columns: Mapping[str, int]
    orders: Mapping[str, str]


def heads_in(rows: Sequence[Row]) -> Heads | None:
    """Return the heads of a sheet, looked for in its first rows; None for a sheet without rows.

    The row in which most cells are heads we know; where none are, the first row with the most texts in it.
    """
    best, best_score = None, (-1, -1)
    for position, row in enumerate(rows[:LOOK_AHEAD]):
        texts = [plain(cell) for cell in row.cells if isinstance(cell, str)]
        known = sum(1 for text in set(texts) if _field_of(text)) + 4 * (
            len(_SERVICENOW & _raw(row)) == len(_SERVICENOW)
        )
        distinct = len(set(texts)) if len(texts) == sum(cell is not None for cell in row.cells) else 0
        score = (known if known > 1 else 0, distinct)
        if score > best_score:
            best, best_score = position, score
    if best is None:
        return None
    width = max(len(row.cells) for row in rows)
    return Heads(best, rows[best].line, _named(rows[best].cells, width))


def guess(heads: Heads, sample: Sequence[Row]) -> Guess:
    """Return what the columns seem to say, from their heads and from some rows below them."""
    if set(heads.names) >= _SERVICENOW:
        columns = {name: heads.names.index(name) for name in heads.names}
        return Guess(SERVICENOW, columns, {})
    columns = _by_heads(heads.names)
    _by_content(columns, heads.names, sample)
    if "what" not in columns and "details" in columns:
        columns["what"] = columns.pop("details")
    return Guess(CALLS, columns, orders_in(columns, sample))


def orders_in(columns: Mapping[str, int], rows: Iterable[Row]) -> dict[str, str]:
    """Return the order of each date column as its rows tell it; "" where they leave it open or contradict each other.

    A column that leaves it open is read as the others of the same file, if those agree: one hand wrote them. The page
    shows it, and whoever hands the log in can say otherwise.
    """
    told = {field: Orders() for field in DATES if field in columns}
    for _row in watched(rows, columns, told):
        pass
    found = {field: orders.decided for field, orders in told.items() if orders.matters}
    decided = set(found.values()) - {""}
    only = decided.pop() if len(decided) == 1 and not any(each.mixed for each in told.values()) else ""
    return {field: order or only for field, order in found.items()}


def watched(rows: Iterable[Row], columns: Mapping[str, int], orders: Mapping[str, Orders]) -> Iterator[Row]:
    """Yield the rows; let the orders of these fields see their cells on the way."""
    for row in rows:
        for field, order in orders.items():
            order.see(cell_of(row, columns[field]))
        yield row


class Orders:
    """The order of day and month in one column, told by its cells: any day over 12 decides, unless two contradict."""

    def __init__(self) -> None:
        self._count = {DMY: 0, MDY: 0, "either": 0}

    def see(self, cell: Cell) -> None:
        """Take one more cell into account."""
        told = order_told_by(cell)
        if told:
            self._count[told] += 1

    @property
    def matters(self) -> bool:
        """Whether any cell needs an order."""
        return any(self._count.values())

    @property
    def mixed(self) -> bool:
        """Whether some cells can only be read day first, and others only month first."""
        return bool(self._count[DMY] and self._count[MDY])

    @property
    def decided(self) -> str:
        """DMY or MDY by the cells that can be read one way only; "" if there are none or they contradict each other."""
        if self.mixed:
            return ""
        return DMY if self._count[DMY] else MDY if self._count[MDY] else ""

    def doubt(self, column: str, order: str) -> Doubt | None:
        """Return what to say of a column that is read in both orders; `order`: how somebody wants it read."""
        ways = {each for each in (DMY, MDY) if self._count[each]} | ({order} if self._count["either"] else set())
        if len(ways - {""}) < 2:
            return None
        rule = f"mixed.{order or 'ask'}" if self._count["either"] else "mixed"
        counts = {
            "day_first": str(self._count[DMY]),
            "month_first": str(self._count[MDY]),
            "either": str(self._count["either"]),
        }
        return Doubt(rule, {"column": column, **counts})


def cell_of(row: Row, column: int | None) -> Cell:
    """Return a cell of a row; None beyond its end and for no column."""
    return row.cells[column] if column is not None and column < len(row.cells) else None


def plain(name: object) -> str:
    """Return a head without case, accents, punctuation and double spaces: how heads are compared."""
    text = unicodedata.normalize("NFKD", str(name).replace("ß", "ss").casefold())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9#/]+", " ", text).split())


def _raw(row: Row) -> frozenset[str]:
    return frozenset(cell for cell in row.cells if isinstance(cell, str))


def _named(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    """Name every column once: a second "Status" is "Status (2)", one without a head "Column 4"."""
    names: list[str] = []
    for column in range(width):
        cell = cells[column] if column < len(cells) else None
        name = " ".join(text_in(cell).split())[:100] or f"Column {column + 1}"
        chosen, copy = name, 1
        while chosen in names:
            copy += 1
            chosen = f"{name} ({copy})"
        names.append(chosen)
    return tuple(names)


_WHOLE = {plain(head): field for field, heads in reversed(_HEADS.items()) for head in heads}


def _field_of(head: str) -> str:
    return _WHOLE.get(head, "")


def _by_heads(names: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    heads = [plain(name) for name in names]
    for column, head in enumerate(heads):
        field = _field_of(head)
        if field and field not in columns:
            columns[field] = column
    taken = set(columns.values())
    for field, known in _HEADS.items():  # then words within longer heads: "Date of the call", "Kurzbeschreibung (neu)"
        if field in columns:
            continue
        words = {plain(each) for each in known if len(plain(each)) > 3}
        for column, head in enumerate(heads):
            if column not in taken and any(f" {word} " in f" {head} " for word in words):
                columns[field] = column
                taken.add(column)
                break
    return columns


def _by_content(columns: dict[str, int], names: Sequence[str], sample: Sequence[Row]) -> None:
    """Find day, person and problem by what stands in the columns that no head explained."""
    seen = sample[:SAMPLE]
    free = [column for column in range(len(names)) if column not in columns.values()]
    cells = {column: [c for row in seen if (c := cell_of(row, column)) is not None] for column in free}
    if "date" not in columns:
        days = [column for column in free if _share(cells[column], _is_day) > 0.6]
        if days:
            columns["date"] = days[0]
            free.remove(days[0])
    if "time" not in columns and "date" in columns:
        times = [column for column in free if _share(cells[column], lambda cell: time_in(cell) is not None) > 0.8]
        if times:
            columns["time"] = times[0]
            free.remove(times[0])
    texts = {column: [text for c in cells[column] if isinstance(c, str) and (text := text_in(c))] for column in free}
    if "what" not in columns and "details" not in columns:
        long = max(texts, key=lambda column: _mean_length(texts[column]), default=None)
        if long is not None and _mean_length(texts[long]) >= 10:
            columns["what"] = long
            texts.pop(long)
    if "who" not in columns:
        names_only = [column for column, found in texts.items() if len(found) >= 2 and _share(found, _is_name) > 0.8]
        if names_only:
            columns["who"] = names_only[0]


def _share(cells: Sequence[Cell], fits: object) -> float:
    return sum(map(fits, cells)) / len(cells) if cells and callable(fits) else 0.0


def _is_day(cell: Cell) -> bool:
    try:
        stated_in(cell, DMY)
    except NoDate as no:
        return no.rule != "no_date"
    # A number alone may be anything; a head has to say that it is a day.
    return not isinstance(cell, int | float)


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(re.fullmatch(r"[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){1,3}", cell.strip()))


def _mean_length(texts: Sequence[str]) -> float:
    return sum(map(len, texts)) / len(texts) if texts else 0.0
