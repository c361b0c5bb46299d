"""Does a request say what the journal says of it?

Both sides are put into the same words: (what, text), as often as it was said. What was erased is empty on both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Said = Counter[tuple[str, str]]

SUBJECT, MESSAGE, NOTE = "subject", "message", "note"
IMPORTED = ("ticket.imported", "ticket.import_updated")

# Not set_aside: its table is younger than the first entries of it.
_TEXTS = {
    "ticket.said_to_customer": (MESSAGE, "text"),
    "ticket.said_to_supplier": (MESSAGE, "text"),
    "ticket.noted": (NOTE, "message"),  # a note's text stays with its supplier: the journal knows that there is one
    "ticket.resolved": ("resolution", "note"),
    "ticket.reopened": ("reopening", "note"),
    "ticket.prioritised": ("reason", "note"),
    "ticket.answered": ("feedback", "text"),
    "ticket.disputed": ("dispute", "note"),
}


def told(entries: Iterable[tuple[str, Mapping[str, Any] | None]]) -> tuple[Said, bool]:
    """Return what a request's entries (verb, what stands of the body), oldest first, say was said; and whether they
    are whole: of one that was erased nobody knows what it said."""
    said: Said = Counter()
    log: Said = Counter()
    subject, whole = "", True
    for verb, body in entries:
        if body is None:
            whole = False
        elif verb == "ticket.opened":
            subject = str(body.get("subject", ""))  # none: it was erased with the words that it was made of
            said[MESSAGE, str(body.get("text", ""))] += 1
        elif verb in IMPORTED:  # each one takes the place of the one before
            subject = str(body.get("subject", ""))
            log = Counter((MESSAGE, str(text)) for _side, text in body.get("said", ()))
        elif verb in _TEXTS:
            what, key = _TEXTS[verb]
            said[what, str(body.get(key, ""))] += 1
    said[SUBJECT, subject] += 1
    return _without_nothing(said + log), whole


def differences(said: Said, stored: Said, *, whole: bool) -> tuple[Said, Said]:
    """Return what the journal tells and the tables do not hold, and what they hold and nobody told of.

    A note may be missing: it stays with its supplier when the business takes its record elsewhere.
    """
    stored = _without_nothing(stored)
    lacking = Counter({key: count for key, count in (said - stored).items() if key[0] != NOTE})
    return lacking, (stored - said) if whole else Counter()


def _without_nothing(said: Said) -> Said:
    return Counter({(what, text): count for (what, text), count in said.items() if text})
