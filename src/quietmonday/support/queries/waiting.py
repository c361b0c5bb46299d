"""What a supplier keeps for later on one request: replies that are to go out, and a snooze; and how far the journal had
come when this was read. One query."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    F,
    Field,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast

from quietmonday.journal.models import Entry
from quietmonday.people.access import Viewer
from quietmonday.support.access import scheduled_on, snoozes_on
from quietmonday.support.models import Ticket


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """`what`: reply, snooze, or journal (`count` entries tell of the request).

    `at`: when it goes out, or is back. `text`: what it says, or why. `because`: why a reply was held back at `held_at`.
    `count`: of a reply's files. `open_ended`: a snooze until they answer.
    """

    what: str
    ref: uuid.UUID
    at: dt.datetime
    by: str
    supplier: uuid.UUID
    firm: str
    text: str
    held_at: dt.datetime | None
    because: str
    count: int
    open_ended: bool


def waiting_on(viewer: Viewer, ticket: Ticket) -> list[Waiting]:
    """Return it, the next first, for whoever sees a supplier's side of the ticket; [] for the client, unasked."""
    if not viewer.sees.suppliers:
        return []
    replies = scheduled_on(viewer, ticket).filter(sent_at=None, withdrawn_at=None)
    snoozes = snoozes_on(viewer, ticket).filter(ended_at=None)
    waits = {"at": F("send_at"), "by": F("author_name"), "text": F("text"), "held_at": F("held_at")}
    # The ticket knows when it is back: at the latest two hours before something is due.
    sleeps = {"at": Value(ticket.snoozed_until), "by": F("by_name"), "text": F("why"), "held_at": Value(None)}
    found = _rows(
        replies, "reply", **waits, because=F("held_because"), count=Count("files"), open_ended=Value(value=False)
    ).union(
        _rows(snoozes, "snooze", **sleeps, because=Value(""), count=Value(0), open_ended=F("until_answer")),
        _how_far(ticket),
        all=True,
    )
    return sorted((Waiting(*row) for row in found), key=lambda row: row.at)


def _how_far(ticket: Ticket) -> QuerySet[Any, Any]:
    told = Entry.objects.filter(subject_id=OuterRef("pk")).order_by().values("subject_id")
    nothing = {name: Value("") for name in ("by", "text", "because", "firm")}
    nothing |= {name: Value(None) for name in ("held_at", "supplier")}
    number = Subquery(told.annotate(number=Count("pk")).values("number"))
    rows = Ticket.objects.filter(pk=ticket.pk)
    return _rows(rows, "journal", **nothing, at=F("opened_at"), count=number, open_ended=Value(value=False))


def _rows(rows: QuerySet[Any], what: str, **more: Any) -> QuerySet[Any, Any]:
    """Rows of one table in the columns of both: PostgreSQL wants each column of one type, so all are cast."""
    whose = {"supplier": F("supplier"), "firm": F("supplier__name")}
    parts = {"what": Value(what), "ref": F("id"), **whose, **more}
    columns = {f"w_{name}": Cast(parts[name], kind()) for name, kind in _COLUMNS.items()}
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return found


_COLUMNS: dict[str, type[Field[Any, Any]]] = {
    "what": CharField,
    "ref": UUIDField,
    "at": DateTimeField,
    "by": TextField,
    "supplier": UUIDField,
    "firm": TextField,
    "text": TextField,
    "held_at": DateTimeField,
    "because": TextField,
    "count": IntegerField,
    "open_ended": BooleanField,
}
"""In the order of `Waiting`."""
