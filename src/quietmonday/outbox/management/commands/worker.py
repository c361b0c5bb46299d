"""`quietmonday worker`: runs background work until it is told to stop."""

import contextlib
import logging
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as AnyDatabaseError
from django.db import connection, connections, transaction
from django_tasks_db.management.commands.db_worker import Worker

from quietmonday.kit import clock
from quietmonday.kit.companions import Companion, companions
from quietmonday.outbox.actions.beats import BEAT_SECONDS, alive, beat, begin_life, end_life
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground
from quietmonday.outbox.models import WorkerBeat

_log = structlog.get_logger("quietmonday.worker")


class Command(BaseCommand):
    """Runs items one after the other; SIGTERM or Ctrl-C finishes the present one and stops."""

    help = "Run background work. SIGTERM or Ctrl-C finishes the present job and stops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks while idle")

    def handle(self, *, interval: float, **options: Any) -> None:
        logging.getLogger("django_tasks").setLevel(logging.WARNING)  # `outbox.done` is our one line a run
        _stand()
        pause = threading.Event()
        with _accompanied():
            while True:
                try:
                    if _one_life(interval):
                        return
                except AnyDatabaseError as error:
                    # The database went away. A new life, because the old one may be on record as running a task.
                    _log.error("worker.database_error", reason=type(error).__name__)
                    connections.close_all()
                    if _Worker.told_at is not None:
                        return
                    pause.wait(2)


def _stand() -> None:
    try:
        stand_on_common_ground(now=clock.now())
    except OtherGround as error:
        raise CommandError(str(error)) from None


def _one_life(interval: float) -> bool:
    """Work until told to stop; return whether we were."""
    life = _begin()
    try:
        worker = _Worker(
            queue_names=["default"],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=str(life.pk),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        with _Heart(life):
            worker.run()
        return not worker.running
    finally:
        end_life(life)


class _Worker(Worker):
    """The library's worker; a signal lets it finish what it holds, and a second one, two seconds later, does not.

    The library's own handler exits in the middle of whatever it does: between claiming a task and running it that
    leaves the task to the reaper, and inside a query the exit can be lost in the database error that follows.
    """

    told_at: float | None = None  # of the process, whichever life it is in

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        self.running = False
        now = time.monotonic()
        if _Worker.told_at is None:
            _Worker.told_at = now
        elif now - _Worker.told_at > 2:  # Ctrl-C reaches us from the terminal and from bin/run: that is one wish
            sys.exit(1)


def _begin() -> WorkerBeat:
    with transaction.atomic():
        if connection.vendor == "sqlite" and alive("worker"):
            raise CommandError("A worker runs already. SQLite has one writer, so a second one would only wait.")
        return begin_life("worker", clock.now())


@contextlib.contextmanager
def _accompanied() -> Iterator[None]:
    """Run the companions beside what happens inside; they have a few seconds to stop."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_go_along, args=(name, companion, stop), name=name, daemon=True)
        for name, companion in companions().items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(3)


def _go_along(name: str, companion: Companion, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            companion(stop)
        except Exception as error:  # noqa: BLE001 - whatever a companion raises, the work goes on, and so will it
            _log.error("worker.companion_failed", name=name, reason=type(error).__name__)
        finally:
            connections.close_all()
        stop.wait(30)


class _Heart(threading.Thread):
    """Beats beside the work, however long a job takes."""

    def __init__(self, life: WorkerBeat) -> None:
        super().__init__(name="heart", daemon=True)
        self._life = life
        self._stop_asked = threading.Event()

    def __enter__(self) -> "_Heart":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop_asked.set()
        self.join()

    def run(self) -> None:
        while not self._stop_asked.wait(BEAT_SECONDS):
            try:
                beat(self._life)
            except AnyDatabaseError as error:
                _log.warning("worker.beat_missed", reason=type(error).__name__)
            finally:
                connection.close()  # this thread's own; a beat in ten seconds is not worth keeping one open
