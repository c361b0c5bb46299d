"""An installation with the standing cast, whose commands start at once and whose clock the test sets."""

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.outbox.installation import ROOT, Installation

KILLED = -signal.SIGKILL


class Place(Installation):
    """As Installation; `do` runs a command to its end, `begin` starts one that goes on."""

    settings = "tests.journeys.settings"

    def __init__(self, folder: Path, name: str, template: "Place | None" = None) -> None:
        super().__init__(folder, name, template)
        self._parent: subprocess.Popen[str] | None = None
        self._going_on: set[int] = set()

    def set_clock(self, now: dt.datetime) -> None:
        """Let it be `now` for every process, until the next call."""
        draft = self.var / "clock.new"
        draft.write_text(now.isoformat())
        draft.rename(self.var / "clock")

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass for every process."""
        now = dt.datetime.fromisoformat((self.var / "clock").read_text())
        self.set_clock(now + dt.timedelta(seconds=seconds))

    def do(self, *argv: str, fault: str = "") -> int:
        """Run `quietmonday argv` (or `step NAME …` of steps.py), killed at `fault` if given; return its exit code."""
        return self.wait(self.begin(*argv, fault=fault))

    def must(self, *argv: str) -> None:
        """Run a command that must end well."""
        assert self.do(*argv) == 0, f"{argv}\n{self.said()[-4000:]}"

    def begin(self, *argv: str, fault: str = "", env: dict[str, str] | None = None) -> int:
        """Start a command, `env` added to the place's own; return its process id."""
        pid = self._order({"argv": argv, "fault": fault, "env": env or {}, "log": str(self.var / "log")})
        self._going_on.add(pid)
        return pid

    def wait(self, pid: int) -> int:
        """Wait for a process to end; return its exit code, negative for a signal."""
        code = self._order({"wait": pid})
        self._going_on.discard(pid)
        return code

    def kill(self, pid: int) -> int:
        """Kill a process at once and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def tell_to_stop(self, pid: int) -> int:
        """Ask a process to stop and return its exit code."""
        os.kill(pid, signal.SIGTERM)
        return self.wait(pid)

    def settle(self, seconds: float = 120) -> None:
        """Run ticks until nothing is left to do, each a little after the last if something waits for its time."""
        end = time.monotonic() + seconds
        while True:
            self.must("tick")
            if not self.open_items():
                return
            assert time.monotonic() < end, f"work is left\n{self.said()[-4000:]}"
            self.pass_time(15)

    def open_items(self) -> list[tuple[Any, ...]]:
        """Return the topics of the work that is not done and not given up."""
        return self.rows("SELECT topic FROM outbox_outboxitem WHERE done_at IS NULL AND failed_at IS NULL")

    def said(self) -> str:
        """Return what its processes printed and logged so far."""
        log = self.var / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def rest(self) -> None:
        """End the parent of its processes, so that nothing holds the database."""
        if self._parent is not None:
            for pid in list(self._going_on):
                self.kill(pid)
            assert self._parent.stdin is not None
            self._parent.stdin.close()
            self._parent.wait(20)
            self._parent = None

    def close(self) -> None:
        self.rest()
        super().close()

    def _order(self, order: dict[str, object]) -> int:
        if self._parent is None:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.forks"],
                env=self.env,
                cwd=ROOT,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(self.var / "log").open("ab"),
            )
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(order) + "\n")
        self._parent.stdin.flush()
        answer = self._parent.stdout.readline()
        assert answer, f"the parent of the processes ended\n{self.said()[-4000:]}"
        return int(answer)


@contextlib.contextmanager
def copies(template: Place, folder: Path, *names: str) -> Iterator[list[Place]]:
    """Yield copies of `template`, closed afterwards."""
    with contextlib.ExitStack() as stack:
        made = []
        for name in names:
            copy = Place(folder, name, template)
            copy.env |= {key: template.env[key] for key in template.env.keys() - copy.env.keys()}
            stack.callback(copy.close)
            made.append(copy)
        yield made
