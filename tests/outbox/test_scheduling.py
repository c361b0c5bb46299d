"""Repeating duties."""

import datetime as dt
from collections.abc import Iterable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from quietmonday.kit import topics
from quietmonday.outbox.actions import OutsideTransaction
from quietmonday.outbox.actions.dispatching import dispatch
from quietmonday.outbox.actions.pruning import prune
from quietmonday.outbox.actions.reaping import reap
from quietmonday.outbox.actions.scheduling import put_due_slots, take_slot
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem, Slot
from tests.outbox.conftest import NOON


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """No schedule but the test's own."""
    monkeypatch.setattr(topics, "_schedules", {})


@pytest.mark.django_db
def test_a_turn_is_taken_once_and_the_job_is_told_which(runs: list[dict[str, str]]) -> None:
    topics.scheduled("test.note", topics.every(15))
    for minutes in (0, 7, 14, 15, 16):
        tick(now=NOON + dt.timedelta(minutes=minutes))
    assert runs == [{"slot": "2026-11-23T12:00Z"}, {"slot": "2026-11-23T12:15Z"}]


@pytest.mark.django_db
def test_after_a_night_without_power_a_duty_runs_once_not_once_for_each_turn_missed(runs: list[dict[str, str]]) -> None:
    topics.scheduled("test.note", topics.every(15))
    tick(now=NOON)
    tick(now=NOON + dt.timedelta(hours=9, minutes=3))
    assert [ids["slot"] for ids in runs] == ["2026-11-23T12:00Z", "2026-11-23T21:00Z"]


@pytest.mark.django_db
def test_a_schedule_that_names_several_turns_gets_each(runs: list[dict[str, str]]) -> None:
    topics.scheduled("test.note", lambda now: ["oak 2026-W47", "elm 2026-W47"])
    tick(now=NOON)
    tick(now=NOON)
    assert sorted(ids["slot"] for ids in runs) == ["elm 2026-W47", "oak 2026-W47"]


@pytest.mark.django_db
def test_a_broken_schedule_does_not_stop_the_others(runs: list[dict[str, str]]) -> None:
    def broken(now: dt.datetime) -> Iterable[str]:
        raise ZeroDivisionError

    topics.scheduled("test.broken", broken)
    topics.scheduled("test.note", topics.every(15))
    tick(now=NOON)
    assert len(runs) == 1


@pytest.mark.django_db
def test_a_free_slot_is_taken_by_the_first_only() -> None:
    assert take_slot(topic="test.note", key="a", now=NOON)
    assert not take_slot(topic="test.note", key="a", now=NOON)
    assert take_slot(topic="test.other", key="a", now=NOON)


@pytest.mark.django_db
def test_losing_the_race_for_a_slot_leaves_the_transaction_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    take_slot(topic="test.note", key="a", now=NOON)
    # The other scheduler's row is not there yet when we look, and is there when we write.
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: False)
    assert not take_slot(topic="test.note", key="a", now=NOON)
    assert Slot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_slot_is_taken_in_the_transaction_of_what_is_done_in_it() -> None:
    with pytest.raises(OutsideTransaction):
        take_slot(topic="test.note", key="a", now=NOON)
    with pytest.raises(RuntimeError, match="it broke"), transaction.atomic():
        take_slot(topic="test.note", key="a", now=NOON)
        raise RuntimeError("it broke")
    assert not Slot.objects.exists()


@pytest.mark.django_db
def test_an_idle_round_asks_three_times_and_writes_nothing() -> None:
    topics.scheduled("test.note", topics.every(15))
    taken: set[tuple[str, str]] = set()
    put_due_slots(now=NOON, taken=taken)
    OutboxItem.objects.update(done_at=NOON)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        put_due_slots(now=NOON, taken=taken)
        dispatch(now=NOON)
        reap(now=NOON)
    assert len(asked) == 3
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.django_db
def test_old_turns_and_finished_work_are_dropped_and_failed_work_is_kept(runs: list[dict[str, str]]) -> None:
    topics.scheduled("test.note", topics.every(15))
    tick(now=NOON)
    OutboxItem.objects.create(topic="test.note", ids={}, put_at=NOON, due_at=NOON, failed_at=NOON)
    early, late = prune(now=NOON + dt.timedelta(days=14)), prune(now=NOON + dt.timedelta(days=91))
    assert (early["items"], early["slots"], early["tasks"]) == (0, 0, 1)
    assert (late["items"], late["slots"], late["tasks"]) == (1, 1, 0)
    assert OutboxItem.objects.get().failed_at == NOON
