"""Sheets as programs and people write them come in cell by cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.kit.sheets import UnreadableSheet, read_sheet
from quietmonday.kit.sheets import reading as limits
from tests.kit.sheets.files import cells, parts_of, rows, text, workbook, zipped

LINES = "Datum;Wer;Was\r\n03.03.2026;Jürgen Groß;Drucker „kaputt“ – 5 €\r\n"
WALL = dt.datetime.combine(dt.date(2026, 3, 4), dt.time(9, 30))
EXPECTED = [["Datum", "Wer", "Was"], ["03.03.2026", "Jürgen Groß", "Drucker „kaputt“ – 5 €"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_of_any_common_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    assert cells(text(tmp_path / "a.csv", LINES, encoding)) == EXPECTED


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_common_separator_is_found(tmp_path: Path, separator: str) -> None:
    content = separator.join(["Date", "Who", "What"]) + "\n" + separator.join(["2026-03-03", "Ann", '"a, b; c | d\te"'])
    assert cells(text(tmp_path / "a.csv", content)) == [
        ["Date", "Who", "What"],
        ["2026-03-03", "Ann", "a, b; c | d\te"],
    ]


def test_the_line_by_which_excel_names_its_separator_is_no_row(tmp_path: Path) -> None:
    assert cells(text(tmp_path / "a.csv", "sep=;\r\nA;B\r\n1,5;2\r\n")) == [["A", "B"], ["1,5", "2"]]


def test_a_quoted_line_break_stays_in_its_cell_and_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    found = rows(text(tmp_path / "a.csv", 'A,B\n"one\ntwo",x\n\nlast,y\n'))
    assert [(row.line, row.cells) for row in found] == [(1, ["A", "B"]), (2, ["one\ntwo", "x"]), (5, ["last", "y"])]


@pytest.mark.parametrize("after", [2, 240_000])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path: Path, after: int) -> None:
    found = rows(text(tmp_path / "a.csv", 'A,B\n1,2\n3,"open\n' + "x,y\n" * after))
    assert [(row.line, row.cells) for row in found[:4]] == [
        (1, ["A", "B"]),
        (2, ["1", "2"]),
        (3, ["3", '"open']),
        (4, ["x", "y"]),
    ]
    assert (len(found), found[-1].line) == (after + 3, after + 3)


def test_a_cell_too_long_to_be_one_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        rows(text(tmp_path / "a.csv", "A,B\n1,2\n3," + "x" * 3_000_000 + "\n4,5\n"))
    assert (refused.value.rule, refused.value.params) == ("cell_too_long", {"line": 3})


def test_one_broken_byte_does_not_turn_a_file_in_utf_8_into_another(tmp_path: Path) -> None:
    content = "A,B\nGröße,Äpfel\n".encode() + b"x\xff,y\n"
    assert cells(text(tmp_path / "a.csv", content)) == [["A", "B"], ["Größe", "Äpfel"], ["x\ufffd", "y"]]


def test_nul_and_lone_surrogates_do_not_stop_the_rows_around_them(tmp_path: Path) -> None:
    lone = "A,B\nx".encode("utf-16-le") + b"\x00\xd8" + ",y\n".encode("utf-16-le")
    assert cells(text(tmp_path / "b.csv", b"\xff\xfe" + lone))[1] == ["x\ufffd", "y"]
    assert cells(text(tmp_path / "a.csv", "A,B\nx\0y," + "z" * 60 + "\n")) == [["A", "B"], ["x\0y", "z" * 60]]


def test_a_workbook_gives_days_numbers_and_truths_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Date", "n", "yes"])
        sheet.write_datetime(1, 0, WALL, day)
        sheet.write_number(1, 1, 417)
        sheet.write_boolean(1, 2, True)
    assert cells(path) == [["Date", "n", "yes"], [WALL, 417, True]]


def test_a_merged_cell_says_in_each_of_its_places_what_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, ["Date", "What"])
        sheet.merge_range(3, 1, 5, 1, "Monday")
        for number, what in enumerate(("one", "two", "three"), start=3):
            sheet.write(number, 2, what)
    assert cells(path)[1:] == [["Monday", "one"], ["Monday", "two"], ["Monday", "three"]]


def test_a_formula_says_the_value_it_was_saved_with_and_nothing_without_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c", "d"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=A2", None, "")
        sheet.write(1, 3, "end")
    assert cells(path)[1] == [2, None, None, "end"]


def test_rows_keep_the_number_that_the_sheet_shows_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, ["Date", "What"])
        sheet.write_row(5, 1, ["1", "2"])
    assert [(row.line, row.cells) for row in rows(path)] == [(3, ["Date", "What"]), (6, ["1", "2"])]


def test_the_first_visible_sheet_with_rows_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["A", "B"]], more=["Prices"])
    opened = read_sheet(path)
    assert (opened.name, opened.others) == ("Calls", ("Prices",))
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(path, "Nothing")
    assert refused.value.rule == "no_such_sheet"


def test_a_hundred_columns_are_read_and_too_many_are_refused(tmp_path: Path) -> None:
    assert len(cells(text(tmp_path / "a.csv", ",".join(["x"] * 100)))[0]) == 100
    with pytest.raises(UnreadableSheet) as refused:
        cells(text(tmp_path / "b.csv", ",".join(["x"] * 501)))
    assert refused.value.rule == "too_many_columns"


def test_a_file_that_is_too_long_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    with pytest.raises(UnreadableSheet) as refused:
        cells(text(tmp_path / "a.csv", "a\n" * 4))
    assert refused.value.rule == "too_many_rows"


def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet(path)
    assert refused.value.rule == "too_large"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 not a sheet", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "wrong_type"),
        (b"MZ" + bytes(range(256)) * 4, "wrong_type"),
        (bytes(2000), "wrong_type"),
        (bytes(range(256)) * 40, "wrong_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_excel"),
        (zipped({"readme.txt": b"hello"}), "archive"),
        (zipped({"calls.xlsx": b"PK\x03\x04"}), "archive"),
        (b"PK\x03\x04 this is no archive", "damaged"),
    ],
)
def test_what_is_no_sheet_is_refused_with_what_to_do(tmp_path: Path, content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableSheet) as refused:
        rows(text(tmp_path / "a.xlsx", content))
    assert refused.value.rule == rule
    assert str(refused.value).endswith(".")


def hostile(path: Path, **changed: bytes) -> Path:
    """Return a workbook with some of its parts replaced or added (xl_worksheets_sheet1 is xl/worksheets/sheet1.xml)."""
    parts = parts_of(workbook(path, [["Date", "What"], ["1.3.2026", "It broke"]]))
    for name, data in changed.items():
        parts[name.replace("__", "/") + ("" if "." in name else ".xml")] = data
    path.write_bytes(zipped(parts))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableSheet) as refused:
        rows(path)
    return refused.value.rule


def test_an_honest_workbook_packed_anew_is_read(tmp_path: Path) -> None:
    assert cells(hostile(tmp_path / "a.xlsx"))[1] == ["1.3.2026", "It broke"]


@pytest.mark.parametrize("code", ["ascii", "utf-16-le"])
def test_a_billion_laughs_and_a_file_of_ours_are_never_expanded(tmp_path: Path, code: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><worksheet>&c;</worksheet>'
    assert refusal(hostile(tmp_path / "a.xlsx", xl__worksheets__sheet1=laughs.encode(code))) == "entities"
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst>&x;</sst>'
    assert refusal(hostile(tmp_path / "b.xlsx", xl__sharedStrings=outside.encode(code))) == "entities"


def test_a_doctype_across_two_pieces_is_found(tmp_path: Path) -> None:
    padding = b" " * ((1 << 18) - 5)
    assert refusal(hostile(tmp_path / "a.xlsx", xl__worksheets__sheet1=padding + b"<!DOCTYPE a>")) == "entities"


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    assert refusal(hostile(tmp_path / "a.xlsx", xl__worksheets__sheet1=b"<a/>" + b" " * (50 * 1024 * 1024))) == "bomb"


def test_a_bomb_whose_directory_lies_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    path = hostile(tmp_path / "a.xlsx", xl__worksheets__sheet1=b"<a/>" + b" " * (20 * 1024 * 1024))
    size = (4 + 20 * 1024 * 1024).to_bytes(4, "little")
    raw = path.read_bytes()
    assert raw.count(size) >= 1
    path.write_bytes(raw.replace(size, (1000).to_bytes(4, "little")))
    assert refusal(path) == "bomb"


def test_an_archive_inside_is_refused(tmp_path: Path) -> None:
    inner = zipped({"a.txt": b"x"})
    assert refusal(hostile(tmp_path / "a.xlsx", **{"xl__embeddings__inner.xlsx": inner})) == "nested"


def test_names_that_climb_out_are_never_paths(tmp_path: Path) -> None:
    path = hostile(tmp_path / "a.xlsx", **{"..__..__evil.txt": b"x"})
    assert cells(path)[1] == ["1.3.2026", "It broke"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    assert refusal(hostile(tmp_path / "a.xlsx", **{"XL__WORKSHEETS__SHEET1.xml": b"<a/>"})) == "damaged"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_workbook_that_is_cut_off_is_damaged(tmp_path: Path, keep: float) -> None:
    path = workbook(tmp_path / "a.xlsx", [["Date", "What"]] * 50)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert refusal(path) == "damaged"


def test_a_merge_over_a_million_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1_000_000, 3, "all")
    assert refusal(path) == "bomb"


@given(content=st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_clear_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(content)
    try:
        found = rows(path)
    except UnreadableSheet as refused:
        assert str(refused)
    else:
        assert all(row.cells and row.cells[-1] is not None for row in found)
