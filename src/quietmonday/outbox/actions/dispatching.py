"""Handing due items to the workers."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.faults import reached
from quietmonday.outbox.actions.running import run_item
from quietmonday.outbox.models import OutboxItem
from quietmonday.outbox.queries import waiting

BATCH = 100


def dispatch(*, now: dt.datetime, limit: int = BATCH) -> int:
    """Hand up to `limit` items that are due at `now` to the workers, oldest first; return how many.

    Item and background task change in one transaction: there is no item without its task and no task without its item.
    """
    due = waiting().filter(due_at__lte=now).order_by("due_at", "id")
    if not due.exists():  # the look that idles once a second takes no write lock
        return 0
    with transaction.atomic():
        items = list(due.select_for_update(skip_locked=True)[:limit])
        for item in items:
            item.queued_at = now
            item.task_id = uuid.UUID(str(run_item.enqueue(str(item.pk)).id))
        OutboxItem.objects.bulk_update(items, ["queued_at", "task_id"])
        reached("outbox.dispatch.before_commit")
    reached("outbox.dispatch.after_commit")
    return len(items)
