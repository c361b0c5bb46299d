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
from quietmonday.support.access import entry_readable_by, messages_visible_to
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.logic.happened import NEWS
from quietmonday.support.models import Ticket, TicketEngagement

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
    """Return a page of the history of a visible ticket: five queries at most, however long it is."""
    parties = _parties(ticket)
    key = read_cursor(after, "u")
    entries = _entries(ticket)
    if key:
        entries = entries.filter(id__lt=key[0])
    # An event stands once in the chain of each engagement, side by side: so many more rows hold a page of events.
    each = max(1, len(parties))
    found = list(entries.order_by("-id")[: (ROWS + 1) * each])
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
    new = _entries(ticket).count() - seen
    if new <= 0:
        return []
    found = list(_entries(ticket).order_by("-id")[: min(new, MOST_READ)])
    once = {entry.event_id: entry for entry in found if entry.verb in NEWS and entry.actor_id != own}
    return _readable(viewer, ticket, list(reversed(once.values()))[-MOST_NEWS:], _parties(ticket)) if once else []


def _entries(ticket: Ticket) -> QuerySet[Entry]:
    rows = Entry.objects.filter(subject_id=ticket.pk, subject_kind="ticket", business_id=ticket.business_id)
    return rows.select_related("payload")


def _parties(ticket: Ticket) -> dict[str, str]:
    rows = TicketEngagement.objects.filter(ticket=ticket).values_list("engagement", "engagement__supplier__name")
    return {str(ref): name for ref, name in rows}


def _readable(viewer: Viewer, ticket: Ticket, entries: Sequence[Entry], parties: Mapping[str, str]) -> list[Happened]:
    bodies = standing_bodies(entries)
    named = {entry.pk: _uuid((bodies.get(entry.pk) or {}).get("message")) for entry in entries}
    visible = messages_visible_to(viewer, ticket).filter(pk__in=[ref for ref in named.values() if ref])
    seen = set(visible.values_list("pk", flat=True))
    rows = []
    for entry in entries:
        body, message = bodies.get(entry.pk), named[entry.pk]
        whose = _uuid((body or {}).get("supplier"))
        if not entry_readable_by(viewer, entry.verb, whose, sees_message=message in seen):
            continue
        rows.append(
            Happened(
                verb=entry.verb,
                at=entry.occurred_at,
                recorded_at=entry.recorded_at,
                quality=entry.clock_quality,
                who=entry.payload.actor_name,
                body=body,
                message=message if message in seen else None,
                supplier=parties.get(str((body or {}).get("engagement", "")), ""),
            )
        )
    return rows


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text)) if text else None
    except ValueError:
        return None
