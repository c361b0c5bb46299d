"""What a file says of itself, and whether it fits here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from quietmonday.integrations.logic.lines import BadLine, Column, columns_as_json, columns_from_json

FORMAT = 1
BACKUP, BUSINESS = "backup", "business"


class Unfit(ValueError):
    """The file cannot come in here; the message says why, and what to do. Nothing was changed."""


@dataclasses.dataclass(frozen=True, slots=True)
class TableInFile:
    """The rows of one table: where they lie in the file."""

    label: str  # support.Ticket
    columns: list[Column]
    rows: int

    @property
    def part(self) -> str:
        """The part with its lines."""
        return f"rows/{self.label}"

    def bytes_part(self, column: Column) -> str:
        """The part with the bytes of one column, one after another."""
        return f"bytes/{self.label}.{column.name}"

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        return {"label": self.label, "columns": columns_as_json(self.columns), "rows": self.rows}


def tables_of(manifest: Mapping[str, Any], *, kind: str) -> dict[str, TableInFile]:
    """Return the tables in a file of `kind`, by label. Raises Unfit for other files, and for other formats."""
    if manifest.get("format") != FORMAT:
        raise Unfit(
            f"The file has format {str(manifest.get('format'))[:20]}, and this version reads format {FORMAT}. Bring "
            "this installation to the newest version, then try again. Nothing was changed."
        )
    if manifest.get("kind") != kind:
        other = {BACKUP: "a backup: quietmonday restore FILE", BUSINESS: "a business: quietmonday import business"}
        raise Unfit(f"The file is {other.get(str(manifest.get('kind')), 'of another kind')}. Nothing was changed.")
    tables: dict[str, TableInFile] = {}
    for each in _list(manifest.get("tables")):
        match each:
            case {"label": str(label), "columns": columns, "rows": int(rows)} if rows >= 0 and label not in tables:
                try:
                    tables[label] = TableInFile(label, columns_from_json(columns), rows)
                except BadLine as why:
                    raise Unfit(f"The file's table {label[:80]} has {why}. Nothing was changed.") from None
            case _:
                raise Unfit("The file's list of tables makes no sense. Nothing was changed.")
    return tables


def states_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return area → its newest migration, as the installation had it that wrote the file."""
    states = manifest.get("migrations")
    if not isinstance(states, dict) or not all(isinstance(state, str) for state in states.values()):
        raise Unfit("The file does not say which tables it was made with. Nothing was changed.")
    return {str(area): state for area, state in states.items()}


def _list(found: object) -> list[Any]:
    if not isinstance(found, list):
        raise Unfit("The file's list of tables is none. Nothing was changed.")
    return found
