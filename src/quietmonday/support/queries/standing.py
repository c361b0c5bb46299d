"""What stands in the queue, in numbers: one query for all views, and none while nothing has changed.

Colleagues share them: what is asked of the engine is grouped by whose hands a request is in, and added up for each.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Value

from quietmonday.journal.queries import entries_told
from quietmonday.kit.prepared import Shelf
from quietmonday.people.access import Viewer
from quietmonday.support.access import clients_waiting_for, tickets_supplied_by
from quietmonday.support.logic.attention import HOT_WITHIN
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.queries.arrangements import ListView
from quietmonday.support.queries.filters import Reading, eyes_of
from quietmonday.support.queries.queue import LIVE, live_where

FRESH = dt.timedelta(seconds=30)  # what presses changes with the time alone
KEPT = 64  # firms, or persons with views of their own, whose numbers are kept in one process

Groups = list[tuple[Any, ...]]
"""In whose hands, clients, hot, open, then what fits each view (None: a view of the past)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """Of everything the viewer works on; `fits`: view → how much is live and fits it, None for one of the past."""

    hot: int
    open: int
    clients: int
    fits: Mapping[str, int | None]


def told_now(viewer: Viewer, now: dt.datetime) -> int:
    """Return how many entries tell of the viewer's clients: another number means that something changed. One query."""
    engagements = frozenset(viewer.sees.engagements)
    rows = _told.get(engagements, lambda: entries_told(list(engagements))).run(now)
    return int(rows[0][0] or 0) if rows else 0


def counts_of(reading: Reading, views: Sequence[ListView], told: int) -> Counts:
    """Return the numbers of `views`. `told`: what the journal held when the page was read.

    For the eyes of the same firm, the same views and as long a journal they are those of the last seconds; one query
    otherwise.
    """
    groups = _groups(reading, views, told)
    own = reading.viewer.persons
    fits: dict[str, int | None] = {}
    for place, view in enumerate(views, _FIRST_VIEW):
        numbers = [group[place] for group in groups if not view.own or group[0] is None or group[0] in own]
        fits[view.key] = None if numbers and numbers[0] is None else sum(numbers)
    return Counts(
        hot=sum(group[2] for group in groups),
        open=sum(group[3] for group in groups),
        clients=groups[0][1] or 0 if groups else 0,
        fits=fits,
    )


def _groups(reading: Reading, views: Sequence[ListView], told: int) -> Groups:
    engagements, persons, zones = eyes_of(reading.viewer)
    asked = tuple((view.key, repr(view.counted)) for view in views)
    key = (engagements, asked, zones, persons if any(view.personal for view in views) else None)
    known = _kept.get(key, told, reading.now)
    if known is None:
        again = Reading(reading.viewer, reading.now, reading.place, prepares=True)
        known = _queries.get(key, lambda: _counting(again, views)).run(reading.now)
        _kept.put(key, told, reading.now, known)
    return known


def _counting(reading: Reading, views: Sequence[ListView]) -> QuerySet[Ticket, Any]:
    numbers: dict[str, Any] = {
        "clients": clients_waiting_for(reading.viewer),  # the same in each group
        "hot": Count("pk", filter=Q(attention_at__lte=reading.later(HOT_WITHIN))),
        "still_open": Count("pk", filter=Q(state=TicketState.OPEN)),
    }
    for number, view in enumerate(views):
        narrowed = view.narrowed_to_count(reading)
        past = Value(None, output_field=IntegerField())
        numbers[f"fits_{number}"] = past if narrowed.history else Count("pk", filter=live_where(narrowed))
    live = tickets_supplied_by(reading.viewer).filter(LIVE).order_by()
    return live.values("assignee_id").annotate(**numbers).values_list("assignee_id", *numbers)


_FIRST_VIEW = 4


class _Kept:
    """The last numbers of a few keys. A key holds all whose eyes they are for, so nobody reads another's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: OrderedDict[Hashable, tuple[int, dt.datetime, Groups]] = OrderedDict()

    def get(self, key: Hashable, told: int, now: dt.datetime) -> Groups | None:
        with self._lock:
            known = self._by_key.get(key)
        if known is None or known[0] != told or not dt.timedelta() <= now - known[1] < FRESH:
            return None
        return known[2]

    def put(self, key: Hashable, told: int, now: dt.datetime, groups: Groups) -> None:
        with self._lock:
            self._by_key[key] = (told, now, groups)
            self._by_key.move_to_end(key)
            if len(self._by_key) > KEPT:
                self._by_key.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._by_key.clear()


def forget_counts() -> None:
    """Forget the last numbers: other rows stand for the same people now, as between tests."""
    _kept.clear()


_kept = _Kept()
_queries = Shelf(KEPT)
_told = Shelf(KEPT)
