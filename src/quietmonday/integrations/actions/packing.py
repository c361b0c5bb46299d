"""Rows and files on their way into a file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Combinable

from quietmonday.integrations.logic.manifest import FORMAT, TableInFile
from quietmonday.integrations.queries.schema import states_here
from quietmonday.integrations.queries.tables import bytes_of, columns_of, lines_of
from quietmonday.kit.archives import Sink, Writer
from quietmonday.post.actions.files import place_of

_BUFFER = 1024 * 1024
_FILES_A_PART = 64 * 1024 * 1024

Progress = Callable[[str, int], None]
"""Told now and then: what is being read or written, and how many rows or files of it are done."""


@dataclasses.dataclass
class PackedFiles:
    """What became of the content files: how many are in, and which could not be read whole from the disk."""

    count: int = 0
    missing: list[str] = dataclasses.field(default_factory=list)


def head_of(*, kind: str, made_at: dt.datetime) -> dict[str, Any]:
    """Return what every file of ours says first."""
    return {
        "format": FORMAT,
        "kind": kind,
        "made_at": made_at.isoformat(),
        "version": version("quietmonday"),
        "engine": connection.vendor,
        "migrations": states_here(),
    }


def pack_rows(
    writer: Writer, rows: models.QuerySet[Any], progress: Progress, instead: Mapping[str, Combinable] | None = None
) -> TableInFile:
    """Write the rows of one table, and what its columns of bytes hold; return where they lie."""
    columns, told = columns_of(rows.model), instead or {}
    table = TableInFile(rows.model._meta.label, columns, 0)
    count, held, size = 0, [], 0
    with writer.part(table.part) as part:
        for line in lines_of(rows, told):
            count += 1
            held.append(line)
            size += len(line)
            if size > _BUFFER:
                part.write(("\n".join(held) + "\n").encode())
                held, size = [], 0
                progress(table.label, count)
        if held:
            part.write(("\n".join(held) + "\n").encode())
    for column in columns:
        if column.kind == "bytes" and column.name not in told:
            with writer.part(table.bytes_part(column)) as part:
                for value in bytes_of(rows, column):
                    part.write(value)
    progress(table.label, count)
    return dataclasses.replace(table, rows=count)


def pack_files(writer: Writer, rows: models.QuerySet[Any], progress: Progress) -> PackedFiles:
    """Write the content files of `rows` (of post.File), each behind a line that says whose it is; return what became
    of them.

    A file that is gone from the disk, or is no longer what was stored, is named and left out: the rest is worth having.
    """
    packed, part_number = PackedFiles(), 0
    # A backup may be of an earlier state of the tables, in which nothing could be erased.
    may_be_erased = any(field.name == "erased_at" for field in rows.model._meta.concrete_fields)
    whole = rows.filter(erased_at=None) if may_be_erased else rows
    waiting = whole.order_by("pk").values_list("business_id", "sha256").iterator(chunk_size=500)
    file = next(waiting, None)
    while file is not None:
        part_number += 1
        size = 0
        with writer.part(f"files/{part_number:04}") as part:
            while file is not None and size < _FILES_A_PART:
                size += _pack_file(part, file[0], file[1], packed)
                if packed.count % 200 == 0:
                    progress("files", packed.count)
                file = next(waiting, None)
    progress("files", packed.count)
    return packed


def _pack_file(part: Sink, business: uuid.UUID, sha256: str, packed: PackedFiles) -> int:
    try:
        data = place_of(business, sha256).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        packed.missing.append(f"{business}/{sha256}")
        return 0
    head = json.dumps({"business": str(business), "sha256": sha256, "size": len(data)})
    part.write(head.encode() + b"\n")
    part.write(data)
    packed.count += 1
    return len(data)
