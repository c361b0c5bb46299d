"""A line that no installation writes is refused, whatever stands in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.integrations.logic.lines import (
    BadLine,
    Column,
    columns_as_json,
    columns_from_json,
    parser_of,
)

COLUMNS = [
    Column("id", "uuid", False),
    Column("text", "text", True),
    Column("n", "int", False),
    Column("on", "bool", True),
]
GOOD: list[Any] = ["0" * 32, "Grüße\n", 5, 1]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def test_a_good_line_gives_its_values() -> None:
    parse = parser_of(COLUMNS)
    assert parse(json.dumps(GOOD).encode()) == GOOD
    assert parse(json.dumps([*GOOD[:1], None, 5, None]).encode()) == [GOOD[0], None, 5, None]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        b"[1,2,3,4]",
        b"[" * 100_000,
        b'["x","y",1]',
        b'["x","y",1,1,1]',
        b'["x","y",true,1]',
        b'["x","y",1.5,1]',
        b'[null,"y",1,1]',
        b'["x","a\\u0000b",1,1]',
        b'["x","a\\ud800b",1,1]',
        b'["x","y",99999999999999999999,1]',
        b'["x",["y"],1,1]',
        b'["x","y",1,"1"]',
        b"\xff\xfe",
    ],
)
def test_a_bad_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadLine):
        parser_of(COLUMNS)(line)


@given(row=st.lists(values, max_size=6))
def test_whatever_comes_fits_its_columns_or_is_refused(row: list[Any]) -> None:
    try:
        found = parser_of(COLUMNS)(json.dumps(row).encode())
    except BadLine:
        return
    assert [type(value) for value in found if value is not None] == [
        {"uuid": str, "text": str, "int": int, "bool": int}[column.kind]
        for column, value in zip(COLUMNS, found, strict=True)
        if value is not None
    ]
    assert found[0] is not None and found[2] is not None


def test_columns_travel() -> None:
    assert columns_from_json(json.loads(json.dumps(columns_as_json(COLUMNS)))) == COLUMNS


@pytest.mark.parametrize(
    "columns",
    [
        None,
        [],
        [1],
        [{"name": "x", "kind": "pickle", "null": False}],
        [{"name": "x", "kind": "text", "null": 1}],
        [{"name": "x", "kind": "text", "null": True}] * 2,
    ],
)
def test_columns_that_are_none_are_refused(columns: object) -> None:
    with pytest.raises(BadLine):
        columns_from_json(columns)
