"""Lists written as CSV or XLSX, row by row, so that no program takes a word for a formula.

A text that a spreadsheet would run (it begins with = + - @, a tab or a line's end) gets an apostrophe in front. Our own
import takes that apostrophe away again (`as_written`), so a list comes back as it went.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from quietmonday.kit.text import clean_text

Value = str | int | float | bool | dt.date | None
MOST_IN_AN_XLSX_CELL = 32_767  # what Excel takes
_PIECE = 1 << 16
# Full-width forms too: some programs take them for the same signs. Apostrophes of ours count as part of the start.
_RUNS = re.compile(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r\n]")
_PROTECTED = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def harmless(text: str) -> str:
    """Return `text` so that no spreadsheet runs it."""
    return f"'{text}" if _RUNS.match(text) else text


def as_written(text: str) -> str:
    """Return what `harmless` was given: the opposite of it for every text that `harmless` returns."""
    return text[1:] if _PROTECTED.match(text) else text


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """Yield a CSV in UTF-8 with a mark (Excel needs it), CRLF between rows, in pieces of some 64 KB."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([harmless(name) for name in header])
    for row in rows:
        writer.writerow([_as_text(value) for value in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def xlsx_file(name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> BinaryIO:
    """Return a temporary file, at its beginning, with one sheet `name`; it is gone when closed.

    Rows are written as they come (constant memory). Texts longer than a cell can hold are cut, with a mark.
    """
    # Here, not above: only whoever exports pays for loading it.
    import xlsxwriter

    file = tempfile.TemporaryFile(prefix="quietmonday-")  # noqa: SIM115  # the caller closes it, when it was sent
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "List")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(header) - 1), 20)
        for column, title in enumerate(header):
            sheet.write_string(0, column, harmless(title), bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, bool):
                    sheet.write_boolean(number, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(number, column, value.replace(tzinfo=None, microsecond=0))
                elif isinstance(value, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), day)
                else:
                    sheet.write_string(number, column, _fitting(harmless(clean_text(value))))
    file.seek(0)
    return file


def _as_text(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return harmless(clean_text(value))
    return value


def _fitting(text: str) -> str:
    return text if len(text) <= MOST_IN_AN_XLSX_CELL else text[: MOST_IN_AN_XLSX_CELL - 1] + "…"
