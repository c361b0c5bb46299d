"""The index as each engine keeps it: rows in, rows out. Everybody else goes through `actions.indexing`.

On both a row is found by its keys and then looked at itself, so a key too many costs time and never shows anything. No
transaction is opened here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from django.db import connection

from quietmonday.support.logic.search_docs import CHANCE_BITS, Doc, bucket_of, keys_of, number_of_key

AT_ONCE = 500
"""Rows in one statement."""

_TRIES = 12


class NoRoom(RuntimeError):
    """No free second was found for a message. Cannot be, unless as many were said at once as seconds have passed."""


class Writer(Protocol):
    """How one engine keeps the index."""

    def put(self, docs: Sequence[Doc]) -> None:
        """Take in messages that are not in it."""

    def take_out(self, tickets: Collection[UUID], messages: Collection[UUID] | None) -> None:
        """Take out these messages of these tickets, None: all of them."""

    def clear(self) -> None:
        """Take out everything."""

    def tidy(self, *, wholly: bool) -> bool:
        """Put a piece of it in order; return whether there is more to do. `wholly`: what was taken out goes too."""


def writer() -> Writer:
    """Return how this engine keeps it."""
    return _ON_SQLITE if connection.vendor == "sqlite" else _ON_POSTGRESQL


class _Sqlite:
    """FTS5 without content: it forgets a row only when told again by which keys it knew it."""

    def put(self, docs: Sequence[Doc]) -> None:
        placed = sorted(_placed(docs), key=lambda each: each[0])  # FTS5 begins a new segment where a row goes back
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO \"support_search\" (place, message, ticket, note_of, at, words, writer, files, marks) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    (place, d.message.hex, d.ticket.hex, d.note_of.hex if d.note_of else None, d.at, d.words, d.writer,
                     d.files, " ".join(d.marks))
                    for place, d in placed
                ],
            )  # fmt: skip
            cursor.executemany(
                'INSERT INTO "support_search_keys" (rowid, keys) VALUES (%s, %s)',
                [(place, " ".join(keys_of(doc))) for place, doc in placed],
            )

    def take_out(self, tickets: Collection[UUID], messages: Collection[UUID] | None) -> None:
        which = "ticket IN (SELECT value FROM json_each(%s))"
        values = [_as_json(tickets)]
        if messages is not None:
            which, values = f"{which} AND message IN (SELECT value FROM json_each(%s))", [*values, _as_json(messages)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT place, ticket, message, words, writer, files, marks FROM support_search WHERE {which}",
                values,
            )
            gone = [(place, " ".join(keys_of(_stored(*told)))) for place, *told in cursor.fetchall()]
            cursor.executemany(
                "INSERT INTO \"support_search_keys\" (support_search_keys, rowid, keys) VALUES ('delete', %s, %s)",
                sorted(gone),
            )
            cursor.executemany('DELETE FROM "support_search" WHERE place = %s', [(place,) for place, _keys in gone])
            if gone:
                cursor.execute('UPDATE "support_search_state" SET taken_out = taken_out + %s', [len(gone)])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute('DELETE FROM "support_search"')
            cursor.execute("INSERT INTO \"support_search_keys\" (support_search_keys) VALUES ('delete-all')")

    def tidy(self, *, wholly: bool) -> bool:
        with connection.cursor() as cursor:
            before = connection.connection.total_changes
            # Negative: all segments become one in the end, and with them what marks rows as gone.
            pages = -_PAGES if wholly else _PAGES
            cursor.execute(
                "INSERT INTO \"support_search_keys\" (support_search_keys, rank) VALUES ('merge', %s)", [pages]
            )
            return bool(connection.connection.total_changes - before >= 2)  # as the manual of FTS5 says it is told


class _Postgresql:
    """A GIN index over numbers that stand for keys. Two keys with one number are told apart by the row itself."""

    def put(self, docs: Sequence[Doc]) -> None:
        waiting = list(docs)
        with connection.cursor() as cursor:
            for attempt in range(_TRIES):
                # Seconds and chance: two who write at once must not wait for each other here, holding other locks.
                tried = [((doc.at << CHANCE_BITS) + _chance(doc, attempt) % 2**CHANCE_BITS, doc) for doc in waiting]
                cursor.executemany(
                    "INSERT INTO \"support_search\" (place, message, ticket, note_of, at, words, writer, files, marks, "
                    "keys) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    [
                        (place, d.message, d.ticket, d.note_of, d.at, d.words, d.writer, d.files,
                         [number_of_key(each) for each in d.marks],
                         [bucket_of(d.at), *map(number_of_key, keys_of(d))])
                        for place, d in tried
                    ],
                )  # fmt: skip
                if cursor.rowcount == len(tried):
                    return
                cursor.execute(
                    "SELECT message FROM support_search WHERE ticket = ANY(%s) AND message = ANY(%s)",
                    [list({doc.ticket for doc in waiting}), [doc.message for doc in waiting]],
                )
                here = {row[0] for row in cursor.fetchall()}
                waiting = [doc for doc in waiting if doc.message not in here]
                if not waiting:
                    return
        raise NoRoom

    def take_out(self, tickets: Collection[UUID], messages: Collection[UUID] | None) -> None:
        with connection.cursor() as cursor:
            sql, values = 'DELETE FROM "support_search" WHERE ticket = ANY(%s)', [list(tickets)]
            if messages is not None:
                sql, values = f"{sql} AND message = ANY(%s)", [*values, list(messages)]
            cursor.execute(sql, values)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute('DELETE FROM "support_search"')

    def tidy(self, *, wholly: bool) -> bool:
        return False  # vacuuming does it


_ON_SQLITE, _ON_POSTGRESQL = _Sqlite(), _Postgresql()
_PAGES = 500


def _placed(docs: Sequence[Doc]) -> Iterable[tuple[int, Doc]]:
    """Yield each message with its place. Nobody else writes meanwhile: SQLite has one writer."""
    waiting, taken = list(docs), set[int]()
    with connection.cursor() as cursor:
        for attempt in range(_TRIES):
            tried = [(_second(doc, attempt), doc) for doc in waiting]
            cursor.execute(
                "SELECT place FROM support_search WHERE place IN (SELECT value FROM json_each(%s))",
                [json.dumps(sorted({place for place, _doc in tried}))],
            )
            taken |= {row[0] for row in cursor.fetchall()}
            waiting = []
            for place, doc in tried:
                if place in taken:
                    waiting.append(doc)
                else:
                    taken.add(place)
                    yield place, doc
            if not waiting:
                return
    raise NoRoom


def _second(doc: Doc, attempt: int) -> int:
    """Return the second in which it was said; the more often others stand there already, the further before.

    A log may state thousands of calls of one moment: looked for one by one, free seconds would take their square.
    """
    if not attempt:
        return doc.at
    return doc.at - 1 - _chance(doc, attempt) % (1 << 4 * attempt)


def _chance(doc: Doc, attempt: int) -> int:
    return zlib.crc32(doc.message.bytes, attempt)


def _stored(ticket: str, message: str, words: str, by: str, files: str, marks: str) -> Doc:
    return Doc(UUID(message), UUID(ticket), None, 0, words, by, files, tuple(marks.split()))


def _as_json(refs: Collection[UUID]) -> str:
    return json.dumps([ref.hex for ref in refs])
