"""Taking back what a dead worker held."""

import datetime as dt
import uuid
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from quietmonday.kit.faults import reached
from quietmonday.outbox.actions.beats import alive
from quietmonday.outbox.logic.backoff import next_try_after_loss
from quietmonday.outbox.logic.failures import WORKER_LOST
from quietmonday.outbox.models import OutboxItem
from quietmonday.outbox.queries import queued

_log = structlog.get_logger("quietmonday.outbox")


def reap(*, now: dt.datetime, limit: int = 500) -> int:
    """Set items whose background task can settle them no longer back to waiting; return how many.

    Such a task is running under a dead worker, has ended without settling, or has vanished.
    """
    in_line = DBTaskResult.objects.filter(pk=OuterRef("task_id"), status=TaskResultStatus.READY)
    suspects = list(queued().filter(~Exists(in_line)).order_by("task_id")[:limit])
    if not suspects:
        return 0
    # The order matters: items, then tasks, then lives. A worker settles, then ends its task, then its life; so
    # whatever changes while we look, the item below is found settled and stays so.
    tasks = DBTaskResult.objects.in_bulk([item.task_id for item in suspects])
    lives = {str(life) for life in alive()}
    lost = [item for item in suspects if not _at_work(tasks.get(item.task_id), lives)]
    return sum(_take_back(item, now) for item in lost)


def _at_work(task: Any, lives: set[str]) -> bool:
    if task is None or task.status == TaskResultStatus.READY:
        return task is not None
    return task.status == TaskResultStatus.RUNNING and bool(task.worker_ids) and task.worker_ids[-1] in lives


def _take_back(item: OutboxItem, now: dt.datetime) -> bool:
    again_at = next_try_after_loss(item.attempts, now)
    with transaction.atomic():
        changed = (
            queued()
            .filter(pk=item.pk, task_id=item.task_id)
            .update(
                queued_at=None,
                task_id=None,
                due_at=again_at or item.due_at,
                failed_at=None if again_at else now,
                last_error=WORKER_LOST,
            )
        )
        if item.task_id is not None:
            _end_task(item.task_id, now)
        reached("outbox.reap.before_commit")
    reached("outbox.reap.after_commit")
    if changed:
        _log.warning("outbox.reaped", topic=item.topic, item=str(item.pk), attempts=item.attempts)
    return bool(changed)


def _end_task(task_id: uuid.UUID, now: dt.datetime) -> None:
    # Marked, not removed: a worker that wakes up again must still find the row it writes its ending to.
    DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=WORKER_LOST.partition(":")[0]
    )
