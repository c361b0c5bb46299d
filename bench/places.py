"""Where filled installations lie, and filling them when they are not there, or of another week or version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from bench.server import ROOT, environment
from bench.sizes import SIZES, ZONE
from quietmonday.support.logic.week import week_of

_FILLERS = ("fill", "firms", "filing", "events", "mondays", "sizes", "stories", "words")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A filled installation: its folder, its database ("" for SQLite in the folder), how long filling took."""

    size: str
    var: Path
    database: str
    filled_in: float

    def environ(self, port: int = 0) -> dict[str, str]:
        """Return the environment of a process on it."""
        return environment(self.var, database=self.database, port=port)


def filled(size: str, *, folder: Path, fresh: bool = False) -> Place:
    """Return the installation of `size`, filled now unless it was in this week by this version.

    Statements and the Monday page are of a week, so last week's installation is no use. QUIETMONDAY_DATABASE_URL names
    a PostgreSQL server on which the databases quietmonday_bench_s and _l are made; without it SQLite files are.
    """
    server = os.environ.get("QUIETMONDAY_DATABASE_URL", "")
    database = urlsplit(server)._replace(path=f"/quietmonday_bench_{size.lower()}").geturl() if server else ""
    var = folder / f"{'postgresql' if server else 'sqlite'}-{size}"
    marker, made_from = var / "filled.json", _made_from()
    if not fresh and marker.exists():
        known = json.loads(marker.read_text())
        if known["made_from"] == made_from:
            return Place(size, var, database, known["seconds"])
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    if server:
        _make_database(server, database)
    print(f"Filling {size} ({SIZES[size].tickets:,} requests) in {var} …", file=sys.stderr, flush=True)
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.fill", "--size", size]
    subprocess.run(command, env=environment(var, database=database), check=True, cwd=ROOT)
    seconds = time.perf_counter() - began
    marker.write_text(json.dumps({"made_from": made_from, "seconds": seconds}))
    return Place(size, var, database, seconds)


def _made_from() -> str:
    """Return a digest of what a filled database depends on: the week, the filling, the tables."""
    digest = hashlib.sha256(week_of(dt.datetime.now(dt.UTC), ZONE).key.encode())
    fillers = [ROOT / "bench" / f"{name}.py" for name in _FILLERS]
    for path in [*fillers, *sorted((ROOT / "src").rglob("migrations/0*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_database(server: str, database: str) -> None:
    import psycopg
    from psycopg import sql

    name = sql.Identifier(urlsplit(database).path.lstrip("/"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
