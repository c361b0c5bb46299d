"""How long something took, as people write it."""

from __future__ import annotations

import re

_HOURS = r"(?:h|hrs?|hours?|std\.?|stunden?)"
_MINUTES = r"(?:m|mins?|minutes?|minuten?)"
_WAYS = (
    re.compile(rf"(?P<minutes>[0-9]{{1,4}})\s*{_MINUTES}?", re.IGNORECASE),
    re.compile(rf"(?P<hours>[0-9]{{1,2}}):(?P<minutes>[0-5][0-9])\s*{_HOURS}?", re.IGNORECASE),
    re.compile(rf"(?P<hours>[0-9]{{1,2}})\s*{_HOURS}(?:\s*(?P<minutes>[0-5]?[0-9])\s*{_MINUTES}?)?", re.IGNORECASE),
    re.compile(rf"(?P<hours>[0-9]{{1,2}}[.,][0-9]{{1,2}})\s*{_HOURS}", re.IGNORECASE),
)


def minutes_in(text: str) -> int | None:
    """Return the minutes that `text` says: "20", "1:20", "1 h 20 min", "1.5 h"; None for anything else."""
    for way in _WAYS:
        if found := way.fullmatch(text.strip()):
            said = found.groupdict()
            return round(float((said.get("hours") or "0").replace(",", ".")) * 60) + int(said.get("minutes") or 0)
    return None
