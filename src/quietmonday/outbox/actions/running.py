"""Running an item: begin, job, settle or fail, each its own commit.

A kill between the job's commit and ours runs the job again: jobs are idempotent, that is their contract.
"""

import datetime as dt
import uuid
from collections.abc import Callable

import structlog
from django.db import close_old_connections, connection
from django.db.models import F
from django_tasks import TaskContext, task

from quietmonday.kit import clock
from quietmonday.kit.faults import reached
from quietmonday.kit.topics import job_for
from quietmonday.outbox.logic.backoff import next_try
from quietmonday.outbox.logic.failures import Failure, failure_of
from quietmonday.outbox.models import OutboxItem
from quietmonday.outbox.queries import queued

_log = structlog.get_logger("quietmonday.outbox")


@task(takes_context=True)
def run_item(context: TaskContext, item_id: str) -> None:
    """Background task: run one item. An edge like a view, so it reads the clock."""
    run(item_id=uuid.UUID(item_id), task_id=uuid.UUID(str(context.task_result.id)), clock=clock.now)


def run(*, item_id: uuid.UUID, task_id: uuid.UUID, clock: Callable[[], dt.datetime]) -> None:
    """Run the job of an item once, if `task_id` still holds it; never raise what the job raised.

    `task_id` is the token: whoever was taken for dead finds that it holds the item no longer and changes nothing.
    """
    item = begin(item_id=item_id, task_id=task_id)
    if item is None:
        return
    failure = None
    try:
        job_for(item.topic)(item.ids, clock())
    except Exception as exception:  # noqa: BLE001 - whatever a job raises, the worker lives and the item says why
        failure = failure_of(exception)
    reached("outbox.run.after_job")
    if not connection.in_atomic_block:  # in a test's transaction it would close what the test stands on
        close_old_connections()  # a connection that broke under the job must not keep us from saying how it went
    # Outside the except block: an error here must not carry the job's message into a stored traceback.
    if failure is None:
        settle(item=item, task_id=task_id, now=clock())
    else:
        fail(item=item, task_id=task_id, failure=failure, now=clock())


def begin(*, item_id: uuid.UUID, task_id: uuid.UUID) -> OutboxItem | None:
    """Count one more attempt and return the item; None if `task_id` does not hold it (any more)."""
    reached("outbox.run.before_begin")
    if not queued().filter(pk=item_id, task_id=task_id).update(attempts=F("attempts") + 1):
        return None
    reached("outbox.run.after_begin")
    return OutboxItem.objects.get(pk=item_id)


def settle(*, item: OutboxItem, task_id: uuid.UUID, now: dt.datetime) -> bool:
    """Mark the item done; return False if `task_id` holds it no longer."""
    reached("outbox.settle.before_commit")
    changed = (
        queued().filter(pk=item.pk, task_id=task_id).update(done_at=now, queued_at=None, task_id=None, last_error="")
    )
    reached("outbox.settle.after_commit")
    _log.info("outbox.done", topic=item.topic, item=str(item.pk), attempts=item.attempts, held=bool(changed))
    return bool(changed)


def fail(*, item: OutboxItem, task_id: uuid.UUID, failure: Failure, now: dt.datetime) -> bool:
    """Set the item to be tried again later, or give it up; return False if `task_id` holds it no longer."""
    again_at = None if failure.for_good else next_try(item.attempts, now)
    reached("outbox.fail.before_commit")
    changed = (
        queued()
        .filter(pk=item.pk, task_id=task_id)
        .update(
            queued_at=None,
            task_id=None,
            due_at=again_at or item.due_at,
            failed_at=None if again_at else now,
            last_error=failure.reason,
        )
    )
    reached("outbox.fail.after_commit")
    _log.warning(
        "outbox.failed",
        topic=item.topic,
        item=str(item.pk),
        attempts=item.attempts,
        reason=failure.reason,
        again=again_at.isoformat() if again_at else None,
    )
    return bool(changed)
