"""What a handed-in log holds, read anew from its file; what of it is on the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.db.models import Q

from quietmonday.journal.models import Entry
from quietmonday.kit.sheets import Row, Sheet, UnreadableSheet, read_sheet
from quietmonday.people.logic.calendar import zone_named
from quietmonday.post.actions.files import path_of
from quietmonday.support.logic.sheet_calls import Layout, calls_in
from quietmonday.support.logic.sheet_doubts import Doubt, twins
from quietmonday.support.logic.sheet_headers import (
    LOOK_AHEAD,
    SAMPLE,
    SERVICENOW,
    Guess,
    Heads,
    Orders,
    guess,
    heads_in,
    orders_in,
    watched,
)
from quietmonday.support.logic.sheet_incidents import incidents_in
from quietmonday.support.logic.sheet_units import Rejected, Unit, look_of
from quietmonday.support.models import SheetImport, SheetLayout, SheetRow, Statement, Ticket

IMPORT_VERBS = ("ticket.imported", "ticket.import_updated")
MOST_SHOWN = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Survey:
    """A file looked through once. `rows`: below the heads; `others`: sheets of the workbook that are not read."""

    sheet: str
    others: tuple[str, ...]
    heads: Heads
    guess: Guess
    rows: int


def survey(path: Path, sheet: str = "") -> Survey:
    """Look through a whole file: where its heads stand, what its columns say. Raises UnreadableSheet."""
    opened = read_sheet(path, sheet)
    first = list(itertools.islice(opened.rows, LOOK_AHEAD + SAMPLE))
    heads = heads_in(first)
    if heads is None:
        raise UnreadableSheet("no_rows")
    below = first[heads.position + 1 :]
    if not below:
        raise UnreadableSheet("no_rows")
    found = guess(heads, below)
    counted = _Counted(itertools.chain(below, opened.rows))
    if found.kind == SERVICENOW:
        column = found.columns["number"]
        numbers = {row.cells[column] for row in counted if column < len(row.cells)}
        return Survey(opened.name, opened.others, heads, found, len(numbers))
    orders = orders_in(found.columns, counted)
    return Survey(opened.name, opened.others, heads, dataclasses.replace(found, orders=orders), counted.count)


class _Counted:
    """Rows, and how many of them went by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def rows_of(row: SheetImport, path: Path | None = None) -> Iterator[Row]:
    """Yield the rows below the heads. `path`: where a file lies that is only tried, and kept nowhere.

    Raises UnreadableSheet, FileNotFoundError.
    """
    return (each for each in _opened(row, path).rows if each.line > row.heads_line)


def _opened(row: SheetImport, path: Path | None) -> Sheet:
    if row.erased_at is not None:
        raise UnreadableSheet("erased")
    return read_sheet(path or path_of(row.business, row.file.sha256), row.sheet)


def items_of(row: SheetImport) -> Iterator[Unit | Rejected]:
    """Yield every call and every line that is none, each time in the same order. Raises UnreadableSheet."""
    return _items(row, rows_of(row))


def _items(row: SheetImport, rows: Iterable[Row]) -> Iterator[Unit | Rejected]:
    layout = layout_of(row)
    return incidents_in(rows, layout) if row.kind == SERVICENOW else calls_in(rows, layout)


def layout_of(row: SheetImport) -> Layout:
    """Return how the file is to be read. Nothing in it may lie after the moment it was handed in."""
    return Layout(
        names=tuple(row.heads),
        columns=row.columns,
        orders=row.orders,
        zone=row.business.zone,
        now=row.handed_in_at,
        unsaid=row.unsaid,
        place=(row.place[0], row.place[1]) if row.place else None,
    )


@dataclasses.dataclass(slots=True)
class Preview:
    """What would come of a file as it is mapped now. `first`: some calls; `rejected`: the first `MOST_SHOWN` lines.

    `mixed`: columns whose days are written in both orders; `twins`: new calls that look like requests that are here;
    `doubted`: the first `MOST_SHOWN` calls that come in, but not whole.
    """

    new: int = 0
    known: int = 0
    told: int = 0
    ours: int = 0
    first: list[Unit] = dataclasses.field(default_factory=list)
    rejected: list[Rejected] = dataclasses.field(default_factory=list)
    rejections: int = 0
    mixed: list[Doubt] = dataclasses.field(default_factory=list)
    twins: list[Doubt] = dataclasses.field(default_factory=list)
    doubted: list[Unit] = dataclasses.field(default_factory=list)
    doubts: int = 0
    problem: UnreadableSheet | None = None

    @property
    def calls(self) -> int:
        """How many calls there are to take in."""
        return self.new + self.known

    @property
    def more(self) -> int:
        """How many rejected lines are not in `rejected`."""
        return self.rejections - len(self.rejected)


