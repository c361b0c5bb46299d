"""Spells of time (from, to), half open: joined, cut out of each other, and measured by a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from quietmonday.people.logic.calendar import WorkingHours, open_seconds

Spell = tuple[dt.datetime, dt.datetime]


def joined(spells: Iterable[Spell]) -> list[Spell]:
    """Return the union of `spells`, in order, without overlaps and without empty ones."""
    union: list[Spell] = []
    for start, end in sorted(spells):
        if end <= start:
            continue
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def within(spells: Iterable[Spell], start: dt.datetime, end: dt.datetime) -> list[Spell]:
    """Return the parts of the union of `spells` that lie from `start` to `end`."""
    return joined((max(begin, start), min(stop, end)) for begin, stop in spells)


def without(spells: Iterable[Spell], holes: Iterable[Spell]) -> list[Spell]:
    """Return the parts of the union of `spells` that lie in none of `holes`."""
    left = joined(spells)
    for begin, stop in joined(holes):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, begin)), (max(start, stop), end))
            if part[1] > part[0]
        ]
    return left


def measured(hours: WorkingHours, spells: Iterable[Spell]) -> int:
    """Return the open seconds in the union of `spells`."""
    return sum(open_seconds(hours, start, end) for start, end in joined(spells))
