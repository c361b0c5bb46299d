"""What a supplier keeps for later on one request: replies that are to go out, and a snooze; and how far the journal had
come when this was read. Parts of the query that reads its events."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from quietmonday.journal.models import Entry
from quietmonday.people.access import Viewer
from quietmonday.support.access import scheduled_on, snoozes_on
from quietmonday.support.models import Ticket
from quietmonday.support.queries.events import Event, part

WAITING = frozenset({"reply_waits", "snoozed", "journal"})
"""What these rows are called among the events."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """A reply that is to go out at `at`. `because`: why it was held back, "" while it waits. `files`: how many."""

    ref: uuid.UUID
    at: dt.datetime
    by: str
    firm: str
    text: str
    because: str
    files: int


@dataclasses.dataclass(frozen=True, slots=True)
class Snoozed:
    """A snooze that is over at `at`; `open_ended`: until they answer, at the latest then."""

    at: dt.datetime
    by: str
    why: str
    open_ended: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """`replies`: the next one first. `entries`: how many entries of the journal told of the request."""

    replies: list[Reply]
    snooze: Snoozed | None
    entries: int


def waiting_parts(viewer: Viewer, ticket: Ticket) -> list[QuerySet[Any, Any]]:
    """Return what `waiting_in` reads, for whoever sees a supplier's side of the ticket; nothing for the client."""
    if not viewer.sees.suppliers:
        return []
    replies = scheduled_on(viewer, ticket).filter(sent_at=None, withdrawn_at=None).annotate(number=Count("files"))
    # The ticket knows when it is back: at the latest two hours before something is due.
    snoozes = snoozes_on(viewer, ticket).filter(ended_at=None).annotate(back=F("ticket__snoozed_until"))
    told = Entry.objects.filter(subject_id=OuterRef("pk")).order_by().values("subject_id")
    number = Subquery(told.annotate(number=Count("pk")).values("number"))
    tickets = Ticket.objects.filter(pk=ticket.pk).annotate(nobody=Value("", CharField()), number=number)
    colon = Value(":")
    how = Concat(
        F("held_because"), colon, Cast("number", TextField()), colon, F("supplier__name"), output_field=TextField()
    )
    return [
        part(replies, "reply_waits", at="send_at", by="author_name", note="text", detail=how, ref="id"),
        part(snoozes, "snoozed", at="back", by="by_name", note="why", detail=Cast("until_answer", TextField())),
        part(tickets, "journal", at="opened_at", by="nobody", detail="number"),
    ]


def waiting_in(rows: Iterable[Event]) -> Waiting:
    """Return what the rows of `waiting_parts` say."""
    replies, snooze, entries = [], None, 0
    for row in sorted(rows, key=lambda row: row.at):
        if row.what == "reply_waits" and row.ref:
            because, files, firm = row.detail.split(":", 2)
            replies.append(Reply(row.ref, row.at, row.by, firm, row.note, because, int(files)))
        elif row.what == "snoozed":
            snooze = Snoozed(row.at, row.by, row.note, row.detail in {"1", "true"})
        elif row.what == "journal":
            entries = int(row.detail)
    return Waiting(replies, snooze, entries)
