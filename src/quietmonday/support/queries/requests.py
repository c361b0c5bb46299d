"""The list of requests a viewer may see, narrowed, newest first or oldest first, paged by key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import QuerySet

from quietmonday.kit.prepared import Shelf, prepare
from quietmonday.people.access import Viewer
from quietmonday.support.access import tickets_visible_to
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import Ticket
from quietmonday.support.queries.filters import Reading
from quietmonday.support.queries.orders import cursor_of, going_on, ordered
from quietmonday.support.queries.searching import searched
from quietmonday.support.queries.wanted import ROWS, Edge, Wanted, edge_of, left_open


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One request of the list, out of one row of the database."""

    id: uuid.UUID
    number: int
    subject: str
    state: str
    move: str
    opened_at: dt.datetime
    changed_at: dt.datetime
    resolved_at: dt.datetime | None
    next_word_by: dt.datetime | None
    respond_by: dt.datetime | None
    workaround_until: dt.date | None
    client: str
    zone: str
    requester: str | None
    inputs: dict[str, Any] | None  # the facts of its verdict as stored

    def verdicts(self, now: dt.datetime) -> tuple[Verdict, Verdict] | None:
        """Return whether it was quick and effective as of `now`; None where nobody judges."""
        if self.inputs is None:
            return None
        facts = facts_from_json(self.inputs)
        return quick(facts, now), effective(facts, now)


_READ = (
    *("id", "work_item__number", "subject", "state", "move", "opened_at", "changed_at", "resolved_at"),
    *("next_word_by", "respond_by", "workaround_until", "business__name", "business__zone", "requester__name"),
    "verdict__inputs",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Requests:
    """One page; `after` is where the next one goes on, "" at the end; `cut`: there is more to look through."""

    rows: list[Line]
    after: str
    cut: bool = False


def requests_of(reading: Reading, wanted: Wanted) -> Requests:
    """Return a page of the requests: one query, and one more where little of the past may fit."""
    edge = edge_of(wanted)
    if wanted.words or wanted.after or edge is not None:
        query = prepare(_page(reading.viewer, wanted, edge))
    else:
        key = reading.viewer.eyes, reading.zone, wanted.key  # days of a filter begin in the zone
        query = _first_pages.get(key, lambda: _page(reading.viewer, left_open(reading, wanted), None))
    rows = [Line(*row) for row in query.run(reading.now)]
    if len(rows) > ROWS:
        return Requests(rows[:ROWS], cursor_of(rows[ROWS - 1], wanted.order))
    return Requests(rows, edge.cursor if edge else "", cut=edge is not None)


_first_pages = Shelf(128)


def _page(viewer: Viewer, wanted: Wanted, edge: Edge | None) -> QuerySet[Ticket, Any]:
    fitting = _fitting(viewer, wanted)
    if edge is not None:
        fitting = fitting.filter(edge.bounds)
    page = ordered(going_on(fitting, wanted.order, wanted.after), wanted.order)
    # The page is found by the index alone and joined then: SQLite would join the whole history before it sorts.
    found = Ticket.objects.filter(pk__in=page.values("pk")[: ROWS + 1])
    return ordered(found, wanted.order).values_list(*_READ)


def requests_listed(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    """Return every request that the viewer may see and asked for, in its order, for a download."""
    return ordered(_fitting(viewer, wanted), wanted.order)


def _fitting(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    tickets = tickets_visible_to(viewer).filter(wanted.narrowed.where)
    return searched(viewer, tickets, wanted.words) if wanted.words else tickets
