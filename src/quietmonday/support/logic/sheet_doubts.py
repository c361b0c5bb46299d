"""What somebody should know of a log before it comes in, though it comes in: nothing of it is decided silently."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from quietmonday.kit.sentences import gettext_noop as _


@dataclasses.dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to know. `rule` and `params` make the sentence."""

    rule: str
    params: Mapping[str, str]


DOUBTS: dict[str, str] = {
    "mixed": _(
        "“%(column)s” is written in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Each is read in the one way that it can be."
    ),
    "mixed.ask": _(
        "“%(column)s” is written in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these stay out until you say which comes first."
    ),
    "mixed.dmy": _(
        "“%(column)s” is written in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these are read with the day first."
    ),
    "mixed.mdy": _(
        "“%(column)s” is written in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these are read with the month first."
    ),
    "no_such_time": _("%(column)s holds no time of day that we can read: “%(value)s”. Only the day is taken."),
}
"""Rule → sentence."""


def doubt_in_words(doubt: Doubt, translate: Callable[[str], str] = str) -> str:
    """Return what there is to know. Raises KeyError for a rule without words: a fault of the code."""
    return translate(DOUBTS[doubt.rule]) % doubt.params
