"""The list of requests a viewer may see, narrowed, newest first or oldest first, paged by key."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import QuerySet

from quietmonday.people.access import Viewer
from quietmonday.support.access import tickets_visible_to
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import Ticket
from quietmonday.support.queries.orders import cursor_of, going_on, ordered
from quietmonday.support.queries.searching import searched
from quietmonday.support.queries.wanted import ROWS, Wanted, edge_of

_READ = (
    *("id", "subject", "state", "move", "opened_at", "business__name", "business__zone", "work_item__number"),
    *("requester__name", "verdict__inputs", "next_word_by", "respond_by", "workaround_until", "resolved_at"),
    "from_log",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One request of the list, with its verdicts as of now."""

    ticket: Ticket
    quick: Verdict | None
    effective: Verdict | None


@dataclasses.dataclass(frozen=True, slots=True)
class Requests:
    """One page; `after` is where the next one goes on, "" at the end; `cut`: there is more to look through."""

    rows: list[Asked]
    after: str
    cut: bool = False


def requests_of(viewer: Viewer, wanted: Wanted, now: dt.datetime) -> Requests:
    """Return a page of the requests: one query, and one more where little of the past may fit."""
    tickets = _fitting(viewer, wanted)
    edge = edge_of(wanted)
    if edge is not None:
        tickets = tickets.filter(edge.bounds)
    page = ordered(going_on(tickets, wanted.order, wanted.after), wanted.order)
    # The page is found by the index alone and joined then: SQLite would join the whole history before it sorts.
    found = Ticket.objects.filter(pk__in=page.values("pk")[: ROWS + 1])
    joined = found.select_related("business", "work_item", "requester", "verdict").only(*_READ)
    rows = list(ordered(joined, wanted.order))
    shown = [_asked(ticket, now) for ticket in rows[:ROWS]]
    if len(rows) > ROWS:
        return Requests(shown, cursor_of(rows[ROWS - 1], wanted.order))
    return Requests(shown, edge.cursor if edge else "", cut=edge is not None)


def requests_listed(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    """Return every request that the viewer may see and asked for, in its order, for a download."""
    return ordered(_fitting(viewer, wanted), wanted.order)


def _fitting(viewer: Viewer, wanted: Wanted) -> QuerySet[Ticket]:
    tickets = tickets_visible_to(viewer).filter(wanted.narrowed.where)
    return searched(viewer, tickets, wanted.words) if wanted.words else tickets


def _asked(ticket: Ticket, now: dt.datetime) -> Asked:
    verdict = getattr(ticket, "verdict", None)
    if verdict is None:
        return Asked(ticket, None, None)
    facts = facts_from_json(verdict.inputs)
    return Asked(ticket, quick(facts, now), effective(facts, now))
