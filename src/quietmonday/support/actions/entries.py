"""The one journal entry of each verb on a ticket."""

import datetime as dt
from typing import Any

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.support.models import Ticket
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
