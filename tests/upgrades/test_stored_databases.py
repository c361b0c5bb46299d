"""What earlier states of the product left behind comes to the present tables whole, on both engines."""

from __future__ import annotations

import json
import lzma
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command

from tests.outbox.installation import ROOT, URL, Installation

HERE = Path(__file__).parent
STATES = sorted(path.name for path in HERE.iterdir() if (path / "sqlite3.xz").exists())

pytestmark = pytest.mark.both_engines


class Stored(Installation):
    """The installation that `state` left, in a folder of its own; nothing was done to it since."""

    settings = "quietmonday.config.settings"

    def __init__(self, folder: Path, state: str, *, on_server: bool = bool(URL)) -> None:
        engine = "postgresql" if on_server else "sqlite3"
        self.var = folder / state
        self.var.mkdir()
        self.processes = []
        self.env = self.environment()
        self.name = f"quiet_stored_{secrets.token_hex(4)}" if on_server else ""
        kept = HERE / state
        with tarfile.open(kept / f"{engine}.var.tar.xz") as tar:
            tar.extractall(self.var, filter="data")
        self.seals = (kept / f"{engine}.seals.txt").read_text()
        if on_server:
            self.env["QUIETMONDAY_DATABASE_URL"] = urlsplit(URL)._replace(path=f"/{self.name}").geturl()
            self._on_server(f"CREATE DATABASE {self.name}")
            with psycopg.connect(self.env["QUIETMONDAY_DATABASE_URL"], autocommit=True) as connection:
                connection.execute(lzma.decompress((kept / "postgresql.sql.xz").read_bytes()))
        else:
            data = lzma.decompress((kept / "sqlite3.xz").read_bytes())
            (self.var / "quietmonday.sqlite3").write_bytes(data)

    def said(self, *command: str) -> str:
        """Run Python with `command`; return what it printed. Raises when it did not end well."""
        done = subprocess.run(
            [sys.executable, *command], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


@pytest.fixture(params=STATES)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stored]:
    """An installation as an earlier state left it; its tables are of then."""
    installation = Stored(tmp_path, request.param)
    yield installation
    installation.close()


def test_a_state_is_stored() -> None:
    assert "foundation" in STATES


def test_what_an_earlier_state_left_comes_to_the_present_tables_whole(stored: Stored) -> None:
    before = stored.rows("SELECT count(*) FROM support_ticket")[0][0]
    assert before >= 25
    stored.run("-m", "quietmonday", "migrate", "--verbosity", "0")

    seals = stored.seals.splitlines()
    assert len(seals) >= 2
    said = stored.said("-m", "quietmonday", "verify", *(word for seal in seals for word in ("--seal", seal)))
    assert "The record is whole." in said
    assert "asked for by the person" in said  # the erased payload, told by whom and why

    seen = json.loads(stored.said("-m", "tests.upgrades.look"))
    assert seen["requests"] == before
    assert len(seen["pages"]) > 40
    assert {page: status for page, status in seen["pages"].items() if status != 200} == {}


def test_a_stored_state_that_was_changed_is_told(stored: Stored) -> None:
    stored.run("-m", "quietmonday", "migrate", "--verbosity", "0")
    told = stored.rows("SELECT count(*) FROM journal_entry WHERE verb = 'ticket.opened'")[0][0]
    assert told > 0
    forged = stored.seals.splitlines()[-1]
    stored.run("-c", _FORGE)
    with pytest.raises(AssertionError, match="NOT WHOLE"):
        stored.said("-m", "quietmonday", "verify", "--seal", forged)


_FORGE = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE journal_entry SET verb = 'ticket.praised' WHERE verb = 'ticket.opened'")
"""


@pytest.mark.django_db
def test_the_migrations_say_everything_that_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
