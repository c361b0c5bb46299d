"""Where a list paged by key goes on: the key of the last row, as text in the address of the next page."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import quote, unquote

NOTHING = "-"

Key = dt.datetime | uuid.UUID | int | str | None


def cursor(*keys: Key) -> str:
    """Return the keys of a row as one text."""
    return "~".join(_text(key) for key in keys)


def read_cursor(text: str, kinds: str) -> list[Key] | None:
    """Return the keys that `cursor` wrote.

    `kinds`: m (moment), n (moment or none), u (id), i (whole number), s (text), t (text or none), one a key.
    None for anything else: a list then begins at its start.
    """
    parts = text.split("~")
    if len(parts) != len(kinds):
        return None
    try:
        return [_key(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except ValueError:
        return None


def _text(key: Key) -> str:
    if key is None:
        return NOTHING
    if isinstance(key, dt.datetime):
        return key.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    # A tilde stands between keys, and a hyphen alone is none.
    return "." + quote(key, safe="").replace("~", "%7E") if isinstance(key, str) else str(key)


def _key(part: str, kind: str) -> Key:
    if kind in "nt" and part == NOTHING:
        return None
    if kind in "st":
        return _plain_text(part)
    if kind == "i":
        return _number(part)
    if kind == "u":
        return uuid.UUID(part)
    moment = dt.datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError("a moment must know its zone")
    return moment


def _plain_text(part: str) -> str:
    text = unquote(part[1:], errors="strict")
    if not part.startswith(".") or "\0" in text or len(text) > 1000:
        raise ValueError("no text of ours")
    return text


def _number(part: str) -> int:
    if not (part.isascii() and part.isdigit() and len(part) <= 9):
        raise ValueError("no number of ours")
    return int(part)
