"""Run in a process of its own: `script.py seed N` or `script.py race N`."""

import datetime as dt
import multiprocessing
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.outbox.probe.settings")
NOON = dt.datetime(2099, 11, 23, 12, 0, tzinfo=dt.UTC)


def seed(count: int) -> None:
    """Put work: marks, chains that call for a mark and a mail each, refusals."""
    from django.db import transaction

    from quietmonday.kit import clock
    from quietmonday.outbox.actions import put

    now = clock.now()
    with transaction.atomic():
        for n in range(count):
            for topic in ("mark", "chain", "refuse"):
                put(topic=f"probe.{topic}", ids={"key": f"{topic}-{n}"}, now=now)


def race(slots: int) -> None:
    """Let four schedulers take the same slots at the same moments."""
    barrier = multiprocessing.get_context("fork").Barrier(4)
    racers = [multiprocessing.get_context("fork").Process(target=_racer, args=(barrier, slots)) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    sys.exit(max(abs(racer.exitcode or 0) for racer in racers))


def _racer(barrier: object, slots: int) -> None:
    from quietmonday.kit import topics
    from quietmonday.outbox.actions.dispatching import dispatch
    from quietmonday.outbox.actions.scheduling import put_due_slots

    topics._schedules.clear()
    for n in range(slots):
        topics.scheduled("probe.mark", lambda now, n=n: [f"slot-{n}"])
        barrier.wait()  # type: ignore[attr-defined]  # it is one of multiprocessing
        put_due_slots(now=NOON, taken=set())
        dispatch(now=NOON)


if __name__ == "__main__":
    django.setup()
    {"seed": seed, "race": race}[sys.argv[1]](int(sys.argv[2]))
