"""What happened to a ticket besides talk: settled, opened again, answered, disputed, handed over. One query."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import CharField, DateField, F, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast

from quietmonday.support.logic.facts import TicketFacts
from quietmonday.support.models import (
    Assignment,
    Dispute,
    Feedback,
    PriorityChange,
    Reopening,
    Repeat,
    Resolution,
    SetAside,
    Ticket,
    TicketState,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """`what`: resolved, fixed_permanently, reopened, set_aside, feedback, disputed, assigned, prioritised, repeated, or
    repeats.

    `detail`: kind, answer, verdict, name or number; `ref`: the other ticket of a repeat; `date`: of a workaround.
    """

    what: str
    at: dt.datetime
    by: str
    note: str
    detail: str
    date: dt.date | None
    ref: uuid.UUID | None


def events_of(ticket: Ticket, facts: TicketFacts | None) -> list[Event]:
    """Return the events of a ticket, oldest first. `facts` say which tables have any: the others are not asked."""
    own = {"ticket": ticket}
    parts = [_part(Assignment, "assigned", own, at="at", by="by_name", detail="person__name")]
    parts += [
        _part(
            Repeat, "repeats", {"later": ticket}, at="linked_at", by="by_name",
            detail="earlier__work_item__number", ref="earlier_id",
        )
    ]  # fmt: skip
    if facts is None or facts.resolutions:
        names = {"note": "note", "detail": "kind", "date": "workaround_until"}
        parts.append(_part(Resolution, "resolved", own, at="at", by="by_name", **names))
        fixed = {**own, "fixed_at__isnull": False}
        parts.append(_part(Resolution, "fixed_permanently", fixed, at="fixed_at", by="fixed_by_name"))
    if facts is None or facts.reopenings:
        parts.append(_part(Reopening, "reopened", own, at="at", by="by_name", note="note"))
    if facts is None or facts.reopenings or ticket.state not in {TicketState.OPEN, TicketState.RESOLVED}:
        parts.append(_part(SetAside, "set_aside", own, at="at", by="by_name", note="note", detail="state"))
    if facts is None or facts.feedback:
        parts.append(_part(Feedback, "feedback", own, at="at", by="person__name", note="text", detail="answer"))
    if facts is None or facts.disputes:
        parts.append(_part(Dispute, "disputed", own, at="at", by="by_name", note="note", detail="about"))
    if facts is None or len(facts.priorities) > 1:
        parts.append(_part(PriorityChange, "prioritised", own, at="since", by="by_name", detail="priority"))
    if facts is None or facts.repeats:
        parts.append(
            _part(
                Repeat, "repeated", {"earlier": ticket}, at="linked_at", by="by_name",
                detail="later__work_item__number", ref="later_id",
            )
        )  # fmt: skip
    found = [Event(*row) for row in parts[0].union(*parts[1:], all=True)]
    return sorted(found, key=lambda event: event.at)


def _part(
    model: type[models.Model],
    what: str,
    where: dict[str, Any],
    *,
    at: str,
    by: str,
    note: str = "",
    detail: str = "",
    date: str = "",
    ref: str = "",
) -> QuerySet[Any, Any]:
    """Rows of one table in the columns of all: PostgreSQL wants each column of one type, so all are cast."""
    columns = {
        "e_what": Value(what, CharField()),
        "e_at": F(at),
        "e_by": Cast(F(by), TextField()),
        "e_note": Cast(F(note) if note else Value(""), TextField()),
        "e_detail": Cast(F(detail) if detail else Value(""), TextField()),
        "e_date": F(date) if date else Cast(Value(None), DateField()),
        "e_ref": F(ref) if ref else Cast(Value(None), UUIDField()),
    }
    rows = model._default_manager.filter(**where).order_by()
    found: QuerySet[Any, Any] = rows.annotate(**columns).values_list(*columns)
    return found
