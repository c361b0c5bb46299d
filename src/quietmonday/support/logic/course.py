"""The course of a ticket: open, settled, open again. It follows from resolutions and reopenings."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.support.logic.facts import Resolution, State, TicketFacts
from quietmonday.support.logic.spells import Spell


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """`ended_at`: when it was first settled in the run that still stands; None while open or if not known.

    `standing`: the latest resolution of that run (a workaround may have become a permanent fix).
    `settled`: earlier times in which it was resolved, each up to its reopening.
    """

    is_open: bool
    ended_at: dt.datetime | None
    standing: Resolution | None
    settled: tuple[Spell, ...]


def course_of(known: TicketFacts) -> Course:
    """Return the course of a ticket; `known` is what `facts.as_of` returned: in order, without a future."""
    settled: list[Spell] = []
    run: list[Resolution] = []
    turns: list[tuple[dt.datetime, int, Resolution | None]] = [(r.at, 1, r) for r in known.resolutions]
    turns += [(reopening.at, 0, None) for reopening in known.reopenings]
    # At the same moment the reopening comes first: what is resolved last stands.
    for at, _order, resolution in sorted(turns, key=lambda turn: turn[:2]):
        if resolution is not None:
            run.append(resolution)
        elif run:
            settled.append((run[0].at, at))
            run = []
    if run:
        return Course(False, run[0].at, run[-1], tuple(settled))
    if not turns and known.state is State.RESOLVED:
        return Course(False, known.closed_at, None, ())
    return Course(True, None, None, tuple(settled))
