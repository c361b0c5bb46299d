"""Reading the index: the newest message of each request in which everything stands that is asked for.

Both engines find candidates by keys, whose marks say who may see them, and look at the rows themselves then. Neither
ever collects all that fits: SQLite reads its index from the newest end and stops; PostgreSQL, whose index has no order,
looks at the newest messages first, and then at stretches of time.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from quietmonday.support.logic.search_docs import BUCKET_BITS, CHANCE_BITS, Marks, number_of_key
from quietmonday.support.logic.search_query import Part, Question

MOST_LOOKED_AT = 20_000
"""Candidates that are looked at for one page on SQLite; whoever reaches that is told."""

SPILL = 30 * 24 * 3600
"""A message may stand before its second, when many were said in one. Never so far."""

_FIRST_LOOK, _LONG_LOOK = 1_000, 20_000
_WORTH_READING_ON = 18
"""So many of a thousand make reading on quicker than asking the index."""

_SMALL = 50_000
_STRETCH = 16  # buckets

# The buckets in which a message between two places can lie, asked for in the query that goes through them.
_NEWEST, _OLDEST = (
    f"({bound}(%s::bigint, (SELECT coalesce({end}(place), 0) FROM support_search)) >> {CHANCE_BITS + BUCKET_BITS})::int"
    for bound, end in (("least", "max"), ("greatest", "min"))
)


@dataclasses.dataclass(frozen=True, slots=True)
class Sought:
    """A question with all that narrows it. `marks`: of whom it may be shown to; `suppliers`: whose notes are seen;
    `since`, `until`: seconds; `state`: "", open or settled, of the request."""

    question: Question
    marks: Marks
    suppliers: Collection[uuid.UUID]
    since: int | None = None
    until: int | None = None
    state: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Spot:
    """A request and its newest message that fits. `place`: where a next page goes on."""

    place: int
    ticket: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Spots:
    """What was found, newest first. `whole`: nothing was left unread that could fit, but for `most`."""

    found: list[Spot]
    whole: bool


def newest(sought: Sought, *, most: int, before: int | None = None, about: int = 0) -> Spots:
    """Return up to `most` requests whose newest fitting message stands before the place `before`.

    `about`: how many messages the index holds, roughly. On SQLite one query, on PostgreSQL two, and three in an
    index that holds more than the first look reads.
    """
    if not sought.marks.narrow:
        return Spots([], whole=True)
    return (_sqlite if connection.vendor == "sqlite" else _postgresql)(sought, most, before, about)


@dataclasses.dataclass(frozen=True, slots=True)
class Fitting:
    """A message that fits, of how many in its request."""

    ticket: uuid.UUID
    message: uuid.UUID
    many: int
    has_files: bool


def fitting(sought: Sought, tickets: Sequence[uuid.UUID], *, most: int) -> list[Fitting]:
    """Return the newest `most` messages that fit in each of these requests, newest first."""
    matches, values = _matches("d", sought)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket, message, many, has_files FROM (SELECT d.ticket, d.message, d.place, d.files <> '' AS "
            "has_files, row_number() OVER (PARTITION BY d.ticket ORDER BY d.place DESC) AS nth, "
            "count(*) OVER (PARTITION BY d.ticket) AS many FROM support_search d "
            f"WHERE d.ticket IN ({_marks_for(tickets)}) AND {matches}) told "
            "WHERE nth <= %s ORDER BY place DESC",
            [*map(_ref, tickets), *values, most],
        )
        return [
            Fitting(_uuid(ticket), _uuid(message), many, bool(files))
            for ticket, message, many, files in cursor.fetchall()
        ]


def _sqlite(sought: Sought, most: int, before: int | None, _about: int) -> Spots:
    matches, values = _newest_matches(sought)
    low, high = _bounds(sought, before, 0)
    # The candidates come one by one, as they are read: whoever has enough stops the engine where it stands. Those that
    # do not fit come as nothing, so that they can be counted.
    sql = (
        f"SELECT c.place, CASE WHEN {matches} THEN d.ticket END, d.marks FROM "
        "(SELECT rowid AS place FROM support_search_keys WHERE support_search_keys MATCH %s AND rowid < %s "
        "AND rowid >= %s ORDER BY rowid DESC LIMIT %s) c CROSS JOIN support_search d ON d.place = c.place"
    )
    found: list[Spot] = []
    looked_at = 0
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, _fts(sought), high, low, MOST_LOOKED_AT])
        while rows := cursor.fetchmany(100):
            for place, ticket, marks in rows:
                looked_at += 1
                if ticket is not None and not sought.marks.exact.isdisjoint(marks.split()):
                    found.append(Spot(place, _uuid(ticket)))
                    if len(found) == most:
                        return Spots(found, whole=True)
    return Spots(found, whole=looked_at < MOST_LOOKED_AT)


def _postgresql(sought: Sought, most: int, before: int | None, about: int) -> Spots:
    low, high = _bounds(sought, before, CHANCE_BITS)
    first = _look_at_newest(sought, low, high, _FIRST_LOOK, most)
    if len(first) == most or not sought.question.parts:
        return Spots(first if len(first) == most else _by_index(sought, low, high, most, about), whole=True)
    if about > _FIRST_LOOK and len(first) >= _WORTH_READING_ON:
        longer = _look_at_newest(sought, low, high, _LONG_LOOK, most)
        if len(longer) == most:
            return Spots(longer, whole=True)
    return Spots(_by_index(sought, low, high, most, about), whole=True)


def _look_at_newest(sought: Sought, low: int, high: int, looked_at: int, most: int) -> list[Spot]:
    """Return what fits among the newest so many messages, without the index: quickest for what is everywhere."""
    matches, values = _newest_matches(sought)
    sql = (
        "SELECT d.place, d.ticket FROM (SELECT * FROM support_search WHERE place < %s AND place >= %s "
        f"ORDER BY place DESC LIMIT %s) d WHERE {matches} AND d.marks && %s::int4[] "
        "LIMIT %s"
    )
    return _spots(sql, [high, low, looked_at, *values, _numbers(sought.marks.exact), most])


def _by_index(sought: Sought, low: int, high: int, most: int, about: int) -> list[Spot]:
    matches, values = _newest_matches(sought)
    keys = _numbers(key for part in sought.question.parts for key in part.keys)
    by_keys = "d.keys && %s::int4[] AND d.marks && %s::int4[] AND d.place < %s AND d.place >= %s"
    bound: list[Any] = [_numbers(sought.marks.narrow), _numbers(sought.marks.exact), high, low]
    if keys:
        by_keys, bound = f"d.keys @> %s::int4[] AND {by_keys}", [keys, *bound]
    # + 0 below: by the index of keys, never by place, which would read everything for a word that nobody said.
    if about < _SMALL:
        sql = (
            f"SELECT d.place, d.ticket FROM support_search d WHERE {by_keys} AND {matches} "
            "ORDER BY d.place + 0 DESC LIMIT %s"
        )
        return _spots(sql, [*bound, *values, most])
    # Stretch by stretch, the newest first: the engine does the next only while rows are wanted. That it keeps their
    # order is how nested loops are done, so nothing sorts here.
    stretch = ", ".join(f"g.bucket - {n}" for n in range(_STRETCH))
    sql = (
        f"SELECT f.place, f.ticket FROM generate_series({_NEWEST}, {_OLDEST}, %s) AS g(bucket) "
        f"CROSS JOIN LATERAL (SELECT d.place, d.ticket FROM support_search d WHERE {by_keys} "
        f"AND d.keys && ARRAY[{stretch}] AND {matches} ORDER BY d.place + 0 DESC LIMIT %s) f LIMIT %s"
    )
    return _spots(sql, [high, low, -_STRETCH, *bound, *values, most, most])


def _spots(sql: str, values: Sequence[Any]) -> list[Spot]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = [Spot(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda spot: -spot.place)


def _newest_matches(sought: Sought) -> tuple[str, list[Any]]:
    """Return the condition that `d` fits and that no newer message of its request does."""
    own, values = _matches("d", sought)
    newer, again = _matches("n", sought)
    return (
        # LIMIT, because PostgreSQL would make a join of NOT EXISTS, and read the whole table for it.
        f"{own} AND (SELECT 1 FROM support_search n WHERE n.ticket = d.ticket AND n.place > d.place "
        f"AND {newer} LIMIT 1) IS NULL",
        [*values, *again],
    )


def _matches(row: str, sought: Sought) -> tuple[str, list[Any]]:
    """Return the condition that a message says what is asked for, and is one whose notes are seen."""
    position = "instr" if connection.vendor == "sqlite" else "strpos"
    told: list[str] = []
    values: list[Any] = []
    for part, there in [(each, "> 0") for each in sought.question.parts] + [
        (each, "= 0") for each in sought.question.without
    ]:
        either = [f"{position}({row}.{part.where}, %s) {there}" for _spelling in part.spellings]
        told.append(f"({(' OR ' if there == '> 0' else ' AND ').join(either)})")
        values += part.spellings
    if sought.since is not None:
        told.append(f"{row}.at >= %s")
        values.append(sought.since)
    if sought.until is not None:
        told.append(f"{row}.at < %s")
        values.append(sought.until)
    if sought.state:
        told.append(
            f"EXISTS (SELECT 1 FROM support_ticket t WHERE t.id = {row}.ticket "
            f"AND t.state {'=' if sought.state == 'open' else '<>'} 'open')"
        )
    if sought.suppliers:
        told.append(f"({row}.note_of IS NULL OR {row}.note_of IN ({_marks_for(sought.suppliers)}))")
        values += map(_ref, sought.suppliers)
    else:
        told.append(f"{row}.note_of IS NULL")
    return " AND ".join(told), values


def _fts(sought: Sought) -> str:
    """Return the expression for FTS5: keys and marks hold letters, digits and _ only, and stand in quotes."""
    keys = sorted(_keys(sought.question.parts), key=lambda key: (len(key), key))
    any_mark = " OR ".join(f'"{mark}"' for mark in sought.marks.narrow)
    return " AND ".join([*(f'"{key}"' for key in keys), f"({any_mark})"])


def _keys(parts: Iterable[Part]) -> Iterator[str]:
    return iter({key for part in parts for key in part.keys})


def _bounds(sought: Sought, before: int | None, bits: int) -> tuple[int, int]:
    """Return from which place on, and up to which, a message can stand."""
    high = 2**62 if sought.until is None else sought.until << bits
    low = -(2**62) if sought.since is None else (sought.since - SPILL) << bits
    return low, high if before is None else min(before, high)


def _numbers(keys: Iterable[str]) -> list[int]:
    return [number_of_key(key) for key in keys]


def _ref(ref: uuid.UUID) -> Any:
    return ref.hex if connection.vendor == "sqlite" else ref


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _marks_for(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))
