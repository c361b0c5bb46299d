"""One spelling of words for the index and for whoever searches it: what both engines find follows from here alone.

Letters and digits in lower case, without accents, everything else a gap. The index holds each word's groups of three
letters (with its edges: `_pr pri rin … er_`), so a part of a word is found too: "drucker" in "Netzwerkdrucker",
"5034441" in "KB5034441". A group of a word says that the word may be there; the words themselves say whether it is.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

FORM = 1
"""How words and groups are made. Whoever changes that raises it, and the next start makes the index anew."""

EDGE = "_"
_SIGNS_BEGIN = 0x3000
_LONGEST_KEPT = 24  # longer words are rare, or no words: their groups are not kept in memory


class _Folded(dict[int, str]):
    """Character → what stands for it; those of alphabets are remembered, the hundred thousand others are not."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code).casefold())
        told = "".join(_one(char) for char in plain if not unicodedata.combining(char))
        if code < _SIGNS_BEGIN:
            self[code] = told
        return told


def _one(char: str) -> str:
    if not char.isalnum():
        return " "
    # Chinese and Japanese write no gaps between words: each sign is a word, and two beside each other a phrase.
    return f" {char} " if _is_sign(char) else char


def _is_sign(char: str) -> bool:
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


_FOLDED = _Folded()


_ASCII = bytes(ord(_FOLDED[code]) for code in range(128)) + bytes(128)


def folded(text: str) -> str:
    """Return `text` in lower case without accents, gaps as blanks; mostly one character for one."""
    if text.isascii():  # a fiftieth of the time
        return text.encode("ascii").translate(_ASCII).decode("ascii")
    return text.translate(_FOLDED)


def folded_character(char: str) -> str:
    """Return what stands for one character in `folded`."""
    return _FOLDED[ord(char)]


def words(text: str) -> list[str]:
    """Return the words of `text` in their one spelling."""
    return folded(text).split()


def groups(found: Iterable[str]) -> set[str]:
    """Return the groups of three of all these words."""
    return set().union(*map(_groups, found))


def groups_of_part(part: str) -> set[str]:
    """Return the groups that every word has which this part stands in; the edges of `part` are written as blanks."""
    pieces = part.replace(" ", EDGE)
    return {group for group in _threes(pieces) if EDGE not in group[1]}


def _threes(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(len(text) - 2)]


def _groups(word: str) -> frozenset[str]:
    return _kept(word) if len(word) <= _LONGEST_KEPT else frozenset(_threes(f"{EDGE}{word}{EDGE}"))


@functools.lru_cache(maxsize=40_000)
def _kept(word: str) -> frozenset[str]:
    return frozenset(_threes(f"{EDGE}{word}{EDGE}"))
