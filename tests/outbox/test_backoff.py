"""When to try again."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.outbox.logic.backoff import MAX_ATTEMPTS, next_try, next_try_after_loss

moments = st.datetimes(timezones=st.just(dt.UTC)).filter(lambda moment: moment.year < 9999)


@given(moments, st.integers(min_value=1, max_value=MAX_ATTEMPTS - 2))
def test_each_wait_is_longer_than_the_one_before(now: dt.datetime, attempts: int) -> None:
    earlier, later = next_try(attempts, now), next_try(attempts + 1, now)
    assert earlier is not None
    assert later is not None
    assert now < earlier < later


@given(moments, st.integers(min_value=MAX_ATTEMPTS, max_value=1000))
def test_after_the_last_try_a_person_decides(now: dt.datetime, attempts: int) -> None:
    assert next_try(attempts, now) is None
    assert next_try_after_loss(attempts, now) is None


@given(moments, st.integers(min_value=1, max_value=MAX_ATTEMPTS - 1))
def test_what_a_dead_worker_left_never_waits_longer_than_what_failed(now: dt.datetime, attempts: int) -> None:
    again, after_failure = next_try_after_loss(attempts, now), next_try(attempts, now)
    assert again is not None
    assert after_failure is not None
    assert now <= again < after_failure


def test_the_first_loss_is_run_again_at_once_whether_or_not_it_had_begun() -> None:
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert next_try_after_loss(0, now) == now
    assert next_try_after_loss(1, now) == now


def test_the_waits_are_those_of_the_readme() -> None:
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    waits = [(next_try(n, now) or now) - now for n in range(1, MAX_ATTEMPTS)]
    assert [wait.total_seconds() for wait in waits] == [10, 60, 300, 1800, 7200, 21600, 43200]


def test_nothing_tried_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing has been tried"):
        next_try(0, dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
