"""Store a populated database of this checkout, on both engines, in a folder here.

python -m tests.upgrades.make NAME postgres://user:password@host:5432/postgres
"""

from __future__ import annotations

import lzma
import os
import secrets
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def main() -> None:
    """Read the command line; make the files."""
    name, server = sys.argv[1:]
    folder = HERE / name
    folder.mkdir()  # fails for one that is there: what a released state wrote is not made again
    with tempfile.TemporaryDirectory() as draft:
        var = Path(draft) / "sqlite"
        _populate(var, "", folder / "sqlite3")
        _store(folder / "sqlite3.xz", _whole(var / "quietmonday.sqlite3"))
        database = f"quiet_stored_{secrets.token_hex(4)}"
        url = urlsplit(server)._replace(path=f"/{database}").geturl()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
            try:
                _populate(Path(draft) / "postgresql", url, folder / "postgresql")
                _store(folder / "postgresql.sql.xz", _dump(url))
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def _populate(var: Path, url: str, store: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("QUIETMONDAY_")}
    environ |= {
        "QUIETMONDAY_VAR": str(var),
        "QUIETMONDAY_PLAIN_STATIC": "1",
        "DJANGO_SETTINGS_MODULE": "quietmonday.config.settings",
    }
    if url:
        environ["QUIETMONDAY_DATABASE_URL"] = url
    command = [sys.executable, "-m", "tests.upgrades.populate"]
    done = subprocess.run(command, env=environ, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    store.with_suffix(".seals.txt").write_text(done.stdout)
    with tarfile.open(store.with_suffix(".var.tar.xz"), "w:xz") as tar:
        for part in ("files", "keys/root.key"):
            tar.add(var / part, part, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o700 if member.isdir() else 0o600
    return member


def _whole(path: Path) -> bytes:
    """The bytes of a SQLite file with all that its write-ahead log still holds."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.close()
    return path.read_bytes()


def _dump(url: str) -> bytes:
    command = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100", url]
    dump = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    # Newer versions write commands of psql into a plain dump; the tests hand it to the server as it is.
    return b"\n".join(line for line in dump.split(b"\n") if not line.startswith(b"\\"))


def _store(path: Path, data: bytes) -> None:
    path.write_bytes(lzma.compress(data, preset=9))


if __name__ == "__main__":
    main()
