"""Texts kept ready, with placeholders of a small language of our own. Nothing in them is ever run.

`{{ requester }}` is one of a dozen names; there are no conditions, filters, attributes or calls. What is put in is put
in once: a value that looks like a placeholder stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from quietmonday.kit.sentences import gettext_noop

MOST_CHARACTERS = 20_000
MOST_PLACEHOLDERS = 50
MOST_TEXTS = 300
"""That one supplier keeps for everybody, and that one person keeps."""

NAMES = {
    "requester": gettext_noop("name of the requester"),
    "first_name": gettext_noop("first name of the requester"),
    "number": gettext_noop("number of the request"),
    "subject": gettext_noop("subject of the request"),
    "business": gettext_noop("name of the business"),
    "technician": gettext_noop("your name"),
    "supplier": gettext_noop("name of your firm"),
    "next_word": gettext_noop("next word by"),
}
"""Key, as it is stored, and the name that people read and write, in English."""

NEXT_WORD = "next_word"
"""The one that may have no value yet: it is put in when the message is sent."""

_PLACEHOLDER = re.compile(r"\{\{([^{}\n]{0,80})\}\}")


class CannotKeep(ValueError):
    """A text that is not kept: `rule` (unknown, braces, many), and the `name` that nobody knows."""

    def __init__(self, rule: str, name: str = "") -> None:
        super().__init__(f"{rule} {name}".strip())
        self.rule, self.name = rule, name


def stored(text: str, names: Mapping[str, str]) -> str:
    """Return `text` as it is kept: every placeholder by its key. `names`: what people may write → key. Raises
    CannotKeep for a name that is not ours, braces that belong to no placeholder, and more than fifty of them."""
    known = {_plain(name): key for name, key in names.items()}
    rest, count = _PLACEHOLDER.subn(" ", text)
    if "{{" in rest or "}}" in rest:
        raise CannotKeep("braces")
    if count > MOST_PLACEHOLDERS:
        raise CannotKeep("many")

    def by_key(found: re.Match[str]) -> str:
        key = known.get(_plain(found[1]))
        if key is None:
            raise CannotKeep("unknown", found[1].strip())
        return f"{{{{ {key} }}}}"

    return _PLACEHOLDER.sub(by_key, text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with what `values` have for its keys; every other placeholder stays as it stands."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def shown(text: str, names: Mapping[str, str]) -> str:
    """Return a kept text with its keys as the reader names them; `names`: key → name."""
    return filled(text, {key: f"{{{{ {name} }}}}" for key, name in names.items()})


def asks_for(text: str, key: str, names: Mapping[str, str]) -> bool:
    """Return whether a placeholder in `text` means `key`, by its key or by one of `names` (what people may write)."""
    known = {_plain(name) for name, of in names.items() if of == key} | {_plain(key)}
    return any(_plain(found) in known for found in _PLACEHOLDER.findall(text))


def put_in(text: str, key: str, value: str, names: Mapping[str, str]) -> str:
    """Return `text` with `value` for every placeholder that means `key`; all others are left alone."""
    known = {_plain(name) for name, of in names.items() if of == key} | {_plain(key)}
    return _PLACEHOLDER.sub(lambda found: value if _plain(found[1]) in known else found[0], text)


def first_name(name: str) -> str:
    """Return how somebody is called: "Adeyemi, Dele" and "Dele Adeyemi" are Dele; a single word is itself."""
    last, comma, first = name.partition(",")
    words = (first if comma and first.strip() else last).split()
    return words[0] if words else ""


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
