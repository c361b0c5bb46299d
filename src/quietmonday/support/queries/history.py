"""The journal of one request, as one viewer may read it: who did what when, newest first."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.people.access import Viewer
from quietmonday.support.access import entry_readable_by, known_of, refs_in
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.logic.happened import NEWS
from quietmonday.support.models import Ticket, TicketEngagement
from quietmonday.support.queries.ticket_page import shown_from_of

ROWS = 50
MOST_NEWS, MOST_READ = 20, 200


@dataclasses.dataclass(frozen=True, slots=True)
class Happened:
    """One event. `body`: what stands of it; None when all of it was erased. `message`: if it can be shown."""

    verb: str
    at: dt.datetime
    recorded_at: dt.datetime
    quality: str
    who: str
    body: Mapping[str, Any] | None
    message: uuid.UUID | None
    supplier: str  # that a new supplier was let work on it


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """One page of it; `after` is where the next one goes on, "" at the end."""

    rows: list[Happened]
    after: str


def history_of(viewer: Viewer, ticket: Ticket, after: str) -> History:
    """Return a page of the history of a visible ticket: a few queries, however long it is."""
    parties = _parties(ticket)
    key = read_cursor(after, "u")
    entries = _entries(viewer, ticket, parties)
    if key:
        entries = entries.filter(id__lt=key[0])
    # An event stands once in the chain of each engagement, side by side: so many more rows hold a page of events.
    found = list(entries.order_by("-id")[: (ROWS + 1) * max(1, len(parties))])
    events = list({entry.event_id: entry for entry in found}.values())
    # A page begins and ends with whole events: the last one of a full read may have been cut.
    more = len(events) > ROWS
    shown = events[:ROWS]
    last = min((entry.id for entry in found if entry.event_id in {e.event_id for e in shown}), default=None)
    return History(
        rows=_readable(viewer, ticket, shown, parties),
        after=cursor(last) if more and last else "",
    )


def news_since(viewer: Viewer, ticket: Ticket, seen: int, own: uuid.UUID) -> list[Happened]:
    """Return what others did to a visible ticket since somebody read it, oldest first; at most the last twenty.

    `seen`: how many entries told of it then. Counted, because a change is written a moment after its time was taken,
    and clocks of two machines differ.
    """
    new = Entry.objects.filter(subject_id=ticket.pk).count() - seen
    if new <= 0:
        return []
    parties = _parties(ticket)
    found = list(_entries(viewer, ticket, parties).order_by("-id")[: min(new, MOST_READ)])
    once = {entry.event_id: entry for entry in found if entry.verb in NEWS and entry.actor_id != own}
    return _readable(viewer, ticket, list(reversed(once.values()))[-MOST_NEWS:], parties) if once else []


def _entries(viewer: Viewer, ticket: Ticket, parties: Sequence[TicketEngagement]) -> QuerySet[Entry]:
    rows = Entry.objects.filter(subject_id=ticket.pk, subject_kind="ticket", business_id=ticket.business_id)
    shown_from = shown_from_of(viewer, ticket, [party for party in parties if party.ended_at is None])
    return (rows.filter(recorded_at__gte=shown_from) if shown_from else rows).select_related("payload")


def _parties(ticket: Ticket) -> list[TicketEngagement]:
    return list(TicketEngagement.objects.filter(ticket=ticket).select_related("engagement__supplier"))


def _readable(
    viewer: Viewer, ticket: Ticket, entries: Sequence[Entry], parties: Sequence[TicketEngagement]
) -> list[Happened]:
    bodies = {pk: body or {} for pk, body in standing_bodies(entries).items()}
    known = known_of(viewer, ticket, {ref for body in bodies.values() for ref in refs_in(body)})
    firms = {str(party.engagement_id): party.engagement.supplier.name for party in parties}
    rows = []
    for entry in entries:
        body = bodies.get(entry.pk, {})
        if not entry_readable_by(viewer, ticket, entry.verb, body, known):
            continue
        message = next(iter(refs_in({"message": body.get("message")}) & known), None)
        rows.append(
            Happened(
                verb=entry.verb,
                at=entry.occurred_at,
                recorded_at=entry.recorded_at,
                quality=entry.clock_quality,
                who=entry.payload.actor_name,
                body=body or None,
                message=message,
                supplier=firms.get(str(body.get("engagement", "")), ""),
            )
        )
    return rows
