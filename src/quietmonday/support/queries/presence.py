"""Which colleagues have a request open at this moment."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from quietmonday.support.logic.presence import LASTS
from quietmonday.support.models import Presence

MOST = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Here:
    """A colleague."""

    name: str
    writing: bool


def colleagues_here(*, ticket: uuid.UUID, supplier: uuid.UUID, but: uuid.UUID, now: dt.datetime) -> list[Here]:
    """Return who of the same supplier looks at the request, those who write first; at most five. One query."""
    rows = Presence.objects.filter(ticket_id=ticket, supplier_id=supplier, seen_at__gt=now - LASTS, seen_at__lte=now)
    found = [Here(row.name, row.wrote_at is not None) for row in rows.exclude(person_id=but).order_by("name")[:MOST]]
    return sorted(found, key=lambda here: not here.writing)
