"""Who rings: people found by a few letters of their name and firm, or by some digits of their number."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
import uuid
from collections.abc import Iterable

from quietmonday.support.logic.phones import digits_of, is_number, looks_like_number

_MOST_WORDS = 6
_WORD = re.compile(r"[^\W_]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """Somebody who may ring."""

    ref: uuid.UUID
    name: str
    firm: str
    phone: str = ""


def found(typed: str, persons: Iterable[Known]) -> list[Known]:
    """Return who fits what was typed, the likeliest first; [] for nothing typed.

    A number is looked for among numbers. Otherwise each word must begin a word of the name or of the firm; whose name
    it begins come before those whose firm it begins, and then by name and firm.
    """
    if looks_like_number(typed):
        digits = digits_of(typed)
        fitting = [(0, person) for person in persons if is_number(digits, digits_of(person.phone))]
    else:
        words = _words(typed)[:_MOST_WORDS]
        if not words:
            return []
        fitting = [(rank, person) for person in persons if (rank := _rank(words, person)) is not None]
    ordered = sorted(fitting, key=lambda each: (each[0], bare(each[1].name), bare(each[1].firm), each[1].ref))
    return [person for _rank, person in ordered]


def _rank(words: list[str], person: Known) -> int | None:
    """How many of the words are only the firm's; None if one is nobody's."""
    name, firm = _words(person.name), _words(person.firm)
    only_firms = 0
    for word in words:
        if any(each.startswith(word) for each in name):
            continue
        if not any(each.startswith(word) for each in firm):
            return None
        only_firms += 1
    return only_firms


def bare(text: str) -> str:
    """Return `text` without case, accents and marks: Dvořák as a keyboard without them writes it."""
    if text.isascii():
        return text.lower()
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).casefold()


def _words(text: str) -> list[str]:
    return _WORD.findall(bare(text))
