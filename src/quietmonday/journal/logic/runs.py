"""From runs of entries that moved alike to the simplest account of what was done to a chain."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from quietmonday.kit.sentences import Finding


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Entries `first` to `last` that all stand `shift` places from where they were; None: no place fits."""

    first: int
    last: int
    shift: int | None

    @property
    def was(self) -> tuple[int, int] | None:
        """First and last number that the run had when it was written."""
        return None if self.shift is None else (self.first + self.shift, self.last + self.shift)


def account_for(runs: Sequence[Run], *, changed: Sequence[int], count: int) -> list[Finding]:
    """Return findings for `runs` in the order they stand, `changed` entries, and the chain's own `count`.

    The numbers that entries had when written must be 1 … count, each once, in order. A number nobody has was
    removed; one that two claim shows an insertion; one out of order was moved. An entry that fits no number was
    changed if a number is free where it stands, else inserted.
    """
    found = [Finding("journal.changed", _span(seq, seq)) for seq in changed]
    taken: list[tuple[int, int]] = []
    inserted = removed = False
    top = 0  # the highest number met so far
    previous: Run | None = None
    moved: list[Run] = []
    for index, run in enumerate(runs):
        if run.was is None:
            free = max(0, min(_next_number(runs, index, count) - top - 1, run.last - run.first + 1))
            if free:
                found.append(Finding("journal.changed", _span(run.first, run.first + free - 1)))
                taken.append((top + 1, top + free))
                top += free
            if run.first + free <= run.last:
                found.append(Finding("journal.inserted", _span(run.first + free, run.last)))
                inserted = True
        else:
            first, last = run.was
            twice = _overlap(taken, first, last)
            if twice and previous:
                # Two claim a number: the stranger is the one before, which this one does not follow.
                found.append(Finding("journal.inserted", _span(previous.last - twice + 1, previous.last)))
                inserted = True
            elif first <= top:
                moved.append(run)
            taken.append((first, last))
            top = max(top, last)
        previous = run
    missing = _missing(taken, top)
    for first, last in missing:
        found.append(Finding("journal.removed", _span(first, last)))
        removed = True
    if not inserted and not removed:
        if top < count:
            found.append(Finding("journal.removed", _span(top + 1, count)))
        elif top > count:
            found.append(Finding("journal.inserted", _span(count + 1, top)))
    shifted = [run for run in runs if run.shift]
    if moved or (shifted and not found):  # the second: numbers were stretched, order and count kept
        found += [_reordered(run) for run in shifted or moved]
    return found


def _reordered(run: Run) -> Finding:
    return Finding("journal.reordered", {**_span(run.first, run.last), "was": run.first + (run.shift or 0)})


def _next_number(runs: Sequence[Run], index: int, count: int) -> int:
    """Return the number that the entry after this run had; past the end, one more than the chain should have."""
    for run in runs[index + 1 :]:
        if run.was is not None:
            return run.was[0]
    return max(count, runs[-1].last) + 1


def _overlap(taken: Sequence[tuple[int, int]], first: int, last: int) -> int:
    return sum(max(0, min(last, high) - max(first, low) + 1) for low, high in taken)


def _missing(taken: Sequence[tuple[int, int]], top: int) -> list[tuple[int, int]]:
    gaps, expected = [], 1
    for low, high in sorted(taken):
        if low > expected:
            gaps.append((expected, low - 1))
        expected = max(expected, high + 1)
    return gaps


def _span(first: int, last: int) -> dict[str, int]:
    return {"first": first, "last": last}
