"""Text with separators, as programs and people write it: any common encoding, any common separator."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from quietmonday.kit.sheets.faults import UnreadableSheet

SEPARATORS = (",", ";", "\t", "|")
MOST_IN_A_CELL = 1 << 20
_SAMPLE = 1 << 16
_STRAY = 100  # controls that may stand in a small text by accident
_PIECE = 1 << 20
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
)

csv.field_size_limit(MOST_IN_A_CELL)


def rows_of_text(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which it begins, cells) of each row; the file is never in memory as a whole.

    A quotation mark that is never closed is read as a character. Raises UnreadableSheet for what is no text, and for a
    cell beyond MOST_IN_A_CELL.
    """
    encoding, skip = encoding_of(path)
    with path.open("rb") as raw:
        raw.seek(skip)
        # Bytes that fit no character become U+FFFD: the row comes in, and whoever reads it sees that one was lost.
        with io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as text:
            sample = text.read(_SAMPLE)
            separator, first = _separator(sample)
            text.seek(0)
            raw.seek(skip)
        with path.open("rb") as again:
            again.seek(skip)
            with io.TextIOWrapper(again, encoding=encoding, errors="replace", newline="") as text:
                yield from _rows(text, separator, first)


def _rows(text: io.TextIOWrapper, separator: str, skip_first: bool) -> Iterator[tuple[int, list[str]]]:
    taken: list[str] = []  # the lines of the row that is being read
    source = _noted(text, taken)
    reader = csv.reader(source, delimiter=separator)
    line = 1
    while True:
        rows: Iterable[list[str]] = ()
        try:
            rows = [next(reader)]
        except StopIteration:
            return
        except csv.Error:
            if len(taken) == 1:
                raise UnreadableSheet("cell_too_long", line=line) from None
            rows, reader = _unquoted(taken, separator, line), csv.reader(source, delimiter=separator)
        else:
            if len(taken) > 1 and sum(each.count('"') for each in taken) % 2:
                rows = _unquoted(taken, separator, line)
        step = len(taken) if isinstance(rows, list) else 1
        for cells in rows:
            if not (line == 1 and skip_first):
                yield line, cells
            line += step
        taken.clear()


def _noted(text: Iterable[str], taken: list[str]) -> Iterator[str]:
    for each in text:
        taken.append(each)
        yield each


def _unquoted(lines: Sequence[str], separator: str, first: int) -> Iterator[list[str]]:
    """A quotation mark that is never closed would swallow all that follows: there it is a character like any other."""
    for offset, each in enumerate(list(lines)):
        try:
            yield next(csv.reader([each], delimiter=separator, quoting=csv.QUOTE_NONE), [])
        except csv.Error:
            raise UnreadableSheet("cell_too_long", line=first + offset) from None


def encoding_of(path: Path) -> tuple[str, int]:
    """Return (encoding, bytes of its mark to skip). Raises UnreadableSheet for what is no text."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if not head:
            raise UnreadableSheet("empty")
        if head.startswith(_BINARY):
            raise UnreadableSheet("wrong_type")
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8", 3
        if head[:2] in _UTF16:
            return _UTF16[head[:2]], 2
        if (without_mark := _utf16_by_zeros(head)) is not None:
            return without_mark, 0
        if max(head.count(0), _controls(head)) > max(len(head) // 20, _STRAY):
            raise UnreadableSheet("wrong_type")
        file.seek(0)
        return _utf8_or_western(file), 0


def _utf16_by_zeros(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if half and even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _controls(head: bytes) -> int:
    return sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))


def _utf8_or_western(file: io.BufferedReader) -> str:
    """UTF-8 unless more of what is not ASCII contradicts it than fits it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    lost = kept = 0
    while piece := file.read(_PIECE):
        text = decoder.decode(piece)
        if not text.isascii():
            wrong = text.count("\ufffd")
            lost += wrong
            kept += sum(not char.isascii() for char in text) - wrong
    return "cp1252" if lost > kept else "utf-8"


def _separator(sample: str) -> tuple[str, bool]:
    """Return (separator, whether the first line only names it, as Excel writes it)."""
    first = sample.split("\n", 1)[0].strip().strip('"').lower()
    if first.startswith("sep=") and first[4:5] in SEPARATORS:
        return first[4:5], True
    if first == "sep=" and sample.lower().startswith("sep=\t"):
        return "\t", True
    return max(SEPARATORS, key=lambda each: (_fits(sample, each), -SEPARATORS.index(each))), False


def _fits(sample: str, separator: str) -> float:
    """How many rows of the sample have the same number of columns, weighed by that number; one column is none."""
    widths: Counter[int] = Counter()
    try:
        for position, row in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=separator)):
            if position == 100:
                break
            if row:
                widths[len(row)] += 1
    except csv.Error:
        return 0
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0
    count, width = max(wide)
    return count / widths.total() + min(width, 50) / 1000
