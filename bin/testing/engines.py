"""One run of pytest on one engine, and what came of it."""

import dataclasses
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # we parse only what our own pytest wrote
from pathlib import Path

NOTHING_MATCHED = 5
"""pytest's exit code when no test was selected."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run came to. `skipped` holds the reasons; `code` is pytest's own exit code."""

    engine: str
    code: int
    passed: int
    failed: int
    skipped: list[str]
    seconds: float

    def __str__(self) -> str:
        counts = f"{self.passed} passed, {self.failed} failed, {len(self.skipped)} skipped"
        return f"{self.engine}: {counts} in {self.seconds:.0f} s"


def run(engine: str, url: str, options: list[str], arguments: list[str]) -> Outcome:
    """Run pytest with `options` of ours and `arguments` of the caller's on the database at `url` ("" is SQLite)."""
    with tempfile.TemporaryDirectory(prefix="quietmonday-test-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *options, *arguments]
        print(f"\n=== {engine}", flush=True)
        started = time.monotonic()
        done = subprocess.run(command, env=_environment(url, folder), stdin=subprocess.DEVNULL, check=False)  # noqa: S603  # pytest with the caller's own arguments
        seconds = time.monotonic() - started
        return _outcome(engine, done.returncode, report, seconds)


def _environment(url: str, folder: str) -> dict[str, str]:
    """Return our environment without any setting of ours that the caller has: tests stand on defaults."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUIETMONDAY_")}
    kept |= {"QUIETMONDAY_VAR": f"{folder}/var", "QUIETMONDAY_PLAIN_STATIC": "1"}
    return kept | ({"QUIETMONDAY_DATABASE_URL": url} if url else {})


def _outcome(engine: str, code: int, report: Path, seconds: float) -> Outcome:
    passed, failed, skipped = 0, 0, []
    if report.exists():
        for case in ET.parse(report).iter("testcase"):  # noqa: S314  # our own pytest wrote it
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif (skip := case.find("skipped")) is not None:
                skipped.append(skip.get("message", ""))
            else:
                passed += 1
    return Outcome(engine, code, passed, failed, skipped, seconds)
