"""What somebody should know of a log before it comes in, though it comes in: nothing of it is decided silently."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from quietmonday.kit.sentences import gettext_noop as _


@dataclasses.dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to know. `rule` and `params` make the sentence."""

    rule: str
    params: Mapping[str, str]


DOUBTS: dict[str, str] = {
    "mixed": _(
        "“%(column)s” is read in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Each is read in the one way that it can be."
    ),
    "mixed.ask": _(
        "“%(column)s” is read in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these stay out until you say which comes first."
    ),
    "mixed.dmy": _(
        "“%(column)s” is read in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these are read with the day first."
    ),
    "mixed.mdy": _(
        "“%(column)s” is read in two ways. Day first: %(day_first)s. Month first: %(month_first)s. "
        "Could be either: %(either)s; these are read with the month first."
    ),
    "twins.number": _(
        "Of the same day, person and words as requests that are here: %(n)s. Those came with a number. "
        "Say in which column of this log it stands; without it they come in twice."
    ),
    "twins.no_number": _(
        "Of the same day, person and words as requests that are here: %(n)s. Those came without a number. "
        "Choose “not in this file” for the number, and they are known again; with it they come in twice."
    ),
    "twins": _(
        "Of the same day, person and words as requests that are here: %(n)s. "
        "Nothing in this log ties them to those: taken in, they stand here twice."
    ),
    "no_such_time": _("%(column)s holds no time of day that we can read: “%(value)s”. Only the day is taken."),
}
"""Rule → sentence."""


def twins(calls: Iterable[tuple[str, bool]], here: Mapping[str, Collection[str]]) -> list[Doubt]:
    """Return what to say of new calls (how each looks, whether it has a number) that look like requests that are here.

    `here`: by what the same log knows such a request: "n" its number, "d" its day, person and words, "" nothing. Two
    calls with a number each are two calls.
    """
    counted: Counter[str] = Counter()
    for look, numbered in calls:
        known_by = set(here.get(look, ())) - ({"n"} if numbered else set())
        if known_by:
            tie, rule = ("d", "twins.no_number") if numbered else ("n", "twins.number")
            counted[rule if tie in known_by else "twins"] += 1
    return [Doubt(rule, {"n": str(counted[rule])}) for rule in DOUBTS if counted[rule]]


def doubt_in_words(doubt: Doubt, translate: Callable[[str], str] = str) -> str:
    """Return what there is to know. Raises KeyError for a rule without words: a fault of the code."""
    return translate(DOUBTS[doubt.rule]) % doubt.params
