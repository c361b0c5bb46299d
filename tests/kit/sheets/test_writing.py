"""No program takes our words for a formula, and what we wrote comes back as it went."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.kit.sheets.writing import as_written, csv_pieces, harmless, xlsx_file
from quietmonday.kit.text import clean_text
from tests.kit.sheets.files import cells

EVIL = [
    "=1+1",
    "+44 20 7946",
    "-1 disk",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "'=1",
    "''=1",
    "＝1",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", EVIL)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_in_front(text: str) -> None:
    assert harmless(text)[0] == "'"
    assert as_written(harmless(text)) == text


@pytest.mark.parametrize("text", ["", "a", "it's =1", "'quoted'", "5 - 3", "a@b.example", "'"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert as_written(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n ab＝"), max_size=8) | st.text(max_size=20))
def test_every_text_comes_back_and_none_is_a_formula(text: str) -> None:
    safe = harmless(text)
    assert as_written(safe) == text
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))
    assert not safe.startswith(("\t", "\r", "\n"))


def test_a_csv_opens_in_excel_and_reads_back(tmp_path: Path) -> None:
    rows = [
        ["=1+1", 5, dt.date(2026, 3, 4), None, True],
        ["a\nb", 1.5, dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC), "ü", ""],
    ]
    data = b"".join(csv_pieces(["=head", "n", "day", "x", "y"], rows))
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["'=head", "n", "day", "x", "y"],
        ["'=1+1", "5", "2026-03-04", "", "True"],
        ["a\nb", "1.5", "2026-03-04 05:06:07", "ü", ""],
    ]


def test_a_workbook_holds_texts_numbers_and_days_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with xlsx_file(
        "Requests: all/of*them", ["=What", "n", "day"], [[text, 1, dt.date(2026, 3, 4)] for text in EVIL]
    ) as file:
        path.write_bytes(file.read())
    found = cells(path)
    assert [as_written(row[0]) for row in found] == ["=What", *(clean_text(text) for text in EVIL)]
    assert found[1][1:] == [1, dt.date(2026, 3, 4)]
    assert b"<f>" not in path.read_bytes()


def test_a_long_list_goes_out_in_pieces() -> None:
    pieces = list(csv_pieces(["a"], ([f"row {number} " + "x" * 100] for number in range(5_000))))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 200_000
