"""Installations to move between: one that is full of what the foundation left, and empty ones of either engine."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from quietmonday.kit.archives import Reader
from tests.outbox.installation import ROOT, URL, Installation
from tests.upgrades.test_stored_databases import Stored


class Place(Installation):
    """An installation that knows its own engine: the tests need both at once."""

    settings = "quietmonday.config.settings"

    def quietmonday(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever its end is."""
        return run(self, *words, **more)

    def python(self, *words: str) -> str:
        """Run Python with `words`; return what it printed. Raises when it did not end well."""
        return must(
            subprocess.run(
                [sys.executable, *words],
                env=self.env,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        if self.name:
            with psycopg.connect(self.env["QUIETMONDAY_DATABASE_URL"]) as connection:
                return connection.execute(sql.encode()).fetchall()
        connection = sqlite3.connect(self.var / "quietmonday.sqlite3", timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def close(self) -> None:
        """Drop the database."""
        if self.name:
            self._on_server(f"DROP DATABASE {self.name} WITH (FORCE)")


class Full(Place, Stored):
    """The foundation's stored installation, brought to the present tables."""

    def __init__(self, folder: Path, *, on_server: bool = bool(URL)) -> None:
        super().__init__(folder, "foundation", on_server=on_server)
        self.run("-m", "quietmonday", "migrate", "--verbosity", "0")


class Empty(Place):
    """An installation without tables, or a copy of one with empty tables; with the root key of another, if given."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        on_server: bool,
        key_of: Installation | None = None,
        copy_of: Installation | None = None,
    ) -> None:
        self.var = folder / name
        (self.var / "keys").mkdir(parents=True)
        self.processes = []
        self.env = self.environment()
        self.name = f"quiet_moved_{secrets.token_hex(4)}" if on_server else ""
        if on_server:
            self.env["QUIETMONDAY_DATABASE_URL"] = urlsplit(URL)._replace(path=f"/{self.name}").geturl()
            copied = f" TEMPLATE {copy_of.name}" if copy_of else ""
            self._on_server(f"CREATE DATABASE {self.name}{copied}")
        elif copy_of:
            shutil.copy(copy_of.var / "quietmonday.sqlite3", self.var)
        if key_of:
            shutil.copy(key_of.var / "keys" / "root.key", self.var / "keys" / "root.key")


def run(place: Installation, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `quietmonday words` in `place`; return how it ended and what it said."""
    return subprocess.run(
        [sys.executable, "-m", "quietmonday", *words],
        env=place.env | more, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def must(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command said that ended well."""
    assert done.returncode == 0, f"{done.args}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return label → rows of a file, JSON as what it says: PostgreSQL writes its spaces and keys in its own way."""
    found: dict[str, list[dict[str, Any]]] = {}
    with Reader(path) as reader:
        reader.check()
        for table in reader.manifest["tables"]:
            columns = table["columns"]
            found[table["label"]] = [
                {
                    column["name"]: json.loads(value) if column["kind"] == "json" and value is not None else value
                    for column, value in zip(columns, json.loads(line), strict=True)
                }
                for line in reader.lines(f"rows/{table['label']}")
            ]
        for name, part in reader.parts.items():
            if name.startswith(("bytes/", "files/")):
                found[name] = [part]
    return found
