"""A sheet of a file, row by row: XLSX and CSV look the same from here on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from quietmonday.kit.sheets.archives import refuse_unsafe
from quietmonday.kit.sheets.faults import UnreadableSheet
from quietmonday.kit.sheets.separated import rows_of_text

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 250_000
MOST_COLUMNS = 500
MOST_MERGED = 20_000  # cells that get what is shown over them

Cell = str | int | float | bool | dt.date | dt.time | None
"""A datetime is a date too. Naive: what the wall clock of whoever wrote it showed. None: nothing stands there."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What a formula shows when it came to nothing: nobody knows the value.
_ERRORS = frozenset(("#N/A", "#NAME?", "#REF!", "#DIV/0!", "#VALUE!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"))


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty. `line`: its number in the sheet, or the line of the text on which it begins."""

    line: int
    cells: list[Cell]


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """An opened sheet. `others`: names of the sheets of the workbook that are not read. `rows` may be read once."""

    name: str
    others: tuple[str, ...]
    rows: Iterator[Row]


def read_sheet(path: Path, name: str = "") -> Sheet:
    """Open the sheet called `name` (the first visible one with rows if empty) of the file at `path`.

    A merged cell says in each of its places what it shows; a formula says the value it was saved with, and nothing if
    it has none or an error. Raises UnreadableSheet here or while the rows are read: for a file that is no sheet, too
    large (`MOST_…`), damaged or hostile.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableSheet("empty")
    if size > MOST_BYTES:
        raise UnreadableSheet("too_large", mb=MOST_BYTES // (1024 * 1024))
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_OLE):
        raise UnreadableSheet("old_excel")
    if head.startswith(_ZIP):
        refuse_unsafe(path)
        return _workbook(path, name)
    return Sheet(name="", others=(), rows=_bounded(rows_of_text(path)))


def _workbook(path: Path, name: str) -> Sheet:
    # Here, not above: a web process that never reads a workbook need not load the library.
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        names = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        if name and name not in names:
            raise UnreadableSheet("no_such_sheet", name=name)
        chosen, sheet = name, book.get_sheet_by_name(name) if name else None
        for each in names if sheet is None else ():
            chosen, sheet = each, book.get_sheet_by_name(each)
            if sheet.height:
                break
        if sheet is None or not sheet.height:
            raise UnreadableSheet("no_rows")
        # The reader begins with the first row of the sheet, but with the first column that says anything.
        merged = _merged(sheet.merged_cell_ranges or [], (sheet.start or (0, 0))[1])
        rows = sheet.iter_rows()
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, UnreadableSheet):
            raise
        raise UnreadableSheet("damaged") from error
    others = tuple(each for each in names if each != chosen)
    return Sheet(name=chosen, others=others, rows=_bounded(_placed(rows, merged)))


_Merged = dict[int, list[tuple[int, int, int]]]  # row → (column, row and column of what is shown there)


def _merged(ranges: list[tuple[tuple[int, int], tuple[int, int]]], left_out: int) -> _Merged:
    places: _Merged = {}
    left = MOST_MERGED
    for (top, first), (bottom, last) in ranges:
        left -= (bottom - top + 1) * (last - first + 1)
        if left < 0:
            raise UnreadableSheet("bomb")
        for row in range(top, bottom + 1):
            columns = range(max(first - left_out, 0), last - left_out + 1)
            places.setdefault(row, []).extend((column, top, first - left_out) for column in columns)
    return places


def _placed(rows: Iterator[Sequence[object]], merged: _Merged) -> Iterator[tuple[int, list[Cell]]]:
    """Give each row its number in the sheet, and fill merged cells from their first one."""
    shown: dict[tuple[int, int], Cell] = {}
    wanted = {(top, first) for places in merged.values() for _column, top, first in places}
    for number, raw in enumerate(rows):
        cells = [_cell(value) for value in raw]
        for place in ((number, column) for column in range(len(cells)) if (number, column) in wanted):
            shown[place] = cells[place[1]]
        for column, top, first in merged.get(number, ()):
            if column < len(cells):
                cells[column] = shown.get((top, first))
        yield number + 1, cells


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return None if not value or value in _ERRORS else value
    if isinstance(value, dt.timedelta):  # a duration, or a time of day past midnight: text says what it is
        return str(value)
    if isinstance(value, bool | int | float | dt.date | dt.time) or value is None:
        return value
    return str(value)


def _bounded(rows: Iterator[tuple[int, list[str]]] | Iterator[tuple[int, list[Cell]]]) -> Iterator[Row]:
    """Leave out empty rows; stop what is too long or too wide. Cells beyond the last that says something go."""
    count = 0
    for line, cells in rows:
        kept: list[Cell] = [None if isinstance(each, str) and not each.strip() else each for each in cells]
        while kept and kept[-1] is None:
            kept.pop()
        if not kept:
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableSheet("too_many_rows", n=MOST_ROWS)
        if len(kept) > MOST_COLUMNS:
            raise UnreadableSheet("too_many_columns", n=MOST_COLUMNS)
        yield Row(line, kept)
