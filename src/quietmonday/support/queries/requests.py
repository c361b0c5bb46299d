"""The list of requests a viewer may see, newest first, paged by key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from quietmonday.people.access import Viewer
from quietmonday.support.access import tickets_visible_to
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.queries.searching import searched

ROWS = 25
_READ = (
    *("id", "subject", "state", "move", "opened_at", "business__name", "business__zone", "work_item__number"),
    *("requester__name", "verdict__inputs", "next_word_by", "respond_by", "workaround_until", "from_log"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One request of the list, with its verdicts as of now."""

    ticket: Ticket
    quick: Verdict | None
    effective: Verdict | None


@dataclasses.dataclass(frozen=True, slots=True)
class Requests:
    """One page; `after` is where the next one goes on, "" at the end."""

    rows: list[Asked]
    after: str


def requests_of(
    viewer: Viewer,
    now: dt.datetime,
    *,
    state: str = "",
    words: str = "",
    client: uuid.UUID | None = None,
    after: str = "",
) -> Requests:
    """Return a page of the requests. `state`: "", open or settled. One query."""
    tickets = listed(viewer, state=state, words=words, client=client)
    key = read_cursor(after, "mu")
    if key is not None:
        tickets = tickets.filter(Q(opened_at__lt=key[0]) | Q(opened_at=key[0], id__lt=key[1]))
    # The page is found by the index alone and joined then: SQLite would join the whole history before it sorts.
    found = Ticket.objects.filter(pk__in=tickets.order_by("-opened_at", "-id").values("pk")[: ROWS + 1])
    joined = found.select_related("business", "work_item", "requester", "verdict").only(*_READ)
    rows = list(joined.order_by("-opened_at", "-id"))
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    return Requests(
        rows=[_asked(ticket, now) for ticket in rows],
        after=cursor(rows[-1].opened_at, rows[-1].id) if more else "",
    )


def listed(viewer: Viewer, *, state: str, words: str, client: uuid.UUID | None) -> QuerySet[Ticket]:
    """Return the requests that the viewer may see and asked for, in no order."""
    tickets = tickets_visible_to(viewer)
    if client is not None:
        tickets = tickets.filter(business=client)
    if words:
        tickets = searched(viewer, tickets, words)
    if state:
        tickets = tickets.filter(state=TicketState.OPEN) if state == "open" else tickets.exclude(state=TicketState.OPEN)
    return tickets


def _asked(ticket: Ticket, now: dt.datetime) -> Asked:
    verdict = getattr(ticket, "verdict", None)
    if verdict is None:
        return Asked(ticket, None, None)
    facts = facts_from_json(verdict.inputs)
    return Asked(ticket, quick(facts, now), effective(facts, now))
