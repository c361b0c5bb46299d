"""When a snoozed request comes back. A snooze stops no clock, and hides nothing that is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from quietmonday.support.logic.attention import HOT_WITHIN

UNTIL_ANSWER = dt.timedelta(days=14)
"""How long "until they answer" holds without an answer: our own judgement, so that nothing is forgotten."""


def comes_back(until: dt.datetime, due: Iterable[dt.datetime | None]) -> dt.datetime:
    """Return when a request that is snoozed until `until` is in "My move" again.

    At its time, or when the first of what is `due` needs somebody now: two hours before. So a snooze never hides a
    promise that is broken or about to be.
    """
    return min([until, *(at - HOT_WITHIN for at in due if at is not None)])
