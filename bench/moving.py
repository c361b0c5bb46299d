"""Taking a business's whole record out and in again, and everything: how long, and how much memory.

python -m bench.moving N        fill one business with N requests, in the database of the environment
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from bench.server import ROOT, environment
from bench.sizes import Size

BUSINESS = "Client 01"


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """One command: how long it took, its processor time, the most memory it held, in MiB."""

    what: str
    seconds: float
    cpu: float
    memory: float

    def line(self) -> str:
        """Return it as a line."""
        return f"{self.what:<28} {self.seconds:7.1f} s  {self.cpu:7.1f} s of processor  {self.memory:6.0f} MiB at most"


def bench_moving(n: int, folder: Path) -> list[Move]:
    """Export, import, back up and restore one business with `n` requests; prints each as it is done.

    Into SQLite, and into PostgreSQL too if QUIETMONDAY_DATABASE_URL names a server.
    """
    server = os.environ.get("QUIETMONDAY_DATABASE_URL", "")
    home = folder / f"moving-{n}"
    if not (home / "filled").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        print(f"Filling one business with {n:,} requests …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "bench.moving", str(n)], env=environment(home), check=True, cwd=ROOT)
        (home / "filled").touch()
    _quietly(home, "", "migrate", "--verbosity", "0")  # it may have been filled by an earlier state
    files = {name: home / f"{name}.qm" for name in ("record", "backup")}
    for path in files.values():
        path.unlink(missing_ok=True)
    moves = [
        _run(home, "", "export business, SQLite", "export", "business", BUSINESS, str(files["record"])),
        _run(home, "", "backup, SQLite", "backup", str(files["backup"])),
    ]
    for engine, database in [("SQLite", ""), *([("PostgreSQL", _named(server))] if server else [])]:
        for what, words in (
            ("import business", ("import", "business", BUSINESS, str(files["record"]))),
            ("restore", ("restore", str(files["backup"]))),
        ):
            var = home / "target"
            shutil.rmtree(var, ignore_errors=True)
            (var / "keys").mkdir(parents=True)
            shutil.copy(home / "keys" / "root.key", var / "keys" / "root.key")
            if database:
                _make(server, database)
            if what == "import business":
                _quietly(var, database, "migrate", "--verbosity", "0")
            moves.append(_run(var, database, f"{what}, {engine}", *words))
    sizes = ", ".join(f"{name} {path.stat().st_size / 1e6:.0f} MB" for name, path in files.items())
    print(f"files: {sizes}; database {(home / 'quietmonday.sqlite3').stat().st_size / 1e6:.0f} MB")
    return moves


def _run(var: Path, database: str, what: str, *words: str) -> Move:
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "quietmonday", *words], env=environment(var, database=database))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what} ended with {process.returncode}")
    move = Move(what, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    print(move.line(), flush=True)
    return move


def _quietly(var: Path, database: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "quietmonday", *words], env=environment(var, database=database), check=True, cwd=ROOT
    )


def _named(server: str) -> str:
    return urlsplit(server)._replace(path="/quietmonday_bench_moving").geturl() if server else ""


def _make(server: str, database: str) -> None:
    import psycopg
    from psycopg import sql

    name = sql.Identifier(urlsplit(database).path.lstrip("/"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def _fill(n: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from bench.fill import fill
    from quietmonday.config.running import prepare

    prepare()
    size = Size(f"one business, {n}", n, businesses=1)
    fill(size, now=dt.datetime.now(dt.UTC), say=lambda line: print(line, file=sys.stderr, flush=True))


if __name__ == "__main__":
    _fill(int(sys.argv[1]))
