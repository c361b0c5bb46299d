"""One text for one value: what is hashed must read back the same from both engines."""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from quietmonday.kit.text import clean_text

MAX_DEPTH = 16
MAX_INT = 2**63 - 1


class NotCanonical(ValueError):
    """A value that does not read back the same from every engine."""


def canonical(value: Any) -> bytes:
    """Return `value` (JSON values without floats) as UTF-8 JSON: keys sorted by code point, no spaces, no escapes
    but those JSON demands. Two values that are equal give the same bytes, whatever order their keys were written in.
    """
    return _encode(value).encode()


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def moment(at: dt.datetime) -> str:
    """Return `at` in UTC with microseconds, as it is hashed; raise NotCanonical if it has no zone."""
    if at.tzinfo is None:
        raise NotCanonical(f"{at} has no zone")
    utc = at.astimezone(dt.UTC)
    if utc.year < 1000:  # hashed entries may hold one, and strftime leaves out the zeros before it
        return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return utc.isoformat(timespec="microseconds")[:26] + "Z"


def as_payload(value: Any, *, _depth: int = 0) -> Any:
    """Return `value` as JSON values that every engine gives back unchanged.

    Text is cleaned by the one rule of `kit.text`; ids, moments and dates become text.
    Floats raise NotCanonical: PostgreSQL's jsonb turns 1e22 into an integer, and the hash would no longer fit.
    """
    if _depth > MAX_DEPTH:
        raise NotCanonical(f"a payload is at most {MAX_DEPTH} levels deep")
    if type(value) is str:
        return clean_text(value)
    match value:
        case None | bool():
            return value
        case str():
            return clean_text(str(value))  # str(): an enum's value, not the enum
        case int():
            if abs(value) > MAX_INT:
                raise NotCanonical("a payload's whole numbers fit into 64 bits")
            return int(value)
        case uuid.UUID():
            return str(value)
        case dt.datetime():
            return moment(value)
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {_key(key): as_payload(item, _depth=_depth + 1) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [as_payload(item, _depth=_depth + 1) for item in value]
    raise NotCanonical(f"{type(value).__name__} does not belong in a payload: use text, whole numbers, lists, mappings")


@functools.lru_cache(maxsize=1024)
def _key(key: Any) -> str:
    if not isinstance(key, str) or clean_text(key) != key:
        raise NotCanonical("a payload's keys are plain text")
    return key
