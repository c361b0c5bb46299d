"""A workbook: the file's own bytes, or one of its parts changed inside an archive that is whole."""

import io
import zipfile
from functools import cache

import xlsxwriter

from quietmonday.kit.sheets import UnreadableSheet, read_sheet
from tests.fuzzing.harness import Harness, as_file
from tests.fuzzing.harnesses.text_sheets import calls_of

WHOLE_FILE = 255


def check(data: bytes) -> None:
    """The first byte says what the rest stands for: a part of the workbook by its number, or the whole file."""
    path = as_file(data[1:] if data[:1] == bytes([WHOLE_FILE]) else _with_part(data[0] if data else 0, data[1:]))
    try:
        rows = list(read_sheet(path).rows)
    except UnreadableSheet as refused:
        assert str(refused)
        return
    calls_of(rows)


@cache
def _parts() -> dict[str, bytes]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Calls")
        day = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(0, 0, ["Date", "Who", "What", "Done"])
        sheet.write_number(1, 0, 45982.5, day)
        sheet.write_row(1, 1, ["Ann", "Printer & more", True])
        sheet.merge_range(2, 0, 3, 1, "Bob")
        sheet.write_formula(4, 2, "=1/0", None, "#DIV/0!")
        book.add_worksheet("Hidden").hide()
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_part(number: int, content: bytes) -> bytes:
    names = list(_parts())
    changed = {**_parts(), names[number % len(names)]: content}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in changed.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


HARNESS = Harness(
    check=check,
    seeds=[
        *(bytes([number]) + content for number, content in enumerate(_parts().values())),
        bytes([WHOLE_FILE]) + _with_part(0, next(iter(_parts().values()))),
    ],
    words=[
        *(b'<c r="A1" t="s"><v>0</v></c>', b'<mergeCell ref="A1:XFD1048576"/>', b'<row r="1048576">', b't="d"'),
        *(b'<dimension ref="A1:XFD1048576"/>', b"<!DOCTYPE", b"&#0;", b"<v>1e308</v>", b"<is><t>"),
        b'r="ZZZ99999999"',
    ],
    longest=24_576,
)
