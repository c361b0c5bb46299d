"""Chains to damage: events of one business and two of its engagements."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection, transaction

from quietmonday.journal.actions import append
from quietmonday.journal.models import Chain, Entry
from quietmonday.kit.actors import Actor

START = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)  # Monday of 2026-W47
BUSINESS = uuid.UUID(int=1)
IT_SUPPLIER = uuid.UUID(int=2)  # an engagement
LINE_SUPPLIER = uuid.UUID(int=3)  # another one
TICKET = uuid.UUID(int=4)
DANA = Actor(id=uuid.UUID(int=5), name="Dana Roberts")
OMAR = Actor(id=uuid.UUID(int=6), name="Omar Haddad")


def happens(minute: int = 0, **differently: Any) -> list[Entry]:
    """Append one event to the IT supplier's chain, `minute` minutes after START."""
    at = START + dt.timedelta(minutes=minute)
    event: dict[str, Any] = {
        "verb": "support.reply_sent",
        "actor": DANA,
        "business_id": BUSINESS,
        "engagement_ids": [IT_SUPPLIER],
        "subject": ("ticket", TICKET),
        "payload": {"text": f"reply {minute}", "minutes": minute},
        "occurred_at": at,
        "recorded_at": at,
    }
    with transaction.atomic():
        return append(**(event | differently))


def chain_of(entries: int) -> Chain:
    """Return a chain of so many entries."""
    for minute in range(entries):
        happens(minute)
    return Chain.objects.get()


def sql(statement: str, *params: Any) -> None:
    """Write past the ORM, as somebody with a database shell would. Ids as text or UUID, whatever the engine takes."""
    if connection.vendor == "sqlite":
        params = tuple(p.hex if isinstance(p, uuid.UUID) else p for p in params)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def change_a_verb() -> None:
    sql("UPDATE journal_entry SET verb = 'support.ticket_closed' WHERE seq = 5")


def remove(seq: int) -> None:
    entry_id = Entry.objects.get(seq=seq).id
    sql("DELETE FROM journal_payload WHERE entry_id = %s", entry_id)
    sql("DELETE FROM journal_entry WHERE id = %s", entry_id)
