"""Chance with a fixed seed: who, which words, how long."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from quietmonday.demo.logic.story import Somebody, Story

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Chance:
    """`words`: for each placeholder in a text what may stand there."""

    source: random.Random
    words: Mapping[str, Sequence[str]]

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of them."""
        return choices[self.source.randrange(len(choices))]

    def happens(self, share: float) -> bool:
        """Return yes in that share of all cases."""
        return self.source.random() < share

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return self.source.uniform(low, high)

    def about(self, number: float) -> int:
        """Return a whole number that is `number` on average: 2.3 is 2 or 3, and at times one off."""
        whole = int(number) + self.happens(number % 1)
        return max(0, whole + (self.happens(0.3) - self.happens(0.3) if whole else 0))

    def chosen_words(self) -> dict[str, str]:
        """Return one word for each placeholder."""
        return {name: self.one_of(choices) for name, choices in self.words.items()}

    def somebody(self, story: Story, place: str, team: str) -> Somebody:
        """Return somebody of a team of a firm; of the whole firm if it has no such team."""
        people = [each for each in story.at(place) if each.team]
        return self.one_of([each for each in people if each.team == team] or people)
