"""Where in a text the words stand that somebody searched for, and a piece of the text around them."""

from __future__ import annotations

import dataclasses
import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence

from quietmonday.support.logic.search_docs import MOST_TEXT
from quietmonday.support.logic.search_query import Part
from quietmonday.support.logic.search_words import folded, folded_character

AROUND = 90  # letters before and after
MOST_MARKS = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; `marked`: it is what was searched for."""

    text: str
    marked: bool


def marked(text: str, parts: Sequence[Part]) -> list[Piece]:
    """Return all of `text` in pieces, those marked in which one of `parts` stands."""
    return _pieces(text, _found(text, parts), 0, len(text))


def excerpt(text: str, parts: Sequence[Part]) -> list[Piece]:
    """Return what stands around the first places of `parts` in `text`; [] where none of them stands.

    Begins and ends with "…" where the text goes on.
    """
    places = _found(text[:MOST_TEXT], parts)
    if not places:
        return []
    begin = _back_to_gap(text, max(0, places[0][0] - AROUND))
    near = max(end for start, end in places if start <= places[0][0] + AROUND)
    end = _on_to_gap(text, min(len(text), near + AROUND))
    pieces = _pieces(text, [place for place in places if place[1] <= end], begin, end)
    before, after = [Piece("… ", False)] if begin else [], [Piece(" …", False)] if end < len(text) else []
    return [*before, *pieces, *after]


def opening(text: str) -> list[Piece]:
    """Return how a text begins."""
    end = _on_to_gap(text, min(len(text), 2 * AROUND))
    return [Piece(_one_line(text[:end]), False), *([Piece(" …", False)] if end < len(text) else [])]


def _pieces(text: str, places: Sequence[tuple[int, int]], begin: int, end: int) -> list[Piece]:
    pieces, at = [], begin
    for start, stop in places:
        if start < at:
            continue
        pieces += [Piece(_one_line(text[at:start]), False), Piece(_one_line(text[start:stop]), True)]
        at = stop
    pieces.append(Piece(_one_line(text[at:end]), False))
    return [piece for piece in pieces if piece.text]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _found(text: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return (start, end) of each place, in order, none inside another."""
    if not parts:
        return []
    plain = folded(text)
    same = len(plain) == len(text) and plain.isascii() and text.isascii()
    starts = None if same else _starts(text, plain)
    patterns = [_pattern(spelling) for part in parts for spelling in part.spellings]
    found = []
    for pattern in patterns:
        for match in itertools.islice(pattern.finditer(plain), MOST_MARKS):
            place = (match.start(), match.end())
            found.append(place if starts is None else _original(starts, place))
    places: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if not places or start >= places[-1][1]:
            places.append((start, end))
    return places[:MOST_MARKS]


def _pattern(spelling: str) -> re.Pattern[str]:
    """Return what finds a spelling in folded text, where a gap is any number of blanks."""
    inner = " +".join(re.escape(word) for word in spelling.split())
    before = "(?<![^ ])" if spelling.startswith(" ") else ""
    after = "(?![^ ])" if spelling.endswith(" ") else ""
    return re.compile(before + inner + after)


def _starts(text: str, plain: str) -> list[int] | None:
    """Return where in the folded text each character begins; None where each is one."""
    lengths = [len(folded_character(char)) for char in text]
    if len(plain) == len(text) and all(length == 1 for length in lengths):
        return None
    return [0, *itertools.accumulate(lengths)]


def _original(starts: list[int], place: tuple[int, int]) -> tuple[int, int]:
    start = bisect_right(starts, place[0]) - 1
    end = bisect_right(starts, place[1] - 1)
    return start, end


def _back_to_gap(text: str, at: int) -> int:
    """Return the place after the last gap before `at`, if there is one near; a word is not cut."""
    if at == 0:
        return 0
    gap = max(text.rfind(" ", at - 20 if at > 20 else 0, at), text.rfind("\n", at - 20 if at > 20 else 0, at))
    return gap + 1 if gap >= 0 else at


def _on_to_gap(text: str, at: int) -> int:
    gaps = [place for place in (text.find(" ", at, at + 20), text.find("\n", at, at + 20)) if place >= 0]
    if at >= len(text):
        return len(text)
    return min(gaps, default=len(text) if len(text) <= at + 20 else at)
