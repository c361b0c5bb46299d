"""What stands in the queue, in numbers: one query for all views, and none while nothing has changed for seconds."""

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
from quietmonday.support.access import tickets_supplied_by
from quietmonday.support.logic.attention import HOT_WITHIN
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.queries.arrangements import ListView
from quietmonday.support.queries.filters import Reading
from quietmonday.support.queries.queue import LIVE, eyes_of, live_where

FRESH = dt.timedelta(seconds=15)
KEPT = 256  # viewers whose numbers are kept in one process


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


_told = Shelf(KEPT)


def counts_of(reading: Reading, views: Sequence[ListView], told: int | None) -> Counts:
    """Return the numbers of `views`. `told`: what the journal held when the page was read; None: unknown.

    None of the last seconds while the journal holds as much as then, for the same eyes and the same views; one query
    otherwise. A view of the past has no number.
    """
    now = reading.now
    key = (eyes_of(reading.viewer), tuple((view.key, repr(view.filters)) for view in views))
    known = _kept.get(key, told, now) if told is not None else None
    if known is not None:
        return known
    again = Reading(reading.viewer, now, reading.place, prepares=True)
    numbers = _queries.get(key, lambda: _counting(again, views)).run(now)
    nothing: tuple[Any, ...] = (0, 0, 0, *[None] * len(views))
    hot, still_open, clients, *fits = numbers[0] if numbers else nothing
    counts = Counts(hot, still_open, clients, {view.key: n for view, n in zip(views, fits, strict=True)})
    if told is not None:
        _kept.put(key, told, now, counts)
    return counts


_queries = Shelf(KEPT)


def _counting(reading: Reading, views: Sequence[ListView]) -> QuerySet[Ticket, Any]:
    """One row: what presses, what is open, at how many clients, and what fits each view (none for one of the past)."""
    is_open = Q(state=TicketState.OPEN)
    numbers: dict[str, Any] = {
        "hot": Count("pk", filter=Q(attention_at__lte=reading.later(HOT_WITHIN))),
        "still_open": Count("pk", filter=is_open),
        "clients": Count("business", filter=is_open, distinct=True),
    }
    for number, view in enumerate(views):
        narrowed = view.narrowed(reading)
        past = Value(None, output_field=IntegerField())
        numbers[f"fits_{number}"] = past if narrowed.history else Count("pk", filter=live_where(narrowed))
    live = tickets_supplied_by(reading.viewer).filter(LIVE).order_by()
    counting = live.annotate(**numbers).values_list(*numbers)
    counting.query.group_by = None  # all of them are one group
    return counting


class _Kept:
    """The last numbers of a few viewers. Whoever sees other engagements has another key, so nobody reads another's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: OrderedDict[Hashable, tuple[int, dt.datetime, Counts]] = OrderedDict()

    def get(self, key: Hashable, told: int, now: dt.datetime) -> Counts | None:
        with self._lock:
            known = self._by_key.get(key)
        if known is None or known[0] != told or not dt.timedelta() <= now - known[1] < FRESH:
            return None
        return known[2]

    def put(self, key: Hashable, told: int, now: dt.datetime, counts: Counts) -> None:
        with self._lock:
            self._by_key[key] = (told, now, counts)
            self._by_key.move_to_end(key)
            if len(self._by_key) > KEPT:
                self._by_key.popitem(last=False)


_kept = _Kept()
