"""The name under which a file is handed out: its own, made harmless for every system that saves it."""

from __future__ import annotations

import re

from quietmonday.kit.text import clean_line

# Separators, what Windows forbids, and characters that no screen shows: zero width, direction, line and word joins.
_FORBIDDEN = re.compile('[/\\\\:*?"<>|\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 120


def safe_name(name: str) -> str:
    """Return `name` without path, controls or invisible characters, at most 120 characters, its ending kept."""
    cleaned = _FORBIDDEN.sub("_", clean_line(name, 300)).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if dot and stem and ending.isalnum() and len(ending) <= 12:
        cleaned = stem[: _LONGEST - len(ending) - 1].rstrip(" .") + "." + ending
    cleaned = cleaned[:_LONGEST]
    return f"_{cleaned}" if _RESERVED.fullmatch(cleaned) else cleaned or "file"
