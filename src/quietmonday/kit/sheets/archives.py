"""Whether a workbook may be opened: looked at before anything unpacks it, and while we unpack it ourselves once.

A workbook is a ZIP of XML. What its directory claims may be a lie, so each part is inflated once here, counted, and
thrown away; only then does the reader get it. Nothing is ever written to disk, and no name inside is ever a path.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from quietmonday.kit.sheets.faults import UnreadableSheet

MOST_PARTS = 2_000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_RATIO = 250  # sheets of repeated text shrink to a hundredth; a bomb to a thousandth and less
SMALL = 8 * 1024 * 1024  # below, the ratio says nothing
_PIECE = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
# A document type declares entities: the way of a billion laughs and of reading our files. In both encodings of XML.
_DECLARES = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\xd0\xcf\x11\xe0")


def refuse_unsafe(path: Path) -> None:
    """Raise UnreadableSheet if the workbook at `path` is none, is damaged, or would do harm when opened."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
                raise UnreadableSheet("archive")
            _refuse_by_directory(parts)
            left = MOST_UNPACKED
            for part in parts:
                left -= _inflate(raw, part, left)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, UnreadableSheet):
            raise
        raise UnreadableSheet("damaged") from error


def _refuse_by_directory(parts: list[zipfile.ZipInfo]) -> None:
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise UnreadableSheet("bomb")
    if unpacked > SMALL and unpacked > MOST_RATIO * max(packed, 1):
        raise UnreadableSheet("bomb")
    if len({part.filename.casefold() for part in parts}) != len(parts):
        raise UnreadableSheet("damaged")  # two parts of one name: which one is read depends on the reader
    for part in parts:
        if part.flag_bits & 0x1:
            raise UnreadableSheet("old_excel")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableSheet("damaged")


def _inflate(raw: BinaryIO, part: zipfile.ZipInfo, left: int) -> int:
    """Inflate one part, keep nothing; return how much it was. The reader trusts the same offsets and sizes."""
    raw.seek(part.header_offset)
    header = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if header[0] != b"PK\x03\x04":
        raise UnreadableSheet("damaged")
    raw.seek(header[9] + header[10], 1)
    inflater = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    count, before, packed = 0, b"", part.compress_size
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    while True:
        piece = raw.read(min(_PIECE, packed))
        packed -= len(piece)
        waiting = piece
        while waiting or (inflater is not None and not piece):
            out = inflater.decompress(waiting, _PIECE) if inflater else waiting
            waiting = inflater.unconsumed_tail if inflater else b""
            if not count and out[:8].startswith(_ARCHIVES):
                raise UnreadableSheet("nested")
            count += len(out)
            if count > part.file_size or count > left:
                raise UnreadableSheet("bomb")
            if is_xml and any(word in before + out for word in _DECLARES):
                raise UnreadableSheet("entities")
            before = out[-20:]
            if not out or inflater is None:
                break
        if not piece:
            break
    if count != part.file_size:
        raise UnreadableSheet("damaged")
    return count
