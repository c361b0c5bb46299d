"""Taking back what a dead worker held."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult

from quietmonday.outbox.actions import put
from quietmonday.outbox.actions.beats import alive, beat, begin_life, end_life, living
from quietmonday.outbox.actions.dispatching import dispatch
from quietmonday.outbox.actions.reaping import reap
from quietmonday.outbox.actions.running import begin
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem, WorkerBeat
from tests.outbox.conftest import NOON


def claimed_by(worker_id: str) -> OutboxItem:
    """One item under way in the hands of `worker_id`."""
    put(topic="test.note", ids={"n": "1"}, now=NOON)
    dispatch(now=NOON)
    task = DBTaskResult.objects.get()
    task.claim(worker_id)
    item = OutboxItem.objects.get()
    assert begin(item_id=item.pk, task_id=task.pk) is not None
    return item


def a_dead_worker() -> WorkerBeat:
    """A life whose process has ended without saying so."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    life = begin_life("worker", NOON)
    ended.wait()
    WorkerBeat.objects.filter(pk=life.pk).update(pid=ended.pid)
    return life


@pytest.mark.django_db
def test_a_living_worker_keeps_its_item_however_long_the_job_takes() -> None:
    with living("worker", NOON) as life:
        item = claimed_by(str(life.pk))
        WorkerBeat.objects.update(seen_at=NOON - dt.timedelta(days=1))  # the machine slept, beats and all
        assert reap(now=NOON + dt.timedelta(days=1)) == 0
    item.refresh_from_db()
    assert item.queued_at == NOON


@pytest.mark.django_db
def test_the_item_of_a_dead_worker_waits_again_and_runs(runs: list[dict[str, str]]) -> None:
    dead = a_dead_worker()
    item = claimed_by(str(dead.pk))
    assert reap(now=NOON) == 1
    item.refresh_from_db()
    assert (item.queued_at, item.task_id, item.due_at, item.attempts) == (None, None, NOON, 1)
    assert DBTaskResult.objects.get().status == "FAILED"
    assert not WorkerBeat.objects.exists()
    assert tick(now=NOON, schedule=False) == 1
    assert runs == [{"n": "1"}]


@pytest.mark.django_db
def test_work_that_takes_eight_workers_down_is_given_up() -> None:
    item = claimed_by(str(a_dead_worker().pk))
    OutboxItem.objects.update(attempts=8)
    assert reap(now=NOON) == 1
    item.refresh_from_db()
    assert item.failed_at == NOON
    assert item.last_error.startswith("WorkerLost")


@pytest.mark.django_db
def test_a_worker_elsewhere_is_dead_after_a_minute_without_a_beat() -> None:
    life = begin_life("worker", NOON)
    WorkerBeat.objects.update(host="another machine", seen_at=Now() - dt.timedelta(seconds=50))
    item = claimed_by(str(life.pk))
    assert reap(now=NOON) == 0
    assert alive("worker")
    WorkerBeat.objects.update(seen_at=Now() - dt.timedelta(seconds=61))
    assert not alive("worker")
    assert reap(now=NOON) == 1
    item.refresh_from_db()
    assert item.queued_at is None


@pytest.mark.django_db
def test_a_pid_that_another_process_got_meanwhile_is_not_taken_for_the_worker() -> None:
    life = begin_life("worker", NOON)
    assert alive("worker")
    WorkerBeat.objects.filter(pk=life.pk).update(born="1")
    assert not alive("worker")
    WorkerBeat.objects.filter(pk=life.pk).update(born=life.born)
    assert alive("worker")
    assert not alive("scheduler")


@pytest.mark.django_db
def test_a_zombie_is_dead() -> None:
    zombie = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    life = begin_life("worker", NOON)
    from quietmonday.outbox.actions import beats

    WorkerBeat.objects.filter(pk=life.pk).update(pid=zombie.pid, born=beats._born(zombie.pid))
    assert alive("worker")
    zombie.kill()
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # ended, and not yet fetched by its parent
    assert not alive("worker")
    zombie.wait()


@pytest.mark.django_db
def test_an_item_whose_task_vanished_or_ended_without_settling_waits_again() -> None:
    claimed_by("nobody")
    put(topic="test.note", ids={"n": "2"}, now=NOON)
    dispatch(now=NOON)
    vanished, ended = OutboxItem.objects.order_by("pk")
    DBTaskResult.objects.filter(pk=vanished.task_id).delete()
    DBTaskResult.objects.filter(pk=ended.task_id).update(status="FAILED")
    assert reap(now=NOON) == 2
    assert set(OutboxItem.objects.values_list("queued_at", "task_id", "due_at")) == {(None, None, NOON)}


@pytest.mark.django_db
def test_what_waits_in_line_is_left_there() -> None:
    put(topic="test.note", ids={"n": "1"}, now=NOON)
    dispatch(now=NOON)
    assert reap(now=NOON + dt.timedelta(days=3)) == 0


@pytest.mark.django_db
def test_a_worker_taken_for_dead_comes_back_with_its_next_beat() -> None:
    life = begin_life("worker", NOON)
    WorkerBeat.objects.all().delete()
    beat(life)
    assert alive("worker")
    end_life(life)
    assert not WorkerBeat.objects.exists()
