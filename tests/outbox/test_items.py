"""Putting items and running them."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable, Mapping

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from quietmonday.kit.topics import Job, JobFailed
from quietmonday.outbox.actions import OutsideTransaction, put
from quietmonday.outbox.actions.dispatching import dispatch
from quietmonday.outbox.actions.running import begin, settle
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem
from tests.outbox.conftest import NOON

Register = Callable[[str, Job], None]


@pytest.mark.django_db(transaction=True)
def test_work_put_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        put(topic="test.note", ids={}, now=NOON)
    assert not OutboxItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_work_put_in_a_transaction_that_rolls_back_was_never_called_for() -> None:
    with pytest.raises(RuntimeError, match="changed my mind"), transaction.atomic():
        put(topic="test.note", ids={}, now=NOON)
        raise RuntimeError("changed my mind")
    assert not OutboxItem.objects.exists()


@pytest.mark.django_db
def test_ids_are_text() -> None:
    with pytest.raises(TypeError, match="text to text"):
        put(topic="test.note", ids={"ticket": uuid.uuid4()}, now=NOON)  # type: ignore[dict-item]  # the point


@pytest.mark.django_db
def test_a_key_is_put_once_even_after_it_is_done(runs: list[dict[str, str]]) -> None:
    first = put(topic="test.note", ids={"n": "1"}, now=NOON, key="week 47")
    assert put(topic="test.note", ids={"n": "2"}, now=NOON, key="week 47").pk == first.pk
    tick(now=NOON, schedule=False)
    assert put(topic="test.note", ids={"n": "3"}, now=NOON, key="week 47").pk == first.pk
    tick(now=NOON, schedule=False)
    assert runs == [{"n": "1"}]


@pytest.mark.django_db
def test_items_without_a_key_all_run_oldest_first(runs: list[dict[str, str]]) -> None:
    for n in (2, 1, 3):
        put(topic="test.note", ids={"n": str(n)}, now=NOON, due_at=NOON - dt.timedelta(minutes=n))
    assert tick(now=NOON, schedule=False) == 3
    assert runs == [{"n": "3"}, {"n": "2"}, {"n": "1"}]
    assert set(OutboxItem.objects.values_list("done_at", "attempts", "queued_at", "task_id")) == {(NOON, 1, None, None)}


@pytest.mark.django_db
def test_an_item_waits_until_it_is_due(runs: list[dict[str, str]]) -> None:
    put(topic="test.note", ids={"n": "1"}, now=NOON, due_at=NOON + dt.timedelta(seconds=1))
    assert tick(now=NOON, schedule=False) == 0
    assert tick(now=NOON + dt.timedelta(seconds=1), schedule=False) == 1
    assert runs == [{"n": "1"}]


@pytest.mark.django_db
def test_what_a_job_calls_for_runs_in_the_same_tick(runs: list[dict[str, str]], answers: Register) -> None:
    def chain(ids: Mapping[str, str], now: dt.datetime) -> None:
        with transaction.atomic():
            put(topic="test.note", ids={"n": "after"}, now=now)

    answers("test.chain", chain)
    put(topic="test.chain", ids={}, now=NOON)
    assert tick(now=NOON, schedule=False) == 2
    assert runs == [{"n": "after"}]


@pytest.mark.django_db
def test_a_job_that_fails_is_tried_eight_times_over_a_day_and_then_given_up(answers: Register) -> None:
    tries: list[dt.datetime] = []

    def stumble(ids: Mapping[str, str], now: dt.datetime) -> None:
        tries.append(now)
        raise ValueError("Ruth Okafor <ruth@oakhurst.example> owes 40 pounds")

    answers("test.stumble", stumble)
    item = put(topic="test.stumble", ids={}, now=NOON)
    now = NOON
    for _ in range(8):
        assert tick(now=now, schedule=False) == 1
        item.refresh_from_db()
        now = item.due_at
    assert [round((b - a).total_seconds()) for a, b in itertools.pairwise(tries)] == [
        10, 60, 300, 1800, 7200, 21600, 43200,
    ]  # fmt: skip
    assert item.failed_at == tries[-1]
    assert item.attempts == 8
    assert tick(now=now + dt.timedelta(days=9), schedule=False) == 0
    assert "ValueError at" in item.last_error
    assert "Ruth" not in item.last_error
    assert "oakhurst" not in item.last_error


@pytest.mark.django_db
def test_no_word_of_a_failing_job_reaches_the_task_table_or_the_log(
    answers: Register, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(ids: Mapping[str, str], now: dt.datetime) -> None:
        raise ValueError("ruth@oakhurst.example")

    answers("test.stumble", stumble)
    put(topic="test.stumble", ids={}, now=NOON)
    tick(now=NOON, schedule=False)
    [task] = DBTaskResult.objects.all()
    assert task.status == "SUCCESSFUL"
    assert task.traceback == ""
    assert "outbox.failed" in caplog.text
    assert "ruth@" not in caplog.text


@pytest.mark.django_db
def test_a_job_that_says_for_good_is_given_up_at_once_with_its_reason(answers: Register) -> None:
    def refuse(ids: Mapping[str, str], now: dt.datetime) -> None:
        raise JobFailed("the mailbox is gone", for_good=True)

    answers("test.refuse", refuse)
    item = put(topic="test.refuse", ids={}, now=NOON)
    tick(now=NOON, schedule=False)
    item.refresh_from_db()
    assert (item.failed_at, item.attempts, item.last_error) == (NOON, 1, "JobFailed: the mailbox is gone")


@pytest.mark.django_db
def test_a_topic_that_nobody_answers_is_kept_for_later(runs: list[dict[str, str]], answers: Register) -> None:
    item = put(topic="test.unborn", ids={"n": "1"}, now=NOON)
    tick(now=NOON, schedule=False)
    item.refresh_from_db()
    assert item.last_error.startswith("UnknownTopic")
    answers("test.unborn", lambda ids, now: runs.append(dict(ids)))
    tick(now=NOON + dt.timedelta(seconds=10), schedule=False)
    assert runs == [{"n": "1"}]


@pytest.mark.django_db
def test_whoever_holds_an_item_no_longer_neither_begins_nor_settles_it() -> None:
    put(topic="test.note", ids={}, now=NOON)
    assert dispatch(now=NOON) == 1
    [item] = OutboxItem.objects.all()
    assert item.task_id is not None
    assert begin(item_id=item.pk, task_id=uuid.uuid4()) is None
    assert settle(item=item, task_id=uuid.uuid4(), now=NOON) is False
    assert settle(item=item, task_id=item.task_id, now=NOON) is True
    assert settle(item=item, task_id=item.task_id, now=NOON) is False
    assert begin(item_id=item.pk, task_id=item.task_id) is None


@pytest.mark.django_db
def test_an_item_is_handed_out_once_and_its_task_holds_only_its_id() -> None:
    item = put(topic="test.note", ids={"n": "1"}, now=NOON)
    assert [dispatch(now=NOON), dispatch(now=NOON)] == [1, 0]
    item.refresh_from_db()
    [task] = DBTaskResult.objects.all()
    assert (task.pk, task.args_kwargs) == (item.task_id, {"args": [str(item.pk)], "kwargs": {}})
