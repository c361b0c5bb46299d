"""Keeps several programs running side by side and stops them together: plain Python, no Django.

The children share one process group of their own. Ctrl-C in a terminal signals the group in the foreground, which is
ours and not theirs: so each child hears of the end exactly once, from us, however the end was asked for. A worker that
hears it twice takes the second for "at once" and drops what it does.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

import structlog

from quietmonday.config.listening import CannotStart

GRACE = 8.0
"""Seconds between asking the children to stop and making them."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a child that ended is started again; doubled each time."""
HEALTHY_AFTER = 60.0
"""Seconds after which a child counts as having run well, so that its next end is a first one."""
LOG_BYTES = 20 * 1024 * 1024
"""Size at which a child's log is put aside (one older log is kept)."""
LOOK = 0.1
ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_log = structlog.get_logger("quietmonday.supervisor")


class Child:
    """One program that should be running."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.command, self.log = name, list(command), log
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_again_at = 0.0
        self.pause = FIRST_PAUSE

    def is_running(self) -> bool:
        """Return whether its process lives; reaps it if not."""
        return self.process is not None and self.process.poll() is None

    def last_words(self, lines: int = 5) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Supervisor:
    """Starts `commands` (name → command line), restarts what ends, stops all of it on SIGTERM, SIGINT and SIGHUP."""

    def __init__(self, commands: Mapping[str, Sequence[str]], logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.children = [Child(name, command, logs / f"{name}.log") for name, command in commands.items()]
        self._group = 0
        self._stop_asked = False

    def run(self, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Run until told to stop; call `when_ready` once `is_ready` holds.

        Raise CannotStart when a child ends before that: what cannot start now will not start later.
        """
        before = {number: signal.signal(number, self._stop) for number in ENDS}
        try:
            for child in self.children:
                self._start(child)
            self._wait_until(is_ready)
            if not self._stop_asked:
                when_ready()
            while not self._stop_asked:
                self._look_after_children()
                time.sleep(LOOK)
        finally:
            self._stop_children()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked = True

    def _start(self, child: Child) -> None:
        if not self._group_lives():
            self._group = 0  # the next child leads a new one
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603  # command lines of our own making
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self._group,
                preexec_fn=_ends_with_us,
            )
        self._group = self._group or child.process.pid
        child.started_at = time.monotonic()

    def _group_lives(self) -> bool:
        return any(child.is_running() for child in self.children)

    def _wait_until(self, is_ready: Callable[[], bool]) -> None:
        while not self._stop_asked and not is_ready():
            if ended := next((child for child in self.children if not child.is_running()), None):
                raise CannotStart(f"The {ended.name} process ended at once. Its last words:\n{ended.last_words()}")
            time.sleep(LOOK)

    def _look_after_children(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.is_running():
                _put_aside(child.log)
            elif child.process is not None:
                self._note_its_end(child, now)
            elif now >= child.start_again_at:
                self._start(child)

    def _note_its_end(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process else None
        child.process = None
        if now - child.started_at >= HEALTHY_AFTER:
            child.pause = FIRST_PAUSE
        child.start_again_at = now + child.pause
        _log.error("child.ended", child=child.name, code=code, again_in=child.pause, log=str(child.log))
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _stop_children(self) -> None:
        until = time.monotonic() + GRACE
        self._signal_all(signal.SIGTERM)
        while self._group_lives() and time.monotonic() < until:
            time.sleep(LOOK)
        for child in self.children:
            if child.is_running():
                _log.error("child.did_not_stop", child=child.name, seconds=GRACE)
        # Whatever is left of the group goes, the children's own children too.
        self._signal_all(signal.SIGKILL)
        for child in self.children:
            if child.process is not None:
                child.process.wait()

    def _signal_all(self, number: signal.Signals) -> None:
        if self._group:
            try:
                os.killpg(self._group, number)
            except ProcessLookupError:
                return  # all of them have gone


def _put_aside(log: Path) -> None:
    """Keep a log below LOG_BYTES. The child holds it open in append mode, so it is copied and emptied, not renamed."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".older.log"))
        os.truncate(log, 0)


def _ends_with_us() -> None:
    """Have Linux end the child when we are killed, so that no orphan keeps the port or the database."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
