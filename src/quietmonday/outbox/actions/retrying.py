"""Trying again what was given up: an administrator's word, in the journal of the installation."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.outbox.models import OutboxItem
from quietmonday.outbox.queries import failed

_BATCH = 500


def retry(*, item_id: uuid.UUID, actor: Actor, now: dt.datetime) -> int:
    """Set a failed item to run again at once with all its attempts; return 1, or 0 if it is not failed (any more)."""
    return _retry(actor, now, item_id)


def retry_all(*, actor: Actor, now: dt.datetime) -> int:
    """Set all failed items to run again at once; return how many."""
    count = 0
    while batch := _retry(actor, now):
        count += batch
    return count


def _retry(actor: Actor, now: dt.datetime, item_id: uuid.UUID | None = None) -> int:
    rows = failed() if item_id is None else failed().filter(pk=item_id)
    with transaction.atomic():
        items = list(rows.order_by("id").select_for_update(skip_locked=True)[:_BATCH])
        OutboxItem.objects.filter(pk__in=[item.pk for item in items]).update(failed_at=None, attempts=0, due_at=now)
        append_many([_event(item, actor, now) for item in items])
    return len(items)


def _event(item: OutboxItem, actor: Actor, now: dt.datetime) -> Event:
    return Event(
        verb="outbox.tried_again",
        actor=actor,
        business_id=None,
        engagement_ids=[],
        subject=("outbox_item", item.pk),
        payload={"topic": item.topic, "attempts": item.attempts, "reason": item.last_error},
        occurred_at=now,
        recorded_at=now,
    )
