"""Lengths of time as people write them on a form: `30 min`, `4 h`, `1 h 40`, `90`."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"(?:(\d{1,5})\s*h(?:ours?)?\.?)?\s*(?:(\d{1,6})\s*(?:m|min|minutes?)?\.?)?\Z", re.IGNORECASE)


def parse_minutes(text: str) -> int | None:
    """Return the minutes that `text` says, a bare number being minutes; None if it says none."""
    found = _SHAPE.match(text.strip())
    if not found or not (found[1] or found[2]):
        return None
    return int(found[1] or 0) * 60 + int(found[2] or 0)


def minutes_text(minutes: int) -> str:
    """Return minutes as `parse_minutes` reads them."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"
