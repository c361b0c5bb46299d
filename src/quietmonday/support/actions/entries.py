"""The one journal entry of each verb on a ticket, and on a log that was handed in."""

import contextlib
import contextvars
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from quietmonday.journal.actions import Event, append_many, append_told
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.support.models import SheetImport, Ticket
from quietmonday.support.queries.tickets import engagement_ids

_held: contextvars.ContextVar[list[Event] | None] = contextvars.ContextVar("held_entries", default=None)


@contextlib.contextmanager
def told_together() -> Iterator[None]:
    """Let several verbs of one transaction tell the journal at its end, in one go: the chains' heads come last."""
    events: list[Event] = []
    token = _held.set(events)
    try:
        yield
    finally:
        _held.reset(token)
    append_told(events)


def write_entry(
    *,
    ticket: Ticket,
    verb: str,
    actor: Actor,
    payload: dict[str, Any],
    occurred_at: dt.datetime,
    now: dt.datetime,
    quality: str = ClockQuality.EXACT,
) -> None:
    """Append `ticket.<verb>` to the chain of each engagement of the ticket, or to the business's private one.

    The ticket is marked as changed: whoever follows it asks for what changed since.
    """
    if ticket.changed_at != now:
        ticket.changed_at = now
        Ticket.objects.filter(pk=ticket.pk).update(changed_at=now)
    event = Event(
        verb=f"ticket.{verb}",
        actor=actor,
        business_id=ticket.business_id,
        engagement_ids=engagement_ids(ticket),
        subject=("ticket", ticket.id),
        payload={"number": ticket.work_item.number, **payload},
        occurred_at=occurred_at,
        recorded_at=now,
        clock_quality=ClockQuality(quality),
    )
    tell([event])


def tell(events: Sequence[Event]) -> None:
    """Append events now, or with what `told_together` holds back."""
    held = _held.get()
    if held is None:
        append_told(events)
    else:
        held.extend(events)


def import_event(*, row: SheetImport, verb: str, actor: Actor, payload: dict[str, Any], now: dt.datetime) -> Event:
    """Return `sheet.<verb>` as it stands in the chain of the import's engagement."""
    return Event(
        verb=f"sheet.{verb}",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=[row.engagement_id],
        subject=("sheet_import", row.id),
        payload=payload,
        occurred_at=now,
        recorded_at=now,
    )


def write_import_entry(*, row: SheetImport, verb: str, actor: Actor, payload: dict[str, Any], now: dt.datetime) -> None:
    """Append `sheet.<verb>`."""
    append_many([import_event(row=row, verb=verb, actor=actor, payload=payload, now=now)])
