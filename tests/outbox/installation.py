"""A real installation in a folder of its own: database file or database, worker and scheduler processes."""

import contextlib
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
URL = os.environ.get("QUIETMONDAY_DATABASE_URL", "")


class Installation:
    """Database and folder of `name` under `folder`; made empty, or as a copy of `template`."""

    settings = "tests.outbox.probe.settings"

    def __init__(self, folder: Path, name: str, template: "Installation | None" = None) -> None:
        self.var = folder / name
        # Two modules that run in one process may both keep a "template".
        self.name = f"{urlsplit(URL).path.lstrip('/')}_{os.getpid()}_{name}_{secrets.token_hex(3)}" if URL else ""
        self.processes: list[subprocess.Popen[bytes]] = []
        self.env = self.environment()
        if URL:
            self.env["QUIETMONDAY_DATABASE_URL"] = urlsplit(URL)._replace(path=f"/{self.name}").geturl()
            copied = f" TEMPLATE {template.name}" if template else ""
            self._on_server(f"CREATE DATABASE {self.name}{copied}")
        if template:
            # Whoever lets go of the database last takes two of its files away: it is copied by its own means.
            shutil.copytree(template.var, self.var, ignore=shutil.ignore_patterns("quietmonday.sqlite3*"))
            if not URL:
                self._copy_database(template)
        else:
            self.var.mkdir(parents=True)
            self.run("-m", "quietmonday", "migrate", "--run-syncdb", "--verbosity", "0")

    def _copy_database(self, template: "Installation") -> None:
        name = "quietmonday.sqlite3"
        with (
            contextlib.closing(sqlite3.connect(template.var / name, timeout=30)) as one,
            contextlib.closing(sqlite3.connect(self.var / name)) as other,
        ):
            one.backup(other)

    def environment(self) -> dict[str, str]:
        """Return the environment of its processes; on PostgreSQL its database is still to be named."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "QUIETMONDAY_VAR": str(self.var),
            "QUIETMONDAY_PLAIN_STATIC": "1",
        }

    def run(self, *command: str) -> None:
        """Run Python with `command` to its end; raise unless it ended well."""
        subprocess.run([sys.executable, *command], env=self.env, cwd=ROOT, check=True, timeout=120)

    def start(self, *command: str, fault: str = "") -> "subprocess.Popen[bytes]":
        """Start `quietmonday command`, to be killed at `fault` (point:N) if given."""
        env = self.env | ({"QUIETMONDAY_FAULT": fault, "QUIETMONDAY_FAULTS_ALLOWED": "1"} if fault else {})
        log = (self.var / "log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "quietmonday", *command, "--interval", "0.05"], env=env, cwd=ROOT, stderr=log
        )
        log.close()
        self.processes.append(process)
        return process

    def stop(self, process: "subprocess.Popen[bytes]") -> int:
        """Ask a process to stop and return its exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(30)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        if URL:
            with psycopg.connect(self.env["QUIETMONDAY_DATABASE_URL"]) as connection:
                return connection.execute(sql.encode()).fetchall()
        connection = sqlite3.connect(self.var / "quietmonday.sqlite3", timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def wait_until_settled(self, seconds: float = 240) -> None:
        """Wait until no item waits and no task runs; raise with what waits and the log's end after `seconds`."""
        end = time.monotonic() + seconds
        items = "SELECT id, topic FROM outbox_outboxitem WHERE done_at IS NULL AND failed_at IS NULL"
        tasks = "SELECT id, status FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
        while waiting := self.rows(items) + self.rows(tasks):
            if time.monotonic() > end:
                log = (self.var / "log").read_text()[-3000:]
                raise AssertionError(f"{len(waiting)} items wait, first {waiting[0]}\n{log}")
            time.sleep(0.05)

    def close(self) -> None:
        """End what still runs and drop the database."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        if URL:
            self._on_server(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _on_server(self, sql: str) -> None:
        with psycopg.connect(URL, autocommit=True) as connection:
            connection.execute(sql.encode())
