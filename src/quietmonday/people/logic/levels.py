"""Service levels: what is promised for one priority, and what a new engagement starts with."""

from __future__ import annotations

import dataclasses

PRIORITIES = (1, 2, 3, 4)
LONGEST_MINUTES = 60 * 24 * 90


class LevelRefused(ValueError):
    """A promise that contradicts itself; `field` and `rule` say which."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field, self.rule = field, rule


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """Minutes of open hours (of the clock, if `around_the_clock`) until first word, working again, next word."""

    response_minutes: int
    restore_minutes: int
    update_minutes: int
    around_the_clock: bool = False

    def __post_init__(self) -> None:
        for field in ("response_minutes", "restore_minutes", "update_minutes"):
            if not 1 <= getattr(self, field) <= LONGEST_MINUTES:
                raise LevelRefused(field, "range")
        if self.restore_minutes < self.response_minutes:
            raise LevelRefused("restore_minutes", "before_response")


# The product's own default [J], labelled as not agreed until both sides say so.
DEFAULT_LEVELS: dict[int, Level] = {
    1: Level(response_minutes=30, restore_minutes=4 * 60, update_minutes=60),
    2: Level(response_minutes=60, restore_minutes=8 * 60, update_minutes=240),
    3: Level(response_minutes=240, restore_minutes=16 * 60, update_minutes=480),
    4: Level(response_minutes=480, restore_minutes=40 * 60, update_minutes=960),
}
