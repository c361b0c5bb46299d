"""`quietmonday scheduler`: hands out what is due, once a second, until it is told to stop."""

import itertools
import signal
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, connections

from quietmonday.kit import clock
from quietmonday.outbox.actions.beats import BEAT_SECONDS, beat, living
from quietmonday.outbox.actions.dispatching import BATCH, dispatch
from quietmonday.outbox.actions.reaping import reap
from quietmonday.outbox.actions.scheduling import put_due_slots
from quietmonday.outbox.models import WorkerBeat

REAP_EVERY = 5  # rounds

_log = structlog.get_logger("quietmonday.scheduler")


class Command(BaseCommand):
    """Any number may run: slots are unique and items are locked, so nothing is handed out twice."""

    help = "Hand out due work every second. Several may run; SIGTERM or Ctrl-C stops at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks")

    def handle(self, *, interval: float, **options: Any) -> None:
        pause = _Pause()
        signal.signal(signal.SIGTERM, pause.stop)
        signal.signal(signal.SIGINT, pause.stop)
        while not pause.told_to_stop:
            try:
                with living("scheduler", clock.now()) as life:
                    _go_on(life, interval, pause)
            except AnyDatabaseError as error:
                _log.error("scheduler.database_error", reason=type(error).__name__)
                connections.close_all()
                pause.sleep(2)


def _go_on(life: WorkerBeat, interval: float, pause: "_Pause") -> None:
    taken: set[tuple[str, str]] = set()
    beaten = time.monotonic()
    for rounds in itertools.count():
        close_old_connections()
        now = clock.now()
        put_due_slots(now=now, taken=taken)
        while dispatch(now=now) == BATCH and not pause.told_to_stop:
            pass
        if rounds % REAP_EVERY == 0:
            reap(now=now)
        if time.monotonic() - beaten >= BEAT_SECONDS:
            beat(life)
            beaten = time.monotonic()
        pause.sleep(interval)


class _Pause:
    """Sleeps, and ends the process when it is told to stop: while it sleeps, never in the middle of a query.

    An exit raised inside a query leaves the connection busy; the next statement would raise a database error over it,
    and the exit would be forgotten.
    """

    def __init__(self) -> None:
        self.told_to_stop = False
        self._asleep = False

    def sleep(self, seconds: float) -> None:
        self._asleep = True
        if self.told_to_stop:
            sys.exit(0)
        time.sleep(seconds)
        self._asleep = False

    def stop(self, signum: int, frame: FrameType | None) -> None:
        self.told_to_stop = True
        if self._asleep:
            self._asleep = False
            sys.exit(0)
