"""What taking in a log costs: `quietmonday import` over generated ones, on a fresh installation."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.machine import Foreign
from bench.server import ROOT, environment, run
from bench.words import sentence, text

PEOPLE = 200
WHERE = ("--business", "Bench Ltd", "--supplier", "Supplier", "--begin")
_BEGAN = dt.datetime(2023, 1, 2, 8, tzinfo=dt.UTC)
_WALL = "%d/%m/%Y %H:%M"
_STATES = ("New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed")


@dataclasses.dataclass(frozen=True, slots=True)
class Log:
    """A log taken in, without what starting the command takes: lines a second, ms of processor a line; most memory."""

    kind: str
    lines: int
    requests: int
    seconds: float
    per_second: float
    cpu_ms: float
    peak_mib: float
    foreign: float
    said: str


def bench_sheets(lines: int, *, database: str = "") -> list[Log]:
    """Import generated logs of so many lines, of both kinds and in both formats, each into an empty installation."""
    return [_bench(kind, lines, database) for kind in ("calls.csv", "calls.xlsx", "servicenow.csv")]


def _bench(kind: str, lines: int, database: str) -> Log:
    with tempfile.TemporaryDirectory(prefix="quietmonday-bench-") as folder:
        environ = environment(Path(folder) / "var", database=database) | {"QUIETMONDAY_PLAIN_STATIC": "1"}
        run(environ, "quietmonday", "migrate", "--verbosity", "0")
        small, large = Path(folder) / f"small-{kind}", Path(folder) / f"large-{kind}"
        _write(small, 12, seed=99)
        requests = _write(large, lines, seed=3)
        start, start_cpu, _, _, _ = _imported(environ, small)
        took, cpu, peak, foreign, said = _imported(environ, large)
    seconds = max(took - start, 1e-3)
    cpu_ms = (cpu - start_cpu) / lines * 1000
    return Log(kind, lines, requests, seconds, lines / seconds, cpu_ms, peak, foreign, said)


def _write(path: Path, lines: int, *, seed: int) -> int:
    """Write a log; return how many requests it holds."""
    servicenow = "servicenow" in path.name
    rows = list(changes(lines, seed)) if servicenow else list(calls(lines, seed))
    if path.suffix == ".xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet = book.add_worksheet("Calls")
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    return len({row[0] for row in rows}) - 1 if servicenow else len(rows) - 1


def calls(lines: int, seed: int) -> Iterator[list[str]]:
    """Yield heads and lines of a plain log of calls."""
    chosen = random.Random(seed)
    yield ["No", "Date", "Who", "Problem", "Answer", "Answered on", "Done on", "Priority", "Status"]
    for number in range(lines):
        opened = _BEGAN + dt.timedelta(minutes=7 * number + chosen.randrange(7))
        answered = opened + dt.timedelta(minutes=chosen.randrange(5, 300))
        done = opened + dt.timedelta(hours=chosen.randrange(6, 90))
        yield [
            f"{seed}-{number}", opened.strftime(_WALL), f"Person {chosen.randrange(PEOPLE)}", sentence(chosen, 6),
            text(chosen)[:200],
            answered.strftime(_WALL), done.strftime(_WALL), str(chosen.randrange(1, 5)), "done",
        ]  # fmt: skip


def changes(lines: int, seed: int) -> Iterator[list[str]]:
    """Yield heads and lines of a log with a line for each change, six an incident."""
    chosen = random.Random(seed)
    yield [
        *("number", "incident_state", "reassignment_count", "reopen_count", "made_sla", "caller_id", "opened_at"),
        *("sys_updated_at", "contact_type", "location", "category", "subcategory", "u_symptom", "priority"),
        *("assignment_group", "assigned_to", "problem_id", "rfc", "resolved_by", "resolved_at", "closed_at"),
    ]
    for incident in range(lines // len(_STATES)):
        opened = _BEGAN + dt.timedelta(minutes=40 * incident)
        step = dt.timedelta(minutes=chosen.randrange(10, 900))
        for number, state in enumerate(_STATES):
            yield [
                f"INC{seed}{incident:07}", state, str(number // 3), "0", "true", f"Caller {incident % PEOPLE}",
                opened.strftime(_WALL),
                (opened + number * step).strftime(_WALL), "Phone", "Location 1", f"Category {incident % 50}",
                f"Subcategory {incident % 200}", "?", "3 - Moderate", f"Group {number // 2}",
                f"Resolver {number // 2}", "?", "?",
                "Resolved by 1", (opened + 4 * step).strftime(_WALL), (opened + 5 * step).strftime(_WALL),
            ]  # fmt: skip


def _imported(environ: dict[str, str], path: Path) -> tuple[float, float, float, float, str]:
    """Return seconds, seconds of processor, most memory in MiB, what others used, and the last line said."""
    what = ["tickets", str(path), "--map", "servicenow"] if "servicenow" in path.name else ["calls", str(path)]
    command = [sys.executable, "-m", "quietmonday", "import", *what, *WHERE]
    began = time.perf_counter()
    with Foreign({os.getpid()}) as others:
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise RuntimeError(f"the import failed: {said}")
    cpu = usage.ru_utime + usage.ru_stime
    foreign = max(0.0, others.share - cpu / seconds / (os.cpu_count() or 1))
    return seconds, cpu, usage.ru_maxrss / 1024, foreign, said.strip().splitlines()[-1]
