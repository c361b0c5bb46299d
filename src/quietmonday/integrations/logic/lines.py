"""A row as a line of text that says the same on every engine.

A line is a JSON list, one value a column. Ids are 32 hex digits; moments are `2026-11-25 10:20:00.123456` in UTC,
without a fraction where it is nought; truth is 0 or 1; JSON is its text; of bytes there is the length, they lie in a
part of their own. So an engine can write and read a line with hardly any help.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

KINDS = ("text", "uuid", "moment", "date", "time", "json", "int", "bool", "bytes")
_NUMBERS = ("int", "bool", "bytes")


class BadLine(ValueError):
    """A line that no installation writes; the message says what is wrong with it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column as it travels."""

    name: str
    kind: str
    null: bool


Parse = Callable[[bytes], list[Any]]


def parser_of(columns: Sequence[Column]) -> Parse:
    """Return a function from a line to its values; it raises BadLine for a line that does not fit `columns`.

    The types of a whole row are looked up at once: there are few combinations, and millions of rows.
    """
    known: dict[tuple[type, ...], str] = {}
    numbers = [at for at, column in enumerate(columns) if column.kind in _NUMBERS]

    def parse(line: bytes) -> list[Any]:
        try:
            values = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            raise BadLine(f"no JSON ({type(error).__name__})") from None
        if type(values) is not list or len(values) != len(columns):
            raise BadLine(f"not a list of {len(columns)} values")
        types = tuple(map(type, values))
        problem = known.get(types)
        if problem is None:
            problem = known[types] = _misfit(columns, types)
            if len(known) > 10_000:
                known.clear()
        if problem:
            raise BadLine(problem)
        for at in numbers:
            if values[at] is not None and not -(2**63) <= values[at] < 2**63:
                raise BadLine("a number of more than 64 bits")
        # Only an escape brings in what UTF-8 and JSON refuse as such.
        if b"\\u" in line:
            for value in values:
                if type(value) is str:
                    _refuse_odd_text(value)
        return values

    return parse


def columns_from_json(found: object) -> list[Column]:
    """Return the columns that a manifest names; BadLine if it names none."""
    if not isinstance(found, list) or not found:
        raise BadLine("a table without columns")
    columns = []
    for each in found:
        match each:
            case {"name": str(name), "kind": str(kind), "null": bool(null)} if kind in KINDS:
                columns.append(Column(name, kind, null))
            case _:
                raise BadLine("a column of a kind that we do not know: the file is of a newer version, or of none")
    if len({column.name for column in columns}) != len(columns):
        raise BadLine("a column that is there twice")
    return columns


def columns_as_json(columns: Sequence[Column]) -> list[Mapping[str, Any]]:
    """Return columns as a manifest names them."""
    return [dataclasses.asdict(column) for column in columns]


def _misfit(columns: Sequence[Column], types: Sequence[type]) -> str:
    """Return what does not fit, "" if all does."""
    for column, found in zip(columns, types, strict=True):
        wanted = int if column.kind in _NUMBERS else str
        if found is type(None):
            if not column.null:
                return f"{column.name} is empty and may not be"
        elif found is not wanted:
            return f"{column.name} is of type {found.__name__}, not {wanted.__name__}"
    return ""


def _refuse_odd_text(value: str) -> None:
    if "\0" in value:
        raise BadLine("a text with a NUL in it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadLine("a text with half a character in it") from None
