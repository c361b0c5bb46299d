"""The first sentences of a week: counts in words, never a verdict that nobody gave."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping

from quietmonday.support.logic.judged import PLANNED, Value, Verdict
from quietmonday.support.logic.statistics import wilson

K_OF_N_FROM = 8  # below: words and dots
PERCENT_FROM = 20  # below: "k of n"

Line = tuple[str, dict[str, int | str]]
"""(rule, params) for `sentences.render`."""


class Group(enum.StrEnum):
    """Every request of a week is in exactly one; the order is that of the lines."""

    GOOD = "good"  # quick and for good
    LATE = "late"  # for good, not quick
    WAITED = "waited"  # for good, partly quick
    UNTIMED = "untimed"  # for good; the times are not known, or not yet
    HELD = "held"  # by a workaround within its date
    PARTLY = "partly"  # the requester said partly
    FAILED = "failed"  # not solved, came back, or a workaround past its date
    CANNOT_TELL = "cannot_tell"
    WATCHING = "watching"  # solved less than three business days ago
    OVERDUE = "overdue"  # open, and a promise is broken
    OPEN = "open"
    PLANNED = "planned"  # came by its schedule: work, but nobody asked for help
    UNCOUNTED = "uncounted"  # cancelled, duplicate, spam


NOT_ASKED = (Group.PLANNED, Group.UNCOUNTED)
"""What is listed after the requests and never counted among them."""


def group_of(quick: Verdict, effective: Verdict) -> Group:
    """Return the one group of a request with these two verdicts."""
    if Value.NO_VERDICT in (quick.value, effective.value):
        return Group.PLANNED if effective.rule == PLANNED else Group.UNCOUNTED
    if effective.value is Value.YES:
        return _FOR_GOOD[quick.value]
    if effective.value is Value.PARTLY:
        return Group.HELD if effective.rule == "E3" else Group.PARTLY
    if effective.value is Value.NO:
        return Group.FAILED
    if effective.value is Value.NOT_KNOWN:
        return Group.CANNOT_TELL
    if effective.rule == "E4a":
        return Group.WATCHING
    return Group.OVERDUE if quick.value is Value.NO else Group.OPEN


_FOR_GOOD: Mapping[Value, Group] = {
    Value.YES: Group.GOOD,
    Value.NO: Group.LATE,
    Value.PARTLY: Group.WAITED,
    Value.NOT_KNOWN: Group.UNTIMED,
    Value.TOO_EARLY: Group.UNTIMED,
}


def count(verdicts: Iterable[tuple[Verdict, Verdict]]) -> dict[Group, int]:
    """Return how many requests, given as (quick, effective), are in each group; every group is named."""
    found = Counter(group_of(quick, effective) for quick, effective in verdicts)
    return {group: found[group] for group in Group}


def headline(counts: Mapping[Group, int], *, last_week: bool = True) -> list[Line]:
    """Return the lines of the headline in order; `last_week` False leaves out the words "last week".

    "All" is said only when every counted request is good, so never while one cannot be told. Shares: words
    under 8, "k of n" from 8, a percentage with its Wilson interval from 20 (whole percent).
    """
    total = sum(n for group, n in counts.items() if group not in NOT_ASKED)
    asked: dict[str, int | str] = {"n": total, "case": "last_week"} if last_week else {"n": total}
    lines: list[Line] = [("H.asked", asked if total else {"case": "none"})]
    lines += [
        (f"H.{group.value}", _params(group, counts[group], total))
        for group in Group
        if group not in NOT_ASKED and counts.get(group, 0)
    ]
    lines += [(f"H.{group.value}", {"n": n}) for group in NOT_ASKED if (n := counts.get(group, 0))]
    return lines


def _params(group: Group, n: int, total: int) -> dict[str, int | str]:
    if group is Group.GOOD and n == total > 1 and total < PERCENT_FROM:
        return {"n": n, "case": "all"}
    params: dict[str, int | str] = {"n": n}
    if total >= K_OF_N_FROM:
        params["of"] = total
    if group is Group.GOOD and total >= PERCENT_FROM:
        low, high = wilson(n, total)
        params |= {
            "case": "range",
            "share": round(100 * n / total),
            "low": round(100 * low),
            "high": round(100 * high),
        }
    return params
