"""One round of everything, in this process: for cron, for tests, for a made-up past."""

import datetime as dt
import uuid
from typing import Any

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from quietmonday.outbox.actions.beats import living
from quietmonday.outbox.actions.dispatching import dispatch
from quietmonday.outbox.actions.reaping import reap
from quietmonday.outbox.actions.running import run, run_item
from quietmonday.outbox.actions.scheduling import put_due_slots

MAX_ROUNDS = 500


class NeverIdle(RuntimeError):
    """Work keeps calling for more work that is due at once; what is done stays done."""


def tick(*, now: dt.datetime, schedule: bool = True) -> int:
    """Take due slots (unless `schedule` is False), reap, and run all that is due at `now`, and what that calls for.

    Returns how many runs there were. Stands outside transactions (a test's own aside): jobs open theirs.
    """
    if schedule:
        put_due_slots(now=now, taken=set())
    reap(now=now)
    runs = 0
    with living("tick", now) as life:
        for _ in range(MAX_ROUNDS):
            dispatched = dispatch(now=now)
            while (claimed := _claim(str(life.pk))) is not None:
                run(item_id=uuid.UUID(claimed.args_kwargs["args"][0]), task_id=claimed.pk, clock=lambda: now)
                claimed.set_successful(None)
                runs += 1
            if not dispatched:
                return runs
    raise NeverIdle(f"still busy after {runs} runs")


def _claim(worker_id: str) -> Any:
    """Claim one background task of ours as the worker does; None when there is none."""
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=run_item.module_path)
    with exclusive_transaction():
        claimed = ready.get_locked()
        if claimed is not None:
            claimed.claim(worker_id)
    return claimed
