"""Who has a request open at this moment. No verb of anybody, no part of the record: it is over in a minute."""

import datetime as dt
import uuid

from quietmonday.kit.text import clean_line
from quietmonday.support.logic.presence import LASTS
from quietmonday.support.models import Presence


def seen_here(
    *, ticket: uuid.UUID, supplier: uuid.UUID, person: uuid.UUID, name: str, writing: bool, now: dt.datetime
) -> None:
    """Note that somebody has the request open, and whether they are writing: one query."""
    row = Presence(
        ticket_id=ticket,
        supplier_id=supplier,
        person_id=person,
        name=clean_line(name, 200),
        seen_at=now,
        wrote_at=now if writing else None,
    )
    Presence.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["ticket_id", "person_id"],
        update_fields=["supplier_id", "name", "seen_at", "wrote_at"],
    )


def forget_presence(*, now: dt.datetime) -> int:
    """Forget who was there; return how many."""
    return Presence.objects.filter(seen_at__lt=now - LASTS).delete()[0]
