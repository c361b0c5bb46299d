"""E-mail addresses: one spelling, so that a person is found again by what a mail says."""

from __future__ import annotations

import re

LONGEST = 254  # RFC 5321 4.5.3.1.3, less the angle brackets

# Deliberately narrower than RFC 5322: no quoted local parts, no comments, no address literals, no white space.
_CHAR = r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_SHAPE = re.compile(rf"{_CHAR}{{1,64}}@{_CHAR}+\Z")


def normal_address(text: str) -> str | None:
    """Return the address as we store and compare it (trimmed, lower case), or None if it is none.

    Lower case for the part before the @ as well: no mail system in use tells Ruth@ from ruth@. No Unicode folding
    beyond that: "ı" stays a letter of its own, so that nobody signs in as a neighbour in the alphabet.
    """
    address = text.strip().lower()
    if len(address) > LONGEST or not _SHAPE.match(address) or address.startswith(".") or ".." in address:
        return None
    return address
