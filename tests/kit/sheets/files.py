"""Small files of every kind, made for a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from quietmonday.kit.sheets import Row, read_sheet


def workbook(path: Path, rows: Iterable[Sequence[Any]], *, name: str = "Calls", more: Sequence[str] = ()) -> Path:
    """Write a workbook with these rows and return its path; `more` are further, empty sheets."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for each in more:
            book.add_worksheet(each)
    return path


def text(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a text file and return its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def cells(path: Path, sheet: str = "") -> list[list[Any]]:
    """Return what stands in the rows of a file."""
    return [row.cells for row in rows(path, sheet)]


def rows(path: Path, sheet: str = "") -> list[Row]:
    """Return the rows of a file."""
    return list(read_sheet(path, sheet).rows)


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
