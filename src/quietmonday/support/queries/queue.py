"""The queue of a supplier's people: what is live at their clients, narrowed, in any order, paged by key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Subquery
from django.db.models.fields.json import KeyTextTransform

from quietmonday.journal.queries import entries_told
from quietmonday.kit.prepared import Shelf, prepare
from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.access import tickets_supplied_by
from quietmonday.support.logic.attention import Standing, Why, is_hot, why_here
from quietmonday.support.logic.facts_json import hours_from_text
from quietmonday.support.logic.row_clock import Left, RowClock, left_at
from quietmonday.support.models import Move, Ticket
from quietmonday.support.queries.filters import STANDS, Narrowed, Reading, eyes_of
from quietmonday.support.queries.orders import cursor_of, going_on, ordered
from quietmonday.support.queries.searching import searched
from quietmonday.support.queries.wanted import ROWS, Edge, Wanted, edge_of, left_open

# All that is live, in the words of the index `support_live`.
LIVE = STANDS | Q(workaround_until__isnull=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, as plain values: model instances would be a tenth of the page's time."""

    id: uuid.UUID
    subject: str
    number: int
    state: str
    move: str
    priority: int
    kind: str
    source: str
    opened_at: dt.datetime
    changed_at: dt.datetime
    attention_at: dt.datetime | None
    next_word_by: dt.datetime | None
    respond_by: dt.datetime | None
    restore_by: dt.datetime | None
    clock_left: int | None
    clock_as_of: dt.datetime | None
    clock_stands: bool
    clock_stands_until: dt.datetime | None
    clock_counts_nights: bool
    waits_unasked: bool
    workaround_until: dt.date | None
    snoozed_until: dt.datetime | None
    snoozed_for: uuid.UUID | None
    client: str
    zone: str
    requester: str | None
    assignee_id: uuid.UUID | None
    assignee: str | None
    hours: str | None  # the working hours among the facts of its verdict, as the database hands them out

    def why(self, now: dt.datetime, viewer: Viewer) -> Why:
        """Return why it is in the list; a snooze of another supplier is nothing to the viewer."""
        standing = Standing(
            state=self.state,
            move=self.move,
            next_word_by=self.next_word_by,
            respond_by=self.respond_by,
            restore_by=self.restore_by,
            workaround_until=self.workaround_until,
            paused_silently=self.waits_unasked,
            snoozed_until=self.snoozed_until if self.snoozed_for in viewer.sees.suppliers else None,
        )
        return why_here(standing, now, now.astimezone(zone_named(self.zone)).date())

    def left(self, now: dt.datetime) -> Left | None:
        """Return how our clock stands; None where nothing is promised, or it is settled."""
        if self.clock_left is None or self.clock_as_of is None or self.hours is None:
            return None
        standing = self.clock_stands, self.clock_stands_until
        kept = RowClock(self.clock_left, self.clock_as_of, *standing, self.clock_counts_nights)
        return left_at(kept, hours_from_text(self.hours), now)

    def hot(self, now: dt.datetime) -> bool:
        """Return whether somebody must look now."""
        return is_hot(self.attention_at, now)

    def mine(self, viewer: Viewer) -> bool:
        """Return whether the viewer has it in hand, and it is the supplier's move."""
        return self.move == Move.SUPPLIER and self.assignee_id in viewer.persons


_READ = (
    *("id", "subject", "work_item__number", "state", "move", "priority", "kind", "source", "opened_at", "changed_at"),
    *(
        "attention_at",
        "next_word_by",
        "respond_by",
        "restore_by",
        "clock_left",
        "clock_as_of",
        "clock_stands",
        "clock_stands_until",
    ),
    *("clock_counts_nights", "waits_unasked"),
    *(
        "workaround_until",
        "snoozed_until",
        "snoozed_for_id",
        "business__name",
        "business__zone",
        "requester__name",
        "assignee_id",
        "assignee__name",
    ),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Queue:
    """One page. `after`: where the next one goes on, "" at the end; `told`: see `entries_told`, None without a row.

    `cut`: there is more to look through, though the page is not full."""

    rows: list[Row]
    after: str
    told: int | None
    cut: bool = False


def queue_of(reading: Reading, wanted: Wanted) -> Queue:
    """Return the page of the queue: one query, and one more where little of the past may fit."""
    edge = edge_of(wanted)
    if wanted.words or wanted.after or edge is not None:
        query = prepare(_page(reading.viewer, wanted, edge))
    else:
        query = _first_pages.get(
            (eyes_of(reading.viewer), wanted.key), lambda: _page(reading.viewer, left_open(reading, wanted), None)
        )
    rows = query.run(reading.now)
    told_now = rows[0][-1] if rows else None
    lines = [Row(*row[:-1]) for row in rows]
    if len(lines) > ROWS:
        return Queue(lines[:ROWS], cursor_of(lines[ROWS - 1], wanted.order), told_now)
    return Queue(lines, edge.cursor if edge else "", told_now, cut=edge is not None)


_first_pages = Shelf(128)


def _page(viewer: Viewer, wanted: Wanted, edge: Edge | None) -> QuerySet[Ticket, Any]:
    fitting = _fitting(viewer, wanted)
    if edge is not None:
        fitting = fitting.filter(edge.bounds)
    page = ordered(going_on(fitting, wanted.order, wanted.after), wanted.order)
    # The page is found by an index alone and joined then: SQLite would join all that fits before it sorts.
    found = ordered(Ticket.objects.filter(pk__in=page.values("pk")[: ROWS + 1]), wanted.order)
    told = Subquery(entries_told(list(viewer.sees.engagements)))
    return found.annotate(told=told).values_list(*_READ, KeyTextTransform("hours", "verdict__inputs"), "told")


def queue_listed(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    """Return everything that fits, in its order, for a download."""
    return ordered(_fitting(viewer, wanted), wanted.order)


def live_where(narrowed: Narrowed) -> Q:
    """Return the condition of what is live and fits: what is settled and held only where that is asked for."""
    return (LIVE if narrowed.held else STANDS) & narrowed.where


def _fitting(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    ours = tickets_supplied_by(viewer)
    if wanted.words:
        return searched(viewer, ours.filter(wanted.narrowed.where), wanted.words)
    if wanted.history:
        return ours.filter(wanted.narrowed.where)
    return ours.filter(LIVE).filter(live_where(wanted.narrowed))
