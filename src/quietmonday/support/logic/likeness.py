"""Whose name is it? Persons whose names resemble what a mail says of its sender."""

import re
import unicodedata
from collections.abc import Sequence

MOST = 3
_WORD = re.compile(r"[^\W\d_]{2,}")


def likely(names: Sequence[str], *, display: str, email: str) -> list[int]:
    """Return the places in `names` of up to three that share a word with the sender's name or address, best first."""
    said = _words(f"{display} {email.partition('@')[0]}"[:300])
    scored = [(len(said & _words(name[:300])), place) for place, name in enumerate(names)]
    best = sorted((-score, place) for score, place in scored if score)
    return [place for _, place in best[:MOST]]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(_WORD.findall("".join(char for char in plain if not unicodedata.combining(char))))
