"""Small samples, honestly: intervals of a share, of a difference of two shares, and the run rule."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from statistics import median

Z95 = 1.959963984540054  # 97.5 % point of the normal distribution
RUN = 8  # so many in a row on one side of the median say that something changed


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of the share `successes / n`, both ends from 0 to 1.

    Without any case the share may be anything: (0, 1). Source: Wilson 1927, without continuity correction.
    Raises ValueError unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a share")
    if n == 0:
        return 0.0, 1.0
    share, square = successes / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    # The exact ends at 0 and n are 0 and 1; floating point would leave them a hair beside.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return low, high


def newcombe(first: tuple[int, int], second: tuple[int, int], z: float = Z95) -> tuple[float, float]:
    """Return the interval of the difference first − second of two shares, each given as (successes, n).

    Source: Newcombe 1998, method 10 (hybrid score, without correction).
    """
    (low1, high1), (low2, high2) = wilson(*first, z), wilson(*second, z)
    share1, share2 = _share(*first), _share(*second)
    difference = share1 - share2
    low = difference - math.hypot(share1 - low1, high2 - share2)
    high = difference + math.hypot(high1 - share1, share2 - low2)
    return max(-1.0, low), min(1.0, high)


def clearly_differ(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Return whether two shares differ clearly: the 95 % interval of their difference leaves out 0.

    Anything else is "no clear change".
    """
    if not first[1] or not second[1]:
        return False
    low, high = newcombe(first, second)
    return low > 0 or high < 0


@dataclasses.dataclass(frozen=True, slots=True)
class Shift:
    """A run on one side of the usual: indices of its first and last point, and whether it lies above."""

    first: int
    last: int
    above: bool


def shift(values: Sequence[float], usual: float | None = None) -> Shift | None:
    """Return the latest run of at least `RUN` points on one side of `usual` (None: the median), or None.

    Points on the line itself neither count nor break a run (the usual convention of run charts).
    """
    line = median(values) if usual is None and values else usual
    found: Shift | None = None
    run: list[int] = []
    side = 0
    for index, value in enumerate(values):
        here = 0 if line is None else (value > line) - (value < line)
        if here == 0:
            continue
        run = [*run, index] if here == side else [index]
        side = here
        if len(run) >= RUN:
            found = Shift(run[0], run[-1], side > 0)
    return found


def _share(successes: int, n: int) -> float:
    return successes / n if n else 0.5
