"""Phone numbers as people write them, compared by their digits.

+44 20 7946 0123, 0044 (0)20 7946-0123 and 020 7946 0123 are one number: what leads out of a country or to it stands in
front, so the longer one ends with the shorter. Which country an office is in, nobody need know for that.
"""

from __future__ import annotations

import re
import unicodedata

LEAST_DIGITS = 3
"""Digits from which somebody may look for a number: fewer are in every number."""

_SURE_DIGITS = 7
"""Digits from which the end of what was typed may be a whole number on record."""

_TRUNK = re.compile(r"\(\s*0\s*\)")  # +44 (0)20: dialled within the country only
_WRITING = re.compile(r"[\d\s()+./\-–]+\Z")


def looks_like_number(text: str) -> bool:
    """Return whether `text` is a phone number, or the beginning of one, and nothing else."""
    return bool(_WRITING.match(text.strip())) and len(digits_of(text)) >= LEAST_DIGITS


def digits_of(text: str) -> str:
    """Return the digits that tell one number from another: no marks, no leading zeros. Any script's digits count."""
    told = _TRUNK.sub("", text)
    return "".join(str(unicodedata.digit(char)) for char in told if char.isdecimal()).lstrip("0")


def is_number(typed: str, number: str) -> bool:
    """Return whether what was typed is a part of `number`, or is `number` with more in front; both as `digits_of`."""
    if len(typed) < LEAST_DIGITS or not number:
        return False
    return typed in number or (len(number) >= _SURE_DIGITS and typed.endswith(number))
