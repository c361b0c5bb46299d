"""What happened to a ticket besides talk: settled, opened again, answered, disputed, handed over. One query."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import CharField, DateField, F, QuerySet, TextField, UUIDField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from quietmonday.support.logic.facts import TicketFacts
from quietmonday.support.models import (
    AlsoAffected,
    Assignment,
    Dispute,
    Feedback,
    KnownFault,
    PriorityChange,
    Reopening,
    Repeat,
    Resolution,
    SetAside,
    Ticket,
    TicketState,
)
from quietmonday.work.models import TimeEntry


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """`what`: resolved, fixed_permanently, reopened, set_aside, feedback, disputed, assigned, prioritised, repeated,
    repeats, shown, hidden, affected, or time.

    `detail`: kind, answer, verdict, name, number or minutes; "open" of a fault that is still shown to everybody.
    `ref`: the other ticket of a repeat, or the time entry; `date`: of a workaround.
    """

    what: str
    at: dt.datetime
    by: str
    note: str
    detail: str
    date: dt.date | None
    ref: uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class Time:
    """Which time entries a reader may read, and whether with their notes."""

    rows: QuerySet[TimeEntry]
    notes: bool


def tables_with_any(ticket: Ticket, facts: TicketFacts | None) -> frozenset[str]:
    """Return which tables have, or may have, an event of the ticket: the others need not be asked. Without `facts` all
    that they would speak of."""
    may = {
        "resolutions": facts is None or bool(facts.resolutions),
        "reopenings": facts is None or bool(facts.reopenings),
        "set_aside": facts is None
        or bool(facts.reopenings)
        or ticket.state not in {TicketState.OPEN, TicketState.RESOLVED},
        "feedback": facts is None or bool(facts.feedback),
        "disputes": facts is None or bool(facts.disputes),
        "priorities": facts is None or len(facts.priorities) > 1,
        "repeats": facts is None or bool(facts.repeats),
        "faults": ticket.was_shown,
        "time": ticket.has_time,
    }
    return frozenset(name for name, has in may.items() if has)


def event_parts(ticket: Ticket, tables: frozenset[str], time: Time | None = None) -> list[QuerySet[Any, Any]]:
    """Return the events of a ticket as parts of one query, of these `tables` (`tables_with_any`). Of the ticket itself
    nothing is in them but its ids: they are made once for many."""
    own = {"ticket": ticket}
    parts = [_part(Assignment, "assigned", own, at="at", by="by_name", detail="person__name")]
    parts += [
        _part(
            Repeat, "repeats", {"later": ticket}, at="linked_at", by="by_name",
            detail="earlier__work_item__number", ref="earlier_id",
        )
    ]  # fmt: skip
    if "resolutions" in tables:
        names = {"note": "note", "detail": "kind", "date": "workaround_until"}
        parts.append(_part(Resolution, "resolved", own, at="at", by="by_name", **names))
        fixed = {**own, "fixed_at__isnull": False}
        parts.append(_part(Resolution, "fixed_permanently", fixed, at="fixed_at", by="fixed_by_name"))
    if "reopenings" in tables:
        parts.append(_part(Reopening, "reopened", own, at="at", by="by_name", note="note"))
    if "set_aside" in tables:
        parts.append(_part(SetAside, "set_aside", own, at="at", by="by_name", note="note", detail="state"))
    if "feedback" in tables:
        parts.append(_part(Feedback, "feedback", own, at="at", by="person__name", note="text", detail="answer"))
    if "disputes" in tables:
        parts.append(_part(Dispute, "disputed", own, at="at", by="by_name", note="note", detail="about"))
    if "priorities" in tables:
        parts.append(
            _part(PriorityChange, "prioritised", own, at="since", by="by_name", note="note", detail="priority")
        )
    if "repeats" in tables:
        parts.append(
            _part(
                Repeat, "repeated", {"earlier": ticket}, at="linked_at", by="by_name",
                detail="later__work_item__number", ref="later_id",
            )
        )  # fmt: skip
    if "faults" in tables:
        shown = {"at": "since", "by": "by_name", "note": "title"}
        parts.append(_part(KnownFault, "shown", {**own, "ended_at__isnull": False}, **shown))
        parts.append(_part(KnownFault, "shown", {**own, "ended_at": None}, **shown, detail=Value("open")))
        parts.append(_part(KnownFault, "hidden", {**own, "ended_at__isnull": False}, at="ended_at", by="ended_by"))
        parts.append(_part(AlsoAffected, "affected", own, at="at", by="person__name"))
    if "time" in tables and time is not None:
        own_time = {"work_item": ticket.work_item_id}
        note = "note" if time.notes else ""
        parts.append(
            part(time.rows.filter(**own_time), "time", at="at", by="by_name", note=note, detail="minutes", ref="id")
        )
    return parts


def together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Return all parts as one query."""
    return parts[0].union(*parts[1:], all=True)


def events_of(rows: Iterable[Sequence[Any]]) -> list[Event]:
    """Return the rows of `together`, oldest first."""
    return sorted((Event(*row) for row in rows), key=lambda event: event.at)


def _part(model: type[models.Model], what: str, where: dict[str, Any], **columns: Any) -> QuerySet[Any, Any]:
    return part(model._default_manager.filter(**where), what, **columns)


def part(
    rows: QuerySet[Any],
    what: str,
    *,
    at: str,
    by: str,
    note: str = "",
    detail: str | Combinable = "",
    date: str = "",
    ref: str = "",
) -> QuerySet[Any, Any]:
    """Rows of one table in the columns of all: PostgreSQL wants each column of one type, so all are cast."""
    columns = {
        "e_what": Value(what, CharField()),
        "e_at": F(at),
        "e_by": Cast(F(by), TextField()),
        "e_note": Cast(F(note) if note else Value(""), TextField()),
        "e_detail": Cast(detail if isinstance(detail, Combinable) else F(detail) if detail else Value(""), TextField()),
        "e_date": F(date) if date else Cast(Value(None), DateField()),
        "e_ref": F(ref) if ref else Cast(Value(None), UUIDField()),
    }
    found: QuerySet[Any, Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return found
