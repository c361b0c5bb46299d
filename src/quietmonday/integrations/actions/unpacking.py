"""Rows and files on their way out of a file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from quietmonday.integrations.actions.packing import Progress
from quietmonday.integrations.logic.lines import BadLine, Column, parser_of
from quietmonday.integrations.logic.manifest import TableInFile, Unfit
from quietmonday.kit.archives import Damaged, Reader
from quietmonday.post.actions.files import place_of, write_once

_BATCH = 2000
_BATCH_BYTES = 8 * 1024 * 1024
_LONGEST_HEAD = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True, slots=True)
class PackedFile:
    """A content file out of a file, with its bytes, which are what its name says."""

    business_id: uuid.UUID
    sha256: str
    data: bytes


def unpack_rows(reader: Reader, table: TableInFile, *, into: str, progress: Progress) -> None:
    """Insert the rows of `table` into the database table `into`, a batch at a time.

    Raises Damaged, Unfit (a line that no installation writes), and what the database raises.
    """
    count = 0
    rows = _rows(reader, table)
    if connection.vendor == "postgresql" and not any(column.kind == "bytes" for column in table.columns):
        count = _copy(rows, table.columns, into, table.label, progress)
    else:
        names = ", ".join(map(connection.ops.quote_name, (column.name for column in table.columns)))
        places = ", ".join(["%s"] * len(table.columns))
        sql = f"INSERT INTO {connection.ops.quote_name(into)} ({names}) VALUES ({places})"  # noqa: S608  # names are checked against our own tables before
        truths = [at for at, column in enumerate(table.columns) if column.kind == "bool"]
        with connection.cursor() as cursor:
            while batch := _batch(rows):
                for row in batch if connection.vendor == "postgresql" else ():
                    for at in truths:
                        row[at] = None if row[at] is None else bool(row[at])
                cursor.executemany(sql, batch)
                count += len(batch)
                progress(table.label, count)
    if count != table.rows:
        raise Damaged(f"The file says that {table.label} has {table.rows} rows, and holds {count}.")


def packed_files(reader: Reader) -> Iterator[PackedFile]:
    """Yield the content files. Raises Damaged for one that is not what its name says, or that has no proper name."""
    for name in reader.parts:
        if name.startswith("files/"):
            yield from _files_of(reader, name)


def store_files(reader: Reader, progress: Progress) -> list[Path]:
    """Put the content files where they belong; return those that were not there already."""
    written = []
    for count, file in enumerate(packed_files(reader), 1):
        path = place_of(file.business_id, file.sha256)
        if not path.exists():
            write_once(path, file.data)
            written.append(path)
        if count % 200 == 0:
            progress("files", count)
    return written


def _rows(reader: Reader, table: TableInFile) -> Iterator[tuple[list[Any], int]]:
    """Yield the values of each row, and how large they are."""
    parse = parser_of(table.columns)
    at = [index for index, column in enumerate(table.columns) if column.kind == "bytes"]
    streams = {index: _Bytes(reader, table.bytes_part(table.columns[index])) for index in at}
    for number, line in enumerate(reader.lines(table.part), 1):
        try:
            values = parse(line)
        except BadLine as why:
            raise Unfit(f"Row {number} of {table.label} is {why}. Nothing was changed.") from None
        size = len(line)
        for index in at:
            if values[index] is not None:
                size += values[index]
                values[index] = streams[index].take(values[index])
        yield values, size
    for stream in streams.values():
        stream.finish()


class _Bytes:
    """A part of bytes, taken piece by piece; of a table whose bytes were left out there is none, and it is empty."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.name = name
        self._chunks = reader.chunks(name) if name in reader.parts else iter(())
        self._held = bytearray()

    def take(self, length: int) -> bytes:
        while len(self._held) < length:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise Damaged(f"Part {self.name} of the file ends too early.")
            self._held += chunk
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken

    def finish(self) -> None:
        if self._held or next(self._chunks, None) is not None:
            raise Damaged(f"Part {self.name} of the file holds more than its rows say.")


def _copy(
    rows: Iterator[tuple[list[Any], int]], columns: Sequence[Column], into: str, label: str, progress: Progress
) -> int:
    count = 0
    names = ", ".join(map(connection.ops.quote_name, (column.name for column in columns)))
    with (
        connection.wrap_database_errors,  # which a COPY would otherwise go round
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(into)} ({names}) FROM STDIN") as copy,
    ):
        for count, (row, _size) in enumerate(rows, 1):
            copy.write_row(row)
            if count % 20_000 == 0:
                progress(label, count)
    progress(label, count)
    return count


def _batch(rows: Iterator[tuple[list[Any], int]]) -> list[list[Any]]:
    batch, total = [], 0
    for row, size in islice(rows, _BATCH):
        batch.append(row)
        total += size
        if total > _BATCH_BYTES:
            break
    return batch


def _files_of(reader: Reader, name: str) -> Iterator[PackedFile]:
    chunks = reader.chunks(name)
    held = bytearray()

    def more() -> bool:
        chunk = next(chunks, None)
        held.extend(chunk or b"")
        return chunk is not None

    while held or more():
        while b"\n" not in held[:_LONGEST_HEAD]:
            if len(held) > _LONGEST_HEAD or not more():
                raise Damaged(f"Part {name} of the file has a file without a name.")
        at = held.index(b"\n")
        head = _head(bytes(held[:at]), name)
        del held[: at + 1]
        while len(held) < head["size"]:
            if not more():
                raise Damaged(f"Part {name} of the file ends too early.")
        data = bytes(held[: head["size"]])
        del held[: head["size"]]
        if hashlib.sha256(data).hexdigest() != head["sha256"]:
            raise Damaged(f"A content file in part {name} is not what its name says.")
        yield PackedFile(uuid.UUID(head["business"]), head["sha256"], data)


def _head(line: bytes, name: str) -> dict[str, Any]:
    try:
        head = json.loads(line)
        # The name becomes a path: nothing but hex digits may come near one.
        fits = _DIGEST.fullmatch(head["sha256"]) and 0 <= head["size"] <= settings.MAX_ATTACHMENT_BYTES
        uuid.UUID(head["business"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Damaged(f"Part {name} of the file has a file without a proper name.") from error
    if not fits or type(head["size"]) is not int:
        raise Damaged(f"Part {name} of the file has a file without a proper name.")
    return dict(head)