def preview(row: SheetImport, *, first: int = 8, path: Path | None = None) -> Preview:
    """Read the whole file (`path`: as `rows_of`) as it would come in, and write nothing. At most three queries."""
    found = Preview()
    fresh = _Fresh(row)
    orders = {field: Orders() for field in row.orders if field in row.columns}
    try:
        for item in _items(row, watched(rows_of(row, path), row.columns, orders)):
            if isinstance(item, Rejected):
                found.rejections += 1
                if len(found.rejected) < MOST_SHOWN:
                    found.rejected.append(item)
                continue
            if len(found.first) < first:
                found.first.append(item)
            found.told += item.told
            if item.doubts:
                found.doubts += 1
                if len(found.doubted) < MOST_SHOWN:
                    found.doubted.append(item)
            if fresh.see(item):
                found.new += 1
            else:
                found.known += 1
    except UnreadableSheet as problem:
        found.problem = problem
    mixed = (seen.doubt(row.heads[row.columns[field]], row.orders[field]) for field, seen in orders.items())
    found.mixed = [doubt for doubt in mixed if doubt]
    found.ours = fresh.ours()
    found.new -= found.ours
    found.twins = fresh.twins()
    return found


class _Fresh:
    """The calls of a file that no log of this engagement has told of: which of them are on the record all the same."""

    def __init__(self, row: SheetImport) -> None:
        self._row, self._zone = row, zone_named(row.business.zone)
        self._here, self._met = keys_known(row), set[str]()
        self._references: set[str] = set()
        self._looks: list[tuple[str, bool]] = []  # and whether it has a number
        self._first = self._last = row.handed_in_at

    def see(self, unit: Unit) -> bool:
        """Take one more call into account; return whether it is new."""
        key = full_key(self._row.engagement_id, unit.key)
        if key in self._here:
            self._met.add(key)
            return False
        if unit.reference:
            self._references.add(unit.reference.lower())
        elif self._row.kind != SERVICENOW:
            at = unit.opened.at
            self._looks.append((look_of(at.astimezone(self._zone).date(), unit.who, unit.subject), bool(unit.number)))
            self._first, self._last = min(self._first, at), max(self._last, at)
        return True

    def ours(self) -> int:
        """Return how many are requests of this very record, come back in a copy of it."""
        return len(tickets_referred_to(self._row.business_id, self._references)) if self._references else 0

    def twins(self) -> list[Doubt]:
        """Return what to say of those that look like requests that are here."""
        if not self._looks:
            return []
        day = dt.timedelta(days=1)
        rows = Ticket.objects.filter(
            business=self._row.business_id, opened_at__gte=self._first - day, opened_at__lt=self._last + day
        ).values_list("opened_at", "requester__name", "subject", "sheet_row__key")
        own = full_key(self._row.engagement_id, "")
        here: dict[str, set[str]] = {}
        for at, who, subject, key in rows.iterator(chunk_size=2000):
            if key not in self._met:
                look = look_of(at.astimezone(self._zone).date(), who or "", subject)
                here.setdefault(look, set()).add(key.removeprefix(own)[:1] if key and key.startswith(own) else "")
        return twins(self._looks, here)


def rejected_lines(row: SheetImport) -> Iterator[Rejected]:
    """Yield every line of the file that does not come in."""
    return (item for item in lines_to_tell(row) if isinstance(item, Rejected))


def lines_to_tell(row: SheetImport) -> Iterator[Rejected | Unit]:
    """Yield every line of the file that does not come in, and every call that comes in, but not whole."""
    try:
        for item in items_of(row):
            if isinstance(item, Rejected) or item.doubts:
                yield item
    except UnreadableSheet:
        return  # the page of the import says so


def full_key(engagement: uuid.UUID, key: str) -> str:
    """Return what makes a call of an engagement's log one of a kind on the record."""
    return f"sheet:{engagement.hex}:{key}"[:200]


def keys_known(row: SheetImport) -> set[str]:
    """Return the keys of every call that came out of logs of this engagement: one query."""
    keys = SheetRow.objects.filter(business=row.business_id, key__startswith=full_key(row.engagement_id, ""))
    return set(keys.values_list("key", flat=True))


def tickets_referred_to(business: uuid.UUID, references: Iterable[str]) -> set[str]:
    """Return which of the references (ids as text) are tickets of the business."""
    ids = set()
    for each in references:
        try:
            ids.add(uuid.UUID(each))
        except ValueError:
            continue
    rows = Ticket.objects.filter(business=business, pk__in=ids).values_list("pk", flat=True)
    return {str(pk) for pk in rows}


def touched(tickets: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the tickets with which anybody did anything but import them, erasing included: two queries."""
    done = Entry.objects.filter(subject_id__in=tickets, subject_kind="ticket").exclude(verb__in=IMPORT_VERBS)
    erased = Ticket.objects.filter(
        Q(words_erased_at__isnull=False) | Q(messages__erased_at__isnull=False), pk__in=tickets
    )
    return set(done.values_list("subject_id", flat=True)) | set(erased.values_list("pk", flat=True))


def stated_already(engagement: uuid.UUID, first: dt.datetime, last: dt.datetime) -> set[str]:
    """Return the ids of the tickets that stand in statements of the weeks from `first` to `last`."""
    found = Statement.objects.filter(engagement=engagement, starts_at__lte=last, ends_at__gt=first)
    return {row["id"] for rows in found.values_list("rows", flat=True) for row in rows}


def layout_kept(business: uuid.UUID, heads: Heads) -> SheetLayout | None:
    """Return what somebody of this business said of a log with these heads before."""
    return SheetLayout.objects.filter(business=business, fingerprint=heads.fingerprint).first()


def orders_told(row: SheetImport, columns: Mapping[str, int], path: Path | None = None) -> dict[str, str]:
    """Return the order of day and month of each date column, by all cells of the file. Raises UnreadableSheet."""
    return orders_in(columns, rows_of(row, path))
