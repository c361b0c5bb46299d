"""Which job answers which outbox topic, and which slots the schedule has.

An action writes an outbox row (topic, ids); no action imports a job. Each area's `jobs.py` registers its jobs here
when Django starts (`outbox.apps` loads every `jobs` module).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Job = Callable[[Mapping[str, str], dt.datetime], None]
"""A shell: ids in, the present moment in, load, one action. It may run twice; the second run changes nothing."""

SlotKeys = Callable[[dt.datetime], Iterable[str]]
"""Given the present moment, the keys of the slots that are due by now. A key that was taken before is ignored."""


class UnknownTopic(LookupError):
    """No job is registered for a topic."""


class JobFailed(Exception):
    """A job says why it stopped, in words that hold nothing personal: they are stored and shown to administrators.

    `for_good`: trying again cannot help, only a person can. Of any other exception only class and line are kept.
    """

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclasses.dataclass(frozen=True)
class Schedule:
    """A repeating duty: `keys` names the due slots, each of which puts one outbox row of `topic` (ids: slot=key)."""

    topic: str
    keys: SlotKeys


_jobs: dict[str, Job] = {}
_words: dict[str, StrOrPromise] = {}
_fleeting: set[str] = set()
_schedules: dict[str, Schedule] = {}


def handles(topic: str, says: StrOrPromise, *, fleeting: bool = False) -> Callable[[Job], Job]:
    """Register the decorated job for `topic`; a topic has one job. `says`: what it does, for administrators.

    `fleeting`: it runs so often that what is done is put away after a day.
    """

    def register(job: Job) -> Job:
        if _jobs.get(topic, job) is not job:
            raise ValueError(f"two jobs for topic {topic}")
        _jobs[topic], _words[topic] = job, says
        if fleeting:
            _fleeting.add(topic)
        return job

    return register


def job_for(topic: str) -> Job:
    """Return the job for `topic`; raise UnknownTopic with the known ones."""
    try:
        return _jobs[topic]
    except KeyError:
        raise UnknownTopic(f"no job for topic {topic!r}; known: {', '.join(sorted(_jobs))}") from None


def words_of(topic: str) -> str:
    """Return what the job of `topic` does; the topic itself where no job is registered."""
    return str(_words.get(topic, topic))


def fleeting_topics() -> list[str]:
    """Return the topics of which what is done is soon put away."""
    return sorted(_fleeting)


def scheduled(topic: str, keys: SlotKeys) -> None:
    """Register a schedule; its topic needs a job too."""
    _schedules[topic] = Schedule(topic=topic, keys=keys)


def schedules() -> list[Schedule]:
    """Return every schedule, by topic."""
    return [_schedules[topic] for topic in sorted(_schedules)]


def every(minutes: int) -> SlotKeys:
    """Return slot keys for a duty that runs each `minutes`, aligned to the hour in UTC."""

    def keys(now: dt.datetime) -> list[str]:
        start = now - dt.timedelta(minutes=(now.hour * 60 + now.minute) % minutes)
        return [start.strftime("%Y-%m-%dT%H:%MZ")]

    return keys
