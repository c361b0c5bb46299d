"""What the machine itself allows, in the same run as the product: guides of goals are for a machine with REFERENCE."""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.intake import generated

REFERENCE = {
    "fsync of 4 KiB, µs": 98.0,
    "SQLite: two inserts, WAL, synchronous FULL, µs": 126.0,
    "SQLite: newest 25 by an index, µs": 23.0,
    "FTS5: newest 25 of a common word, µs": 23.0,
    "reading a mail (compat32), µs": 86.0,
}
"""Where the goals were set."""


def bounds() -> dict[str, float]:
    """Return the median of each bound, in microseconds."""
    with tempfile.TemporaryDirectory(prefix="quietmonday-bounds-") as folder:
        return dict(zip(REFERENCE, (_fsync(folder), *_sqlite(folder), _mail()), strict=True))


def _fsync(folder: str) -> float:
    handle = os.open(Path(folder) / "block", os.O_CREAT | os.O_RDWR)
    try:

        def write() -> None:
            os.pwrite(handle, b"x" * 4096, 0)
            os.fsync(handle)

        return _median(write)
    finally:
        os.close(handle)


def _sqlite(folder: str) -> tuple[float, float, float]:
    with contextlib.closing(sqlite3.connect(Path(folder) / "bound.db", isolation_level=None)) as connection:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE ticket (id INTEGER PRIMARY KEY, client INT, at TEXT, subject TEXT);"
            "CREATE TABLE message (id INTEGER PRIMARY KEY, ticket INT, body TEXT);"
            "CREATE INDEX newest ON ticket (at); CREATE INDEX talk ON message (ticket);"
            "CREATE VIRTUAL TABLE words USING fts5 (body, content='', columnsize=0);"
        )
        connection.execute("BEGIN")
        for number in range(10_000):
            row = (number, number % 50, f"2026-{number:06}", "words of a subject go here")
            connection.execute("INSERT INTO ticket VALUES (?, ?, ?, ?)", row)
            said = "the printer in the hall is out of toner" if number % 10 == 0 else "nothing works since this morning"
            connection.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, said))
        connection.execute("COMMIT")

        def create() -> None:
            connection.execute("BEGIN IMMEDIATE")
            made = connection.execute(
                "INSERT INTO ticket (client, at, subject) VALUES (1, '2027', 'subject')"
            ).lastrowid
            connection.execute("INSERT INTO message (ticket, body) VALUES (?, ?)", (made, "body" * 100))
            connection.execute("COMMIT")

        newest = "SELECT id, client, subject, at FROM ticket ORDER BY at DESC LIMIT 25"
        common = "SELECT rowid FROM words WHERE words MATCH 'printer' ORDER BY rowid DESC LIMIT 25"
        return (
            _median(create),
            _median(lambda: connection.execute(newest).fetchall()),
            _median(lambda: connection.execute(common).fetchall()),
        )


def _mail() -> float:
    mails = list(generated(200))
    number = [0]

    def read() -> None:
        number[0] += 1
        message = email.message_from_bytes(mails[number[0] % len(mails)], policy=email.policy.compat32)
        for part in message.walk():
            if part.get_content_type() == "text/plain":
                part.get_payload(decode=True)

    return _median(read)


def _median(one: Callable[[], object], *, seconds: float = 1.0) -> float:
    one()
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        one()
        times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times)
