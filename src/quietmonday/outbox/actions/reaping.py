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
from quietmonday.outbox.actions.beats import lives_and_deaths
from quietmonday.outbox.logic.backoff import next_try_after_loss
from quietmonday.outbox.logic.failures import WORKER_LOST
from quietmonday.outbox.models import OutboxItem, WorkerBeat
from quietmonday.outbox.queries import queued

_log = structlog.get_logger("quietmonday.outbox")


def reap(*, now: dt.datetime, limit: int = 500) -> int:
    """Set items whose background task can settle them no longer back to waiting; return how many.

    Such a task is running under a dead worker, has ended without settling, or has vanished.
    """
    in_line = DBTaskResult.objects.filter(pk=OuterRef("task_id"), status=TaskResultStatus.READY)
    # The order matters: items, then tasks, then lives. A worker settles, then ends its task, then its life; so
    # whatever changes while we look, the item is found settled when we come to take it back.
    suspects = list(queued().filter(~Exists(in_line)).order_by("task_id")[:limit])
    tasks = DBTaskResult.objects.in_bulk([item.task_id for item in suspects]) if suspects else {}
    lives = lives_and_deaths()
    going_on = {str(life.pk) for life, lives_on in lives if lives_on}
    lost = [item for item in suspects if not _at_work(tasks.get(item.task_id), going_on)]
    count = sum(_take_back(item, now) for item in lost)
    if len(suspects) < limit:
        _bury([life for life, lives_on in lives if not lives_on], now)
    return count


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


def _bury(dead: list[WorkerBeat], now: dt.datetime) -> None:
    """End the tasks that the dead left running although their items are settled, then drop the dead."""
    if not dead:
        return
    names = {str(life.pk) for life in dead}
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if names.intersection(task.worker_ids[-1:]) and not queued().filter(task_id=task.pk).exists():
            _end_task(task.pk, now)
    WorkerBeat.objects.filter(pk__in=[life.pk for life in dead]).delete()


def _end_task(task_id: uuid.UUID, now: dt.datetime) -> None:
    # Marked, not removed: a worker that wakes up again must still find the row it writes its ending to.
    DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=WORKER_LOST.partition(":")[0]
    )
