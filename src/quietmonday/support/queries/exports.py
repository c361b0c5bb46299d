"""Lists of requests, row by row, for downloads: the same rows as the page, all of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator

from django.db.models import OuterRef, QuerySet, Subquery

from quietmonday.kit.sheets.writing import Value
from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import zone_named
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.access import inbox_visible_to, read_by, sheet_imports_visible_to, tickets_visible_to
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.kept import reason_in_words
from quietmonday.support.logic.said import Speaker, said
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import Message, Resolution, Side, Ticket
from quietmonday.support.queries.queue import queue_listed
from quietmonday.support.queries.requests import requests_listed
from quietmonday.support.queries.wanted import Wanted

CHUNK = 500
REQUEST_HEADS = (
    *("Business", "Number", "Reported", "Who", "What", "Details", "Answer", "Answered on", "Priority", "Status"),
    *("Working again", "Quick?", "Why quick", "For good?", "Why for good", "Reference", "Zone"),
)
"""In English and never translated: our own import knows them in any language of the reader."""
LOG_HEADS = (
    *("Handed in", "By", "Log", "Business", "Supplier", "State", "New requests", "Brought up to date", "Here before"),
    *("Of this record", "Lines that did not come in", "Begun", "Ended", "Taken back", "Zone"),
)
INBOX_HEADS = ("Came", "Subject", "From", "For", "Why it is no request", "Zone")

Speakers = Callable[[str], Speaker]


def requests_exported(viewer: Viewer, wanted: Wanted, now: dt.datetime, speaker: Speakers) -> Iterator[list[Value]]:
    """Yield every request of the list of `queries.requests`, in its order."""
    return _rows(viewer, requests_listed(viewer, wanted), now, speaker)


def queue_exported(viewer: Viewer, wanted: Wanted, now: dt.datetime, speaker: Speakers) -> Iterator[list[Value]]:
    """Yield every request of a view of the queue, in its order."""
    return _rows(viewer, queue_listed(viewer, wanted), now, speaker)


def week_exported(
    viewer: Viewer, business: uuid.UUID, start: dt.datetime, end: dt.datetime, now: dt.datetime, speaker: Speakers
) -> Iterator[list[Value]]:
    """Yield every visible request of a business that was opened from `start` to `end`, oldest first."""
    tickets = tickets_visible_to(viewer).filter(business=business, opened_at__gte=start, opened_at__lt=end)
    return _rows(viewer, tickets.order_by("opened_at", "id"), now, speaker)


def _rows(viewer: Viewer, tickets: QuerySet[Ticket], now: dt.datetime, speaker: Speakers) -> Iterator[list[Value]]:
    own = Message.objects.filter(read_by(viewer), ticket=OuterRef("pk"), public=True).order_by("occurred_at", "id")
    words = own.filter(side=Side.SUPPLIER, automatic=False)
    read = tickets.select_related("business", "work_item", "requester", "verdict").annotate(
        asked=Subquery(own.filter(side=Side.CUSTOMER).values("text")[:1]),
        asker=Subquery(own.filter(side=Side.CUSTOMER).values("author_name")[:1]),
        answer=Subquery(words.values("text")[:1]),
        answered_at=Subquery(words.values("occurred_at")[:1]),
        answered_quality=Subquery(words.values("clock_quality")[:1]),
        ended_quality=Subquery(
            Resolution.objects.filter(ticket=OuterRef("pk")).order_by("-at", "-id").values("clock_quality")[:1]
        ),
    )
    for ticket in read.iterator(chunk_size=CHUNK):
        yield _row(ticket, now, speaker(ticket.business.zone))


def _row(ticket: Ticket, now: dt.datetime, speaker: Speaker) -> list[Value]:
    zone = ticket.business.zone
    facts = facts_from_json(ticket.verdict.inputs)
    fast, lasting = said(quick(facts, now), speaker), said(effective(facts, now), speaker)
    found = ticket.__dict__  # what the query added
    return [
        ticket.business.name,
        ticket.work_item.number,
        _local(ticket.opened_at, zone, timed=ticket.reported_at is not None),
        ticket.requester.name if ticket.requester else found["asker"] or "",
        ticket.subject,
        found["asked"] or "",
        found["answer"] or "",
        _local(found["answered_at"], zone, timed=found["answered_quality"] != "day")
        if found["answered_quality"] != "unknown"
        else None,
        ticket.priority,
        ticket.state,
        _local(ticket.resolved_at, zone, timed=found["ended_quality"] != "day"),
        fast.value.replace("_", " "),
        fast.sentence,
        lasting.value.replace("_", " "),
        lasting.sentence,
        str(ticket.id),
        zone,
    ]


def _local(at: dt.datetime | None, zone: str, *, timed: bool) -> dt.date | None:
    """As the wall clock of the business shows it; a day that has no time stays a day."""
    if at is None:
        return None
    local = at.astimezone(zone_named(zone)).replace(tzinfo=None)
    return local if timed else local.date()


def inbox_exported(viewer: Viewer, zone: str, translate: Callable[[str], str]) -> Iterator[list[Value]]:
    """Yield everything that was kept and that the viewer may see, newest first."""
    kept = inbox_visible_to(viewer).filter(state=InboxState.KEPT).select_related("business", "supplier")
    for item in kept.order_by("-received_at", "-id").iterator(chunk_size=CHUNK):
        yield [
            _local(item.received_at, zone, timed=True),
            item.subject or item.name,
            item.sender,
            _for(item),
            reason_in_words(item.rule, item.params, translate),
            zone,
        ]


def logs_exported(viewer: Viewer) -> Iterator[list[Value]]:
    """Yield every log that was handed in and that the viewer may see, newest first, with what came of it."""
    for row in sheet_imports_visible_to(viewer).iterator(chunk_size=CHUNK):
        zone = row.business.zone
        moments = (_local(at, zone, timed=True) for at in (row.begun_at, row.ended_at, row.undone_at))
        yield [
            _local(row.handed_in_at, zone, timed=True),
            row.by_name,
            row.name,
            row.business.name,
            row.engagement.supplier.name,
            row.state,
            *(row.made, row.updated, row.same, row.ours, row.rejected),
            *moments,
            zone,
        ]


def _for(item: InboxItem) -> str:
    place = item.business or item.supplier
    return place.name if place else ""
