"""Where a list paged by key goes on: the key of the last row, as text in the address of the next page."""

from __future__ import annotations

import datetime as dt
import uuid

NOTHING = "-"


def cursor(*keys: dt.datetime | uuid.UUID | None) -> str:
    """Return the keys of a row as one text."""
    return "~".join(_text(key) for key in keys)


def read_cursor(text: str, kinds: str) -> list[dt.datetime | uuid.UUID | None] | None:
    """Return the keys that `cursor` wrote; `kinds`: m (moment), n (moment or none), u (id), one a key.

    None for anything else: a list then begins at its start.
    """
    parts = text.split("~")
    if len(parts) != len(kinds):
        return None
    try:
        return [_key(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except ValueError:
        return None


def _text(key: dt.datetime | uuid.UUID | None) -> str:
    if key is None:
        return NOTHING
    return key.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if isinstance(key, dt.datetime) else str(key)


def _key(part: str, kind: str) -> dt.datetime | uuid.UUID | None:
    if kind == "u":
        return uuid.UUID(part)
    if kind == "n" and part == NOTHING:
        return None
    moment = dt.datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError("a moment must know its zone")
    return moment
