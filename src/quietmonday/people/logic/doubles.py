"""Which people on record are likely the same person twice: a guess that somebody looks at, never a decision."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator

SHARED = frozenset(
    {
        *("accounts", "admin", "bookings", "buero", "contact", "hello", "help", "helpdesk", "info", "it", "kontakt"),
        *("mail", "noreply", "office", "orders", "post", "postmaster", "reception", "sales", "scan", "scanner"),
        *("service", "support", "team"),
    }
)
"""Local parts that many people of one firm use, or none: they say nothing of who somebody is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """One person as the rule sees them. `place`: the business or supplier."""

    ref: uuid.UUID
    place: uuid.UUID
    name: str
    emails: tuple[str, ...]


def folded(name: str) -> str:
    """Return one spelling of a name: no case, no accents, no marks, its words in the order of the alphabet."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(sorted(re.findall(r"\w+", bare.casefold())))


def likely_doubles(persons: Iterable[Known]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return pairs (the one that came first, the other) of one place with the same name or the same local part.

    `persons` come oldest first, and each is paired once: with the oldest that it looks like.
    """
    first: dict[tuple[uuid.UUID, str, str], uuid.UUID] = {}
    pairs = []
    for person in persons:
        signs = list(_signs(person))
        like = next((first[sign] for sign in signs if sign in first), None)
        if like is not None:
            pairs.append((like, person.ref))
        for sign in signs:
            first.setdefault(sign, like or person.ref)
    return pairs


def _signs(person: Known) -> Iterator[tuple[uuid.UUID, str, str]]:
    if name := folded(person.name):
        yield person.place, "name", name
    for email in person.emails:
        local = email.partition("@")[0].partition("+")[0]
        if local not in SHARED:
            yield person.place, "local", local
