"""`quietmonday run`, whole: what people start, look at and stop."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.sqlite  # it makes its own database in its own folder

SRC = Path(__file__).resolve().parents[2] / "src"


class Running:
    """One `quietmonday run` in a folder and on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("QUIETMONDAY_", "DJANGO_"))}
        ours |= {"PYTHONPATH": str(SRC), "QUIETMONDAY_VAR": str(folder), "PORT": str(port)}
        self.folder, self.port = folder, port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quietmonday", "run"],
            env=ours,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # no terminal, and Ctrl-C of whoever runs the tests is not for it
        )

    def line(self) -> str:
        """Return the one line; if it ended instead, fail with what it complained of."""
        assert self.process.stdout is not None
        if line := self.process.stdout.readline():
            return line
        raise AssertionError(self.process.communicate()[1])

    def family(self, size: int = 5) -> list[psutil.Process]:
        """Return gunicorn and its two, worker and scheduler, once all of them are there."""
        until = time.monotonic() + 30
        while len(family := self._living()) != size and time.monotonic() < until:
            time.sleep(0.05)
        assert len(family) == size
        return family

    def worker(self, other_than: int = 0) -> psutil.Process:
        """Return the worker's process, once there is one with another id than `other_than`."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for process in self._living():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if process.pid != other_than and "worker" in process.cmdline():
                        return process
            time.sleep(0.05)
        raise AssertionError("no worker came")

    def _living(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> tuple[float, str, str]:
        """Return how long stopping took and what it said on either stream meanwhile."""
        started = time.monotonic()
        self.process.send_signal(number)
        said, complained = self.process.communicate(timeout=20)
        return time.monotonic() - started, said, complained


@pytest.fixture
def port() -> int:
    """Return a port below the range that the machine hands out for outgoing connections."""
    for candidate in range(20000 + os.getpid() * 16 % 12000, 32767):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)):
                return candidate
    raise AssertionError("every port is taken")


@pytest.fixture
def running(tmp_path: Path, port: int) -> Iterator[Running]:
    one = Running(tmp_path, port)
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.communicate()


def status(port: int) -> int:
    try:
        return int(urllib.request.urlopen(f"http://localhost:{port}/sign-in/", timeout=10).status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_one_line_serves_and_leaves_nothing_behind(running: Running, number: signal.Signals) -> None:
    line = running.line()
    assert line.startswith(f"Quiet Monday runs at http://localhost:{running.port} ")
    assert f"http://localhost:{running.port}/sign-in/" in line.split(" – ")[1]
    assert status(running.port) < 500
    family = running.family()

    seconds, said, complained = running.stop(number)
    assert (running.process.returncode, said, complained) == (0, "", "")
    assert seconds < 10
    assert [process for process in family if process.is_running()] == []
    assert not (running.folder / "quietmonday.sqlite3-wal").exists()


def test_a_second_run_finds_everything_as_it_was(running: Running) -> None:
    running.line()
    running.stop(signal.SIGTERM)
    database = running.folder / "quietmonday.sqlite3"
    with sqlite3.connect(database) as connection:
        before = connection.execute("SELECT * FROM django_migrations").fetchall()
        accounts = connection.execute("SELECT id FROM people_account").fetchall()
    static = {path: path.stat().st_mtime_ns for path in (running.folder / "static").rglob("*")}

    again = Running(running.folder, running.port)
    assert again.line().startswith("Quiet Monday runs at ")
    again.stop(signal.SIGTERM)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT * FROM django_migrations").fetchall() == before
        assert connection.execute("SELECT id FROM people_account").fetchall() == accounts
    assert {path: path.stat().st_mtime_ns for path in (running.folder / "static").rglob("*")} == static


def test_a_second_one_at_the_same_time_is_refused_in_one_line(running: Running, port: int) -> None:
    running.line()
    second = Running(running.folder, port + 1)
    said, complained = second.process.communicate(timeout=20)
    assert (second.process.returncode, said) == (1, "")
    assert complained == f"Quiet Monday runs already from {running.folder}. Stop that one first.\n"


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        refused = Running(tmp_path, port)
        said, complained = refused.process.communicate(timeout=20)
    assert (refused.process.returncode, said) == (1, "")
    assert complained.startswith(f"Cannot listen on 127.0.0.1:{port} (")
    assert complained.count("\n") == 1


def test_a_worker_that_is_killed_comes_back_and_is_named(running: Running) -> None:
    running.line()
    worker = running.worker()
    worker.kill()
    assert running.worker(other_than=worker.pid).is_running()
    _, _, complained = running.stop(signal.SIGTERM)
    assert '"child": "worker", "code": -9' in complained.splitlines()[0]
