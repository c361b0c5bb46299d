"""The one journal entry of each verb on a ticket, and on a log that was handed in."""

import datetime as dt
from typing import Any

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.support.models import SheetImport, Ticket
from quietmonday.support.queries.tickets import engagement_ids


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
    """Append `ticket.<verb>` to the chain of each engagement of the ticket, or to the business's private one."""
    append(
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
