"""What processes use and what the machine is busy with, from /proc (Linux)."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def family(root: int) -> set[int]:
    """Return `root` and every process below it."""
    parents = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found, grew = {root}, True
    while grew:
        below = {child for child, parent in parents.items() if parent in found} - found
        found |= below
        grew = bool(below)
    return found


def cpu_seconds(pids: set[int]) -> float:
    """Return the processor time that these processes have used so far, to the nanosecond where the kernel counts so."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            for task in (_PROC / str(pid) / "task").iterdir():
                with contextlib.suppress(OSError):  # a thread may end while we look
                    total += int((task / "schedstat").read_text().split()[0]) / 1e9
    return total


def pss_mib(pids: set[int]) -> float:
    """Return the memory of these processes, what they share counted once."""
    kib = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
    return kib / 1024


def busy_seconds() -> float:
    """Return the processor time that the whole machine has used since it started, all cores."""
    fields = [int(field) for field in (_PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICK


class Foreign:
    """Over a `with`: `share`, the part of the machine that others than `pids` and ourselves used; 0 is an idle one."""

    def __init__(self, pids: set[int]) -> None:
        self._pids, self.share, self.ours = pids, 0.0, 0.0

    def __enter__(self) -> Foreign:
        self._began, self._busy = time.perf_counter(), busy_seconds()
        self._ours, self._own = cpu_seconds(self._pids), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        wall = max(time.perf_counter() - self._began, 1e-6)
        self.ours = cpu_seconds(self._pids) - self._ours
        others = busy_seconds() - self._busy - self.ours - (time.process_time() - self._own)
        self.share = max(0.0, others / wall / (os.cpu_count() or 1))


def wait_for_quiet(seconds: float, *, below: float = 0.15) -> None:
    """Return once others use less than `below` of the machine, or after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with Foreign({os.getpid()}) as others:
            time.sleep(1)
        if others.share < below:
            return


def description() -> str:
    """Return cores, processor and system in one line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in (_PROC / "cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} cores of {model}, {os.uname().sysname} {os.uname().release.split('-')[0]}"
