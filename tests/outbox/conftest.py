"""A job of the test's own, and a fixed noon."""

import datetime as dt
from collections.abc import Callable, Mapping

import pytest

from quietmonday.kit import topics

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, topics.Job], None]:
    """Register a job for a topic, for one test."""

    def register(topic: str, job: topics.Job) -> None:
        monkeypatch.setitem(topics._jobs, topic, job)

    return register


@pytest.fixture
def runs(answers: Callable[[str, topics.Job], None]) -> list[dict[str, str]]:
    """The ids of every run of topic `test.note`."""
    seen: list[dict[str, str]] = []

    def note(ids: Mapping[str, str], now: dt.datetime) -> None:
        seen.append(dict(ids))

    answers("test.note", note)
    return seen
