"""A file written anew with something else in it, all its sums as they should be: what a hostile hand would do."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[list[Any]]


def rewritten(
    path: Path,
    to: Path,
    *,
    manifest: Callable[[dict[str, Any]], None] = lambda told: None,
    rows: tuple[str, Callable[[Rows, list[str]], None]] = ("", lambda rows, names: None),
    parts: dict[str, bytes] | None = None,
) -> Path:
    """Write `path` to `to` with another manifest, other rows of one table (label, change), or other parts."""
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()}
    told = json.loads(held.pop("manifest.json"))
    label, change = rows
    for table in told["tables"]:
        if table["label"] == label:
            lines = [json.loads(line) for line in held[f"rows/{label}"].splitlines()]
            change(lines, [column["name"] for column in table["columns"]])
            held[f"rows/{label}"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            table["rows"] = len(lines)
    held |= parts or {}
    manifest(told)
    told["parts"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in held.items()
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in held.items():
            new.writestr(name, data)
        new.writestr("manifest.json", json.dumps(told))
        new.comment = b"quietmonday sha256 " + b"0" * 64
    data = out.getvalue()[:-64]
    to.write_bytes(data + hashlib.sha256(data).hexdigest().encode())
    return to


def setting(name: str, value: Any, at: int = 0) -> Callable[[Rows, list[str]], None]:
    """Return a change that puts `value` into column `name` of one row."""

    def change(rows: Rows, names: list[str]) -> None:
        rows[at][names.index(name)] = value

    return change
