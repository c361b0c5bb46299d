"""The goals, row by row, beside what was measured: at S, at L, and what more L takes.

The milliseconds are for a machine on which the bare pages take REFERENCE; elsewhere they are scaled by the bare pages
of the same run, by the one that scales least.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bench.pages import Pages
from bench.rows import Measured
from bench.tables import table

REFERENCE = {"bare: session, user": 1.5, "bare: session, user, 25 rows": 2.96}
"""Milliseconds of the bare pages where the goals were set: session and user 1.5, and a template of 25 rows 1.46."""


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """At most `small` ms at S and `large` at L, and L at most `growth` times S."""

    row: str
    small: float
    large: float
    growth: float


GOALS = (
    Goal("requests (owner)", 10, 10, 1.1),
    Goal("requests (technician)", 10, 10, 1.1),
    Goal("queue of one client", 10, 10, 1.1),
    Goal("request (owner)", 9, 9, 1.05),
    Goal("request (technician)", 9, 9, 1.05),
    Goal("search, rare word", 9, 10, 1.2),
    Goal("search, common word", 11, 13, 1.2),
    Goal("Monday (owner)", 10, 10, 1.1),
    Goal("queue (technician)", 10, 10, 1.1),
    Goal("weeks (owner)", 22, 24, 1.1),
    Goal("one week (owner)", 22, 24, 1.1),
)
MEMORY = {"S": 115.0, "L": 121.0}
OF_THE_SKELETON = 1.2
FIRST_LOAD, FIRST_REQUESTS, LATER = 90_000, 6, 8_000


def goals_table(sizes: Sequence[Pages]) -> str:
    """Return a line for each goal whose row was measured, and what memory and first load are beside theirs."""
    small, large = sizes[0], sizes[-1] if len(sizes) > 1 else None
    scales = {pages.size: scale(pages) for pages in sizes}
    lines = []
    for goal in GOALS:
        one, many = _row(small, goal.row), _row(large, goal.row)
        if one is None:
            continue
        growth = many.median / one.median if many else None
        met = one.median <= goal.small * scales["S"]
        if many and growth is not None:
            met = met and many.median <= goal.large * scales["L"] and growth <= goal.growth
        lines.append(
            (
                goal.row,
                f"{goal.small * scales['S']:.1f}",
                f"{one.median:.1f}",
                f"{goal.large * scales['L']:.1f}" if many else "",
                f"{many.median:.1f}" if many else "",
                f"{goal.growth:.2f}" if many else "",
                f"{growth:.2f}" if growth is not None else "",
                "met" if met else "missed",
            )
        )
    factors = ", ".join(f"{size} {factor:.2f}" for size, factor in scales.items())
    head = ("row", "goal S", "S", "goal L", "L", "goal", "L/S", "")
    return "\n".join([f"Goals, scaled by the bare pages ({factors})", table(head, lines), *map(_weights, sizes)])


def scale(pages: Pages) -> float:
    """Return how much slower this machine was in this run than where the goals were set; never less than 1."""
    found = [row.median / REFERENCE[row.name] for row in pages.rows if row.name in REFERENCE]
    return max(1.0, min(found))


def _row(pages: Pages | None, name: str) -> Measured | None:
    return next((row for row in pages.rows if row.name == name), None) if pages else None


def _weights(pages: Pages) -> str:
    load = pages.first_load
    return (
        f"{pages.size}: web memory {pages.memory:.0f} MiB (goal {MEMORY[pages.size]:.0f}; "
        f"{pages.memory / pages.skeleton:.2f} times the skeleton's {pages.skeleton:.0f}, goal {OF_THE_SKELETON}); "
        f"first load {load.wire / 1000:.0f} KB in {load.requests} requests (goal {FIRST_LOAD // 1000} in "
        f"{FIRST_REQUESTS}), later {load.page / 1000:.1f} KB (goal {LATER // 1000})"
    )
