"""`quietmonday run`, whole: what people start, look at and stop."""

import contextlib
import json
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

from quietmonday.config.logs import COMMON, EVENTS

pytestmark = pytest.mark.sqlite  # it makes its own database in its own folder

SRC = Path(__file__).resolve().parents[2] / "src"


class Running:
    """One `quietmonday run` in a folder and on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("QUIETMONDAY_", "DJANGO_"))}
        ours |= {"PYTHONPATH": str(SRC), "QUIETMONDAY_VAR": str(folder), "PORT": str(port)}
        self.folder, self.port, self.said = folder, port, ""
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
        said, complained = self.process.communicate(timeout=60)
        return time.monotonic() - started, said, complained


def free_port() -> int:
    """Return a port below the range that the machine hands out for outgoing connections."""
    for port in range(20000 + os.getpid() * 16 % 12000, 32767):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every port is taken")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return one that runs, after its line; stopped at the end."""
    one = Running(tmp_path_factory.mktemp("running"), free_port())
    one.said = one.line()
    yield one
    one.stop(signal.SIGTERM)


def status(port: int) -> int:
    try:
        return int(urllib.request.urlopen(f"http://localhost:{port}/sign-in/", timeout=10).status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_says_where_it_runs_and_how_to_sign_in_once_it_answers(running: Running) -> None:
    where, _, how = running.said.partition(" – ")
    assert where == f"Quiet Monday runs at http://localhost:{running.port}"
    assert how.startswith(f"sign in, once, with http://localhost:{running.port}/sign-in/")
    assert status(running.port) == 200


def test_a_second_one_in_the_same_folder_is_refused_in_one_line(running: Running) -> None:
    second = Running(running.folder, running.port + 1)
    said, complained = second.process.communicate(timeout=60)
    assert (second.process.returncode, said) == (1, "")
    assert complained == f"Quiet Monday runs already from {running.folder}. Stop that one first.\n"


def test_a_taken_port_is_refused_in_one_line(running: Running, tmp_path: Path) -> None:
    refused = Running(tmp_path, running.port)
    said, complained = refused.process.communicate(timeout=60)
    assert (refused.process.returncode, said) == (1, "")
    assert complained.startswith(f"Cannot listen on 127.0.0.1:{running.port} (")
    assert complained.count("\n") == 1


def test_a_worker_that_is_killed_comes_back(running: Running) -> None:
    worker = running.worker()
    worker.kill()
    assert running.worker(other_than=worker.pid).is_running()


def test_it_stops_at_once_leaves_nothing_behind_and_finds_everything_again(tmp_path: Path) -> None:
    first = Running(tmp_path, free_port())
    first.line()
    stops_cleanly(first, signal.SIGINT)
    before = what_is_kept(tmp_path)

    second = Running(tmp_path, first.port)
    assert second.line().startswith("Quiet Monday runs at ")
    stops_cleanly(second, signal.SIGTERM)
    assert what_is_kept(tmp_path) == before


def stops_cleanly(running: Running, number: signal.Signals) -> None:
    family = running.family()
    seconds, said, complained = running.stop(number)
    assert (running.process.returncode, said, complained) == (0, "", "")
    assert seconds < 10
    assert [process for process in family if process.is_running()] == []
    assert not (running.folder / "quietmonday.sqlite3-wal").exists()


def what_is_kept(folder: Path) -> list[object]:
    """Return what a second start must find as it was: versions, accounts, keys and every static file."""
    with contextlib.closing(sqlite3.connect(folder / "quietmonday.sqlite3")) as connection:
        names = ("django_migrations", "people_account")
        tables = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in names]
    # The list of what has ended grows by a line about each time it is looked at.
    keys = [path.read_bytes() for path in sorted((folder / "keys").iterdir()) if path.name != "ended.list"]
    static = {path: path.stat().st_mtime_ns for path in (folder / "static").rglob("*")}
    return [tables, keys, static]


def test_health_is_asked_for_on_the_command_line(running: Running, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SRC), "QUIETMONDAY_VAR": str(running.folder)}
    ask = [sys.executable, "-m", "quietmonday", "health"]
    well = subprocess.run(
        ask, env=environment | {"PORT": str(running.port)}, capture_output=True, text=True, check=False
    )
    assert (well.returncode, well.stdout) == (0, "All is well.\n")
    ill = subprocess.run(ask, env=environment | {"PORT": "1"}, capture_output=True, text=True, check=False)
    assert (ill.returncode, ill.stdout.split(" (")[0]) == (1, "Nothing answers on port 1 of this machine")


def test_no_line_that_it_logs_holds_more_than_the_schema_allows(running: Running) -> None:
    secret = "tok3n-of-a-link"
    ours = f"localhost:{running.port}"
    for path, host in ((f"once/{secret}/", ours), (f"?next={secret}", ours), ("", f"{secret}.example")):
        request = urllib.request.Request(f"http://{ours}/sign-in/{path}", headers={"Host": host})
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310  # our own server
    written = "".join(path.read_text() for path in (running.folder / "logs").glob("*.log"))
    lines = [json.loads(line) for line in written.splitlines()]
    assert {"request", "refused: DisallowedHost"} <= {line["event"] for line in lines}
    assert secret not in written
    assert [line for line in lines if not set(line) <= COMMON | EVENTS.get(line["event"], frozenset())] == []
    assert [line for line in lines if "left_out" in line] == []
