"""One step of the story, and the course of one request as a row of steps."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from quietmonday.demo.logic.moments import Time
from quietmonday.demo.logic.story import Somebody


@dataclasses.dataclass(frozen=True, slots=True)
class Begun:
    """A request as it is asked."""

    key: str
    business: str
    of: tuple[str, ...]
    by: str
    way: str
    can: str
    priority: int
    subject: str
    text: str
    files: tuple[str, ...] = ()
    template: str = ""  # title of the one that was filled in
    answers: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """Something that happens: when, what (a name in `actions.happening`), to which request, by whom, in which words."""

    at: dt.datetime
    do: str
    key: str = ""
    by: str = ""
    text: str = ""
    begun: Begun | None = None
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Course:
    """Yields the steps of one request; each comes a while after the one before. `helper`: who helps."""

    begun: Begun
    time: Time
    at: dt.datetime
    helper: Somebody

    def opens(self) -> Step:
        """Somebody asks for help."""
        return Step(
            at=self.at,
            do="ask",
            key=self.begun.key,
            by=self.begun.by,
            begun=self.begun,
            more={"helper": self.helper.key},
        )

    def moves(self, *, do: str, after: str = "0 min", by: str = "", text: str = "", **more: Any) -> Step:
        """Return what happens `after` open time: by whoever asked or helps, unless somebody else is named."""
        self.at = self.time.after(self.at, after)
        whose = self.begun.by if do in THEIRS else self.helper.key
        if "due" in more:
            more["due"] = self.time.after(self.at, more["due"])
        return Step(at=self.at, do=do, key=self.begun.key, by=by or whose, text=text, more=more)


THEIRS = frozenset({"hear", "answer", "reopen", "on_behalf", "me_too"})
"""What whoever asked for help does."""
