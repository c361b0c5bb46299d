"""`quietmonday upgrade`, on the database that an earlier version left: forward, refused, failed and back."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.outbox.installation import ROOT, URL, Installation
from tests.upgrades.test_stored_databases import Stored

pytestmark = pytest.mark.both_engines


class Empty(Stored):
    """A database without a table, with the root key of another installation."""

    def __init__(self, folder: Path, other: Stored) -> None:
        self.var = folder / "empty"
        shutil.copytree(other.var / "keys", self.var / "keys")
        self.processes, self.name = [], f"quiet_empty_{os.getpid()}" if URL else ""
        self.env = self.environment()
        if URL:
            self.env["QUIETMONDAY_DATABASE_URL"] = urlsplit(URL)._replace(path=f"/{self.name}").geturl()
            self._on_server(f"CREATE DATABASE {self.name}")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Stored]:
    """An installation as the first version left it."""
    installation = Stored(tmp_path, "foundation")
    yield installation
    installation.close()


def say(installation: Installation, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "quietmonday", *words],
        env=installation.env | {"QUIETMONDAY_PLAIN_STATIC": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def tickets(installation: Installation) -> int:
    return int(installation.rows("SELECT count(*) FROM support_ticket")[0][0])


def backups(installation: Stored) -> list[Path]:
    return sorted((installation.var / "backups").glob("*.qm"))


def test_one_command_backs_up_and_goes_forward_and_a_second_one_finds_nothing_to_do(old: Stored) -> None:
    before = tickets(old)
    done = say(old, "upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    [backup] = backups(old)
    assert done.stdout.startswith(f"Backed up into {backup}: ")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert tickets(old) == before
    assert "The record is whole." in old.said("-m", "quietmonday", "verify")

    again = say(old, "upgrade")
    assert (again.returncode, again.stdout.count("\n")) == (0, 1)
    assert "already" in again.stdout
    assert backups(old) == [backup]


@pytest.mark.slow
def test_a_step_that_fails_is_named_and_the_backup_brings_back_what_was(old: Stored, tmp_path: Path) -> None:
    before = tickets(old)
    old.run("-c", _IN_THE_WAY)
    done = say(old, "upgrade")
    assert done.returncode == 1
    [backup] = backups(old)
    for said in ("The upgrade stopped at support ", "Forward: ", "Back: ", f"quietmonday restore {backup}"):
        assert said in done.stderr
    assert "Traceback" not in done.stderr

    with contextlib.closing(Empty(tmp_path, old)) as empty:
        back = say(empty, "restore", str(backup))
        assert back.returncode == 0, back.stderr
        assert tickets(empty) == before


@pytest.mark.slow
def test_a_worker_that_runs_holds_the_upgrade_up(old: Stored) -> None:
    old.run("-c", _A_LIFE, str(os.getpid()))
    done = say(old, "upgrade")
    assert done.returncode == 1
    assert done.stderr.startswith("Not upgraded, nothing was touched: processes of the version before still run")
    assert f"- a worker (process {os.getpid()})" in done.stderr
    assert backups(old) == []
    assert say(old, "upgrade", "--while-running").returncode == 0


@pytest.mark.sqlite
def test_a_running_installation_holds_the_upgrade_up(old: Stored) -> None:
    with (old.var / "run.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = say(old, "upgrade")
    assert done.returncode == 1
    assert "`quietmonday run` or `serve`" in done.stderr


def test_a_backup_that_is_there_or_cannot_be_written_stops_it_before_anything_changes(old: Stored) -> None:
    there = old.var / "kept.qm"
    there.write_text("of somebody else")
    for file in (there, old.var / "no folder" / "b.qm"):
        done = say(old, "upgrade", "--backup", str(file))
        assert done.returncode == 1
        assert done.stderr.startswith("Not upgraded, nothing was touched: ")
    assert there.read_text() == "of somebody else"


def test_an_empty_place_has_nothing_to_upgrade(tmp_path: Path) -> None:
    environment = {**os.environ, "QUIETMONDAY_VAR": str(tmp_path), "QUIETMONDAY_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "quietmonday", "upgrade"],
        env=environment, cwd=ROOT / "src", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("There is no record here yet")


_IN_THE_WAY = """
import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import CreateModel
executor = MigrationExecutor(connection)
plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
made = [f"{node.app_label}_{op.name.lower()}" for node, _ in plan for op in node.operations
        if isinstance(op, CreateModel) and node.app_label == "support"]
with connection.cursor() as cursor:
    cursor.execute(f"CREATE TABLE {made[-1]} (id integer)")
"""

_A_LIFE = """
import django; django.setup()
import sys
from quietmonday.kit.clock import now
from quietmonday.outbox.actions import beats
life = beats.begin_life("worker", now())
life.pid, life.born = int(sys.argv[1]), beats._born(int(sys.argv[1]))
life.save()
"""
