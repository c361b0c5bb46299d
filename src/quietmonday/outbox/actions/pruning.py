"""Dropping what has served: bodies of sent mails, finished rows, old slots."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from quietmonday.kit.topics import fleeting_topics
from quietmonday.outbox.models import OutboxItem, OutgoingMessage, Slot

_BATCH = 500

KEEP_MAIL_BODY = dt.timedelta(days=30)
KEEP_MAIL_ROW = KEEP_KEYED_ITEM = dt.timedelta(days=400)  # for so long the same key is known as "done already"
KEEP_ITEM = dt.timedelta(days=14)
KEEP_FLEETING = dt.timedelta(days=1)
KEEP_SLOT = dt.timedelta(days=90)
KEEP_TASK = dt.timedelta(hours=1)
KEEP_FAILED_TASK = dt.timedelta(days=14)


def prune(*, now: dt.datetime) -> dict[str, int]:
    """Drop what is older than its time at `now`; return how many rows of each kind. Failed work is never dropped."""
    tasks = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEEP_TASK)
        | Q(status=TaskResultStatus.FAILED, finished_at__lt=now - KEEP_FAILED_TASK)
    )
    done = OutboxItem.objects.filter(done_at__isnull=False)
    return {
        "mail bodies": _drop_bodies(now),
        "mails": _delete(OutgoingMessage.objects.filter(sent_at__lt=now - KEEP_MAIL_ROW)),
        "items": _delete(done.filter(key=None, done_at__lt=now - KEEP_ITEM))
        + _delete(done.filter(key=None, topic__in=fleeting_topics(), done_at__lt=now - KEEP_FLEETING)),
        "keyed items": _delete(done.filter(done_at__lt=now - KEEP_KEYED_ITEM)),
        "slots": _delete(Slot.objects.filter(taken_at__lt=now - KEEP_SLOT)),
        "tasks": _delete(tasks),
    }


def _drop_bodies(now: dt.datetime) -> int:
    return OutgoingMessage.objects.filter(sealed__isnull=False, sent_at__lt=now - KEEP_MAIL_BODY).update(sealed=None)


def _delete(rows: QuerySet) -> int:  # type: ignore[type-arg]  # rows of any table, one of them of a library without types
    """Delete in batches, each its own transaction, so that nobody waits long for the write lock."""
    count = 0
    while batch := list(rows.values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=batch).delete()
        count += len(batch)
    return count
