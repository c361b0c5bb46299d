"""Finding one name in stored JSON, and taking it out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any


def without_names(value: Any, names: Collection[str], instead: str) -> Any:
    """Return JSON with each text that is one of `names` replaced; a name inside a longer text stays."""
    if isinstance(value, str):
        return instead if value in names else value
    if isinstance(value, Mapping):
        return {key: without_names(each, names, instead) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_names(each, names, instead) for each in value]
    return value


def json_inside(text: str, engine: str) -> str:
    """Return `text` as it stands, whole and in its quotes, in the JSON text of a column: SQLite holds it as it was
    written, all of it ASCII; PostgreSQL writes it out in plain characters."""
    return json.dumps(text, ensure_ascii=engine == "sqlite")
