"""What must stay ended when an old backup comes back: verbs of the journal, and how each is done again.

An area registers its verbs when Django starts. `people.actions.ended_list` keeps the list outside the database.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

Again = Callable[[uuid.UUID, dt.datetime, dt.datetime], str]
"""Given what the entry tells of, when it ended and the present moment: end it again, in the caller's transaction, and
say in words what was ended; "" where there is nothing to end. For the administrator at the shell, in English."""

_again: dict[str, Again] = {}


def register_ending(verb: str, again: Again) -> None:
    """Have `again` called after a restore for each entry of `verb` that the backup does not know."""
    _again[verb] = again


def ending_verbs() -> list[str]:
    """Return the verbs that end something."""
    return sorted(_again)


def end_again_by(verb: str) -> Again | None:
    """Return how that is ended again; None for a verb that this version does not know."""
    return _again.get(verb)
