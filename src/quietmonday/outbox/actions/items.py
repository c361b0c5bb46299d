"""Putting a thing that must happen next."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction

from quietmonday.kit.records import unsaved, write_new
from quietmonday.outbox.models import OutboxItem
from quietmonday.outbox.queries import waiting


class OutsideTransaction(RuntimeError):
    """Work was put outside the transaction of the action that calls for it: a crash between the two would lose it."""


def put(
    *,
    topic: str,
    ids: Mapping[str, str],
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    key: str | None = None,
    business_id: uuid.UUID | None = None,
) -> OutboxItem:
    """Write down that the job of `topic` must run with `ids`, from `due_at` on (UTC; default: at once); return the row.

    Stands in the caller's transaction (OutsideTransaction if there is none). With a `key` the thing happens once:
    a second put of the same key returns the first row, done or not, as long as it is kept (400 days after it is done).
    `ids` maps text to text and holds no content and no secret (TypeError otherwise).
    """
    inside_transaction()
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in ids.items()):
        raise TypeError(f"outbox ids of {topic} must map text to text; write str(id)")
    item = OutboxItem(
        topic=topic,
        ids=dict(ids),
        key=key,
        business_id=business_id,
        put_at=now,
        due_at=now if due_at is None else due_at,
    )
    if key is None:
        item.save(force_insert=True)
        return item
    # ON CONFLICT DO NOTHING: a racing transaction with the same key makes us wait for it, never fail.
    OutboxItem.objects.bulk_create([item], ignore_conflicts=True)
    return OutboxItem.objects.get(key=key)


def put_many(
    *,
    topic: str,
    ids: Sequence[Mapping[str, str]],
    keys: Sequence[str],
    now: dt.datetime,
    business_id: uuid.UUID | None,
) -> None:
    """Do what `put` does for many new things at once, each with its key: one statement.

    Raises IntegrityError if one of the keys is there already, OutsideTransaction.
    """
    inside_transaction()
    write_new(
        [
            unsaved(OutboxItem, topic=topic, ids=dict(each), key=key, business_id=business_id, put_at=now, due_at=now)
            for each, key in zip(ids, keys, strict=True)
        ]
    )


def done_already(*, keys: Sequence[str], now: dt.datetime) -> None:
    """Mark what was put under these keys as done by the caller, in its transaction; what a worker holds is its own."""
    inside_transaction()
    waiting().filter(key__in=keys).update(done_at=now)


def inside_transaction() -> None:
    """Raise OutsideTransaction unless a transaction is open."""
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("open transaction.atomic() around the change and the work it calls for")
