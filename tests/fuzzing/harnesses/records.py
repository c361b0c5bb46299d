"""A file that says it is a backup, or a business's record: its bytes, its list of parts, its lines."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

from quietmonday.integrations.logic.lines import BadLine, Column, columns_as_json, parser_of
from quietmonday.integrations.logic.manifest import BACKUP, BUSINESS, FORMAT, Unfit, states_of, tables_of
from quietmonday.kit.archives import MANIFEST, Damaged, Reader
from tests.fuzzing.harness import Harness, as_file

COLUMNS = [
    *(Column("id", "uuid", False), Column("subject", "text", True), Column("at", "moment", False)),
    *(Column("facts", "json", True), Column("number", "int", False), Column("raw", "bytes", True)),
]
LINE = b'["0199","a \\u00e4",null,"{}",417,null]\n'
HEAD = {
    "format": FORMAT,
    "kind": BACKUP,
    "migrations": {"support": "0001_initial"},
    "tables": [{"label": "support.Ticket", "columns": columns_as_json(COLUMNS), "rows": 1}],
}
WHOLE_FILE, LIST_OF_PARTS, LINES = range(3)


def check(data: bytes) -> None:
    """The first byte says what the rest stands for: the whole file, its list of parts, the lines of a table."""
    kind, rest = (data[0] % 3 if data else WHOLE_FILE), data[1:]
    if kind == LINES:
        _read_lines(rest)
    else:
        _read_file(as_file(rest if kind == WHOLE_FILE else sealed({"rows/support.Ticket": LINE}, rest)))


def _read_lines(data: bytes) -> None:
    parse = parser_of(COLUMNS)
    for line in data.split(b"\n"):
        try:
            values = parse(line)
        except BadLine as why:
            assert str(why)
        else:
            assert len(values) == len(COLUMNS)
            json.dumps(values).encode()


def _read_file(path: Path) -> None:
    try:
        with Reader(path) as reader:
            reader.check()
            for kind in (BACKUP, BUSINESS):
                _read_tables(reader, kind)
            states_of(reader.manifest)
    except (Damaged, Unfit) as refused:
        assert "Nothing was changed" in str(refused) or "never write" in str(refused)


def _read_tables(reader: Reader, kind: str) -> None:
    try:
        tables = tables_of(reader.manifest, kind=kind)
    except Unfit:
        return
    for table in tables.values():
        if table.part in reader.parts:
            for line in reader.lines(table.part):
                try:
                    parser_of(table.columns)(line)
                except BadLine as why:
                    assert str(why)


def sealed(parts: dict[str, bytes], manifest: bytes) -> bytes:
    """Return a file as we end one, its sum right, whatever its list of parts says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
        archive.writestr(zipfile.ZipInfo(MANIFEST), manifest)
        archive.comment = b"quietmonday sha256 " + b"0" * 64
    whole = out.getvalue()[:-64]
    return whole + hashlib.sha256(whole).hexdigest().encode()


def _listed() -> bytes:
    part = {"name": "rows/support.Ticket", "size": len(LINE), "sha256": hashlib.sha256(LINE).hexdigest()}
    return json.dumps({**HEAD, "parts": [part]}).encode()


HARNESS = Harness(
    check=check,
    seeds=[
        bytes([WHOLE_FILE]) + sealed({"rows/support.Ticket": LINE}, _listed()),
        bytes([LIST_OF_PARTS]) + _listed(),
        bytes([LINES]) + LINE * 2,
    ],
    words=[
        *(b'"parts"', b'"size": -1', b'"rows/../x"', b"\\ud800", b"\\u0000"),
        *(b"1e400", b"NaN", b"null", b"[[[[", b"9" * 30),
    ],
)
