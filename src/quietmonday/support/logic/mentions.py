"""@Name in a text: who is meant, if it can only be one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

Key = TypeVar("Key")

MOST = 20  # persons named in one text
MOST_LOOKED_AT = 200  # signs in one text: a text full of @ is no talk

# Not inside an address, and not after another @.
_SIGN = re.compile(r"(?<![\w@.+\-])@(?=\w)")
# A name goes on in one line.
_AFTER = re.compile(r"[^\n@]{1,200}")


def mentions_in(text: str, people: Iterable[tuple[Key, str]]) -> list[tuple[str, Key]]:
    """Return who is named in `text`, as ("@Sam", key), each person once, in order.

    `people`: (key, whole name) of those who may see the text. A person is named by the whole name, or by a first name
    that nobody else of them has. The longest name that fits counts; what may be two people is nobody.
    """
    by_name = _by_name(people)
    longest_first = sorted(by_name, key=len, reverse=True)
    found: dict[Key, str] = {}
    for written in _signs(text):
        folded = written.casefold()
        name = next((each for each in longest_first if _begins(folded, each)), None)
        keys = by_name.get(name, []) if name else []
        if len(keys) == 1 and keys[0] not in found:
            found[keys[0]] = "@" + _cut(written, name or "")
        if len(found) >= MOST:
            break
    return [(written, key) for key, written in found.items()]


def _by_name(people: Iterable[tuple[Key, str]]) -> dict[str, list[Key]]:
    names: dict[str, list[Key]] = defaultdict(list)
    for key, name in people:
        whole = " ".join(name.split()).casefold()
        first = whole.partition(" ")[0]
        for each in {whole, first} - {""}:
            names[each].append(key)
    return names


def _signs(text: str) -> Iterator[str]:
    """What stands after each @, on its line."""
    for count, sign in enumerate(_SIGN.finditer(text)):
        if count >= MOST_LOOKED_AT:
            return
        after = _AFTER.match(text, sign.end())
        if after:
            yield after[0]


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _cut(written: str, folded: str) -> str:
    """The part of `written` that folds to `folded`: folding may change how long a text is."""
    for length in range(1, len(written) + 1):
        if written[:length].casefold() == folded:
            return written[:length]
    return written
