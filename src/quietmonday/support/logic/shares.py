"""A share as honestly as its size allows: words under 8, "k of n" from 8, a percentage with its range from 20."""

from __future__ import annotations

import dataclasses
import enum

from quietmonday.support.logic.headline import K_OF_N_FROM, PERCENT_FROM
from quietmonday.support.logic.statistics import clearly_differ, wilson


class Told(enum.StrEnum):
    """How a share may be told."""

    NOTHING = "nothing"  # of none
    DOTS = "dots"
    K_OF_N = "k_of_n"
    PERCENT = "percent"


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`. Raises ValueError unless 0 <= k <= n."""

    k: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} of {self.n} is not a share")

    @property
    def told(self) -> Told:
        if not self.n:
            return Told.NOTHING
        if self.n < K_OF_N_FROM:
            return Told.DOTS
        return Told.K_OF_N if self.n < PERCENT_FROM else Told.PERCENT

    @property
    def percent(self) -> int:
        """Whole percent; 0 of nothing."""
        return round(100 * self.k / self.n) if self.n else 0

    @property
    def range(self) -> tuple[int, int]:
        """The 95 % Wilson interval in whole percent (guides of `statistics.wilson`)."""
        low, high = wilson(self.k, self.n)
        return round(100 * low), round(100 * high)


class Compared(enum.StrEnum):
    """What may be said of two shares."""

    MORE = "more"
    LESS = "less"
    NOT_CLEAR = "not_clear"
    TOO_FEW = "too_few"  # under 20 on a side nobody compares


def compare(first: Share, second: Share) -> Compared:
    """Return how `first` stands to `second`: a difference only where its 95 % Newcombe interval leaves out 0."""
    if min(first.n, second.n) < PERCENT_FROM:
        return Compared.TOO_FEW
    if not clearly_differ((first.k, first.n), (second.k, second.n)):
        return Compared.NOT_CLEAR
    return Compared.MORE if first.k * second.n > second.k * first.n else Compared.LESS


@dataclasses.dataclass(frozen=True, slots=True)
class Answers:
    """Of `asked` people `answered` said something, `solved` of them "solved".

    Raises ValueError unless solved <= answered <= asked.
    """

    asked: int
    answered: int
    solved: int

    def __post_init__(self) -> None:
        if not 0 <= self.solved <= self.answered <= self.asked:
            raise ValueError(f"answers that cannot be: {self}")

    @property
    def share(self) -> Share:
        """Of those who answered."""
        return Share(self.solved, self.answered)

    @property
    def bounds(self) -> tuple[int, int]:
        """Whole percent if all the silent ones had said "not solved", and if all had said "solved"."""
        if not self.asked:
            return 0, 100
        silent = self.asked - self.answered
        return round(100 * self.solved / self.asked), round(100 * (self.solved + silent) / self.asked)
