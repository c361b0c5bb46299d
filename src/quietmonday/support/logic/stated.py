"""The rows of a statement, counted by calls: what was split off from a request counts with it, never beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from quietmonday.support.logic.headline import Group, group_of
from quietmonday.support.logic.verdict_json import verdict_from_json

_WORST_FIRST = (
    *(Group.FAILED, Group.OVERDUE, Group.OPEN, Group.CANNOT_TELL, Group.WATCHING, Group.PARTLY, Group.HELD),
    *(Group.LATE, Group.UNTIMED, Group.WAITED, Group.GOOD, Group.PLANNED, Group.UNCOUNTED),
)
"""A call is as well taken care of as the worst of what it was split into."""


def count_rows(rows: Iterable[Mapping[str, Any]]) -> dict[Group, int]:
    """Return how many calls, given as rows of one week, are in each group; every group is named.

    A row that bears `with` was split off from the request of that id: one call, if both are of this week.
    """
    calls: dict[str, list[Group]] = defaultdict(list)
    for row in rows:
        group = group_of(verdict_from_json(row["quick"]), verdict_from_json(row["effective"]))
        calls[row.get("with") or row["id"]].append(group)
    found = Counter(min(groups, key=_WORST_FIRST.index) for groups in calls.values())
    return {group: found[group] for group in Group}
