"""Rows that came in a file, laid beside our tables to be looked at before anything is changed.

Temporary tables of this connection: nobody else sees them, and they are gone with it. Names come from our own models
and are quoted; values are passed apart.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models

from quietmonday.integrations.logic.manifest import Unfit
from quietmonday.integrations.queries.belonging import PARTIES, STAYS, keys_between, rows_of
from quietmonday.integrations.queries.tables import kind_of

SHOWN = 20
_DATE = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]"
_TIME = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_FRACTION = ".[0-9][0-9][0-9][0-9][0-9][0-9]"

Model = type[models.Model]


def staged(model: Model) -> str:
    """Return the name of the table beside the one of `model`."""
    return f"staged_{model._meta.db_table}"


@contextlib.contextmanager
def staging(found: Sequence[Model]) -> Iterator[None]:
    """Have an empty table beside each of `found`; all are dropped at the end."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("same_json", 2, _same_json, deterministic=True)
    for model in found:
        mine, theirs = _quoted(staged(model)), _quoted(model._meta.db_table)
        _run(f"DROP TABLE IF EXISTS {mine}")
        if connection.vendor == "sqlite":
            _run(f"CREATE TEMP TABLE {mine} AS SELECT * FROM {theirs} WHERE 0")
        else:
            _run(f"CREATE TEMP TABLE {mine} (LIKE {theirs})")
    try:
        yield
    finally:
        for model in found if connection.is_usable() else ():
            _run(f"DROP TABLE IF EXISTS {_quoted(staged(model))}")


@contextlib.contextmanager
def filling() -> Iterator[None]:
    """One transaction for many inserts beside our tables; on SQLite it holds nobody up, for it writes none of ours."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _run("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        _run("ROLLBACK")
        raise
    _run("COMMIT")


def index(found: Sequence[Model]) -> None:
    """Find rows by their ids from here on. Raises Unfit if an id is there twice."""
    for model in found:
        mine, key = _quoted(staged(model)), _quoted(_key(model))
        doubles = _first(f"SELECT {key} FROM {mine} GROUP BY {key} HAVING count(*) > 1 LIMIT 1")
        if doubles:
            raise Unfit(f"The file has {model._meta.label} {doubles[0]} twice. Nothing was changed.")
        _run(f"CREATE UNIQUE INDEX {_quoted(staged(model)[:50] + '_key')} ON {mine} ({key})")
        if connection.vendor == "postgresql":
            _run(f"ANALYZE {mine}")
    _run('CREATE INDEX "staged_entry_place" ON "staged_journal_entry" ("chain_id", "seq")')


def refuse_misfits(found: Sequence[Model]) -> None:
    """Raise Unfit for a value that its column never holds. PostgreSQL has refused most of them by now."""
    for model in found:
        # All columns in one pass: a table may have twenty, and half a million rows.
        tests = [
            (str(field.column), f"{name} IS NOT NULL AND ({condition})", params)
            for field in model._meta.concrete_fields
            for name in [_quoted(str(field.column))]
            for condition, params in _misfits(field, name)
        ]
        if not tests:
            continue
        cases = " ".join(f"WHEN {condition} THEN {at}" for at, (_column, condition, _params) in enumerate(tests))
        row = _first(
            f"SELECT {_quoted(_key(model))}, misfit FROM (SELECT {_quoted(_key(model))}, CASE {cases} END AS misfit "
            f"FROM {_quoted(staged(model))}) judged WHERE misfit IS NOT NULL LIMIT 1",
            [param for _column, _condition, params in tests for param in params],
        )
        if row:
            raise Unfit(
                f"The file's {model._meta.label} {_said(row[0])} has in {tests[row[1]][0]} what none of ours has. "
                "Nothing was changed."
            )


def refuse_strangers(found: Sequence[Model], business: uuid.UUID) -> None:
    """Raise Unfit for a row of another business, or one that points at what is not in the file."""
    in_file = {model._meta.label for model in found}
    for model in found:
        columns = {field.column for field in model._meta.concrete_fields}
        if "business_id" in columns:
            allowed = ' AND NOT ("business_id" IS NULL AND "supplier_id" IS NOT NULL)'
            others = '("business_id" IS NULL OR "business_id" <> %s)' + (
                allowed if model._meta.label == "people.Person" else ""
            )
            _refuse(model, others, [business.hex], "is of another business")
        for column, target in keys_between(model):
            if target._meta.label in STAYS or target._meta.label not in in_file:
                _refuse(model, f"{_quoted(column)} IS NOT NULL", [], f"points with {column} at what does not travel")
                continue
            there = (
                f"SELECT 1 FROM {_quoted(staged(target))} t WHERE t.{_quoted(_key(target))} = "
                f"{_quoted(staged(model))}.{_quoted(column)}"
            )
            _refuse(
                model, f"{_quoted(column)} IS NOT NULL AND NOT EXISTS ({there})", [],
                f"points with {column} at what is not in the file",
            )  # fmt: skip


def taken_ids(found: Sequence[Model], business: uuid.UUID) -> list[str]:
    """Return rows of the file whose ids are rows of another business here, in words; at most a few."""
    said = []
    for model in found:
        columns = {field.column for field in model._meta.concrete_fields}
        if model._meta.label in PARTIES and model._meta.label != "people.Person":
            continue
        if "business_id" in columns:
            condition = 't."business_id" IS NOT NULL AND t."business_id" <> %s'
            said += _both(model, condition, [business.hex], "is a row of another business here")
    return said[:SHOWN]


def known_ids(found: Sequence[Model]) -> list[str]:
    """Return rows of the file whose ids are known here, parties apart, in words; at most a few."""
    told = [model for model in found if model._meta.label not in PARTIES]
    return [each for model in told for each in _both(model, "1 = 1", [], "is here already")][:SHOWN]


def changed(found: Sequence[Model]) -> list[str]:
    """Return rows that are here and in the file, but not the same, in words; at most a few a table."""
    return [each for model in found for each in _both(model, _differs(model), [], "differs")]


def only_in_file(found: Sequence[Model]) -> list[str]:
    """Return rows that are in the file and not here, in words; at most a few a table."""
    said = []
    for model in found:
        mine, key = _quoted(staged(model)), _quoted(_key(model))
        there = f"SELECT 1 FROM {_quoted(model._meta.db_table)} t WHERE t.{key} = s.{key}"
        rows = _all(f"SELECT s.{key} FROM {mine} s WHERE NOT EXISTS ({there}) LIMIT {SHOWN}")
        said += [f"{model._meta.label} {_said(row[0])} is not here" for row in rows]
    return said


def only_here(model: Model, business: uuid.UUID) -> list[Any]:
    """Return the keys of rows of the record that are here and not in the file. Parties stay whatever a file says."""
    if model._meta.label in PARTIES:
        return []
    table, key = _quoted(model._meta.db_table), _quoted(_key(model))
    there = f"NOT EXISTS (SELECT 1 FROM {_quoted(staged(model))} s WHERE s.{key} = {table}.{key})"
    rows = rows_of(model, business).extra(where=[there])  # noqa: S610  # two names of our own, and no value
    return list(rows.order_by("pk").values_list("pk", flat=True))


def persons_at(business: uuid.UUID, address: str) -> int:
    """Return how many people of the business have this address in the file."""
    (count,) = _first(
        "SELECT count(DISTINCT a.person_id) FROM staged_people_address a JOIN staged_people_person p "
        "ON p.id = a.person_id WHERE p.business_id = %s AND a.email = %s AND p.merged_into_id IS NULL",
        [business.hex, address],
    ) or (0,)
    return int(count)


def take_out(model: Model, keys: Sequence[Any]) -> None:
    """Delete rows by their keys, round every refusal of ours: the record that came in no longer has them."""
    for at in range(0, len(keys), 500):
        model._base_manager.filter(pk__in=keys[at : at + 500])._raw_delete("default")


def put_in(model: Model) -> int:
    """Bring the rows of the file into our table: new ones in, changed ones as they are there; return how many.

    Parties that are known here stay as they are.
    """
    mine, table, key = _quoted(staged(model)), _quoted(model._meta.db_table), _quoted(_key(model))
    names = [_quoted(str(field.column)) for field in model._meta.concrete_fields]
    listed = ", ".join(names)
    moved = _run(
        f"UPDATE {table} SET {', '.join(f'{name} = s.{name}' for name in names if name != key)} FROM {mine} s "
        f"WHERE s.{key} = {table}.{key} AND ({_differs(model, table)})"
    )
    return moved + _run(
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {mine} s "
        f"WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{key} = s.{key}) ORDER BY {key}"
    )


def staged_rows(sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield what a query over staged tables finds, a chunk at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, list(params))
        while rows := cursor.fetchmany(2000):
            yield from rows


def _differs(model: Model, ours: str = "t") -> str:
    """The condition that a row of the file (s) says something else than ours."""
    if model._meta.label in ("people.Supplier", "post.Mailbox"):
        return "1 = 0"
    parts = []
    for field in model._meta.concrete_fields:
        one, other = f"{ours}.{_quoted(str(field.column))}", f"s.{_quoted(str(field.column))}"
        if kind_of(field) == "json" and connection.vendor == "sqlite":
            parts.append(f"NOT same_json({one}, {other})")
        else:
            parts.append(
                f"{one} IS DISTINCT FROM {other}" if connection.vendor != "sqlite" else f"{one} IS NOT {other}"
            )
    condition = " OR ".join(parts)
    # Of a supplier's people the one who runs the installation knows more than a file does.
    return f's."business_id" IS NOT NULL AND ({condition})' if model._meta.label == "people.Person" else condition


def _both(model: Model, condition: str, params: Sequence[Any], what: str) -> list[str]:
    key = _quoted(_key(model))
    rows = _all(
        f"SELECT s.{key} FROM {_quoted(staged(model))} s JOIN {_quoted(model._meta.db_table)} t ON t.{key} = s.{key} "
        f"WHERE {condition} ORDER BY s.{key} LIMIT {SHOWN}",
        params,
    )
    return [f"{model._meta.label} {_said(row[0])} {what}" for row in rows]


def _refuse(model: Model, condition: str, params: Sequence[Any], what: str) -> None:
    row = _first(f"SELECT {_quoted(_key(model))} FROM {_quoted(staged(model))} WHERE {condition} LIMIT 1", params)
    if row:
        raise Unfit(f"The file's {model._meta.label} {_said(row[0])} {what}. Nothing was changed.")


def _misfits(field: models.Field[Any, Any], name: str) -> Iterator[tuple[str, list[Any]]]:
    kind = kind_of(field)
    if field.choices:
        allowed = [value for value, _ in field.flatchoices] + ([""] if field.blank and kind == "text" else [])
        yield f"{name} NOT IN ({', '.join(['%s'] * len(allowed))})", allowed
    if connection.vendor != "sqlite":
        return
    if kind == "uuid":
        yield f"length({name}) <> 32 OR {name} GLOB '*[^0-9a-f]*'", []
    elif kind == "moment":
        forms = f"{name} NOT GLOB '{_DATE} {_TIME}' AND {name} NOT GLOB '{_DATE} {_TIME}{_FRACTION}'"
        yield f"({forms}) OR julianday({name}) IS NULL", []
    elif kind == "date":
        yield f"{name} NOT GLOB '{_DATE}' OR julianday({name}) IS NULL", []
    elif kind == "time":
        forms = f"{name} NOT GLOB '{_TIME}' AND {name} NOT GLOB '{_TIME}{_FRACTION}'"
        yield f"({forms}) OR julianday({name}) IS NULL", []
    elif kind == "json":
        yield f"NOT json_valid({name})", []
    elif kind == "bool":
        yield f"{name} NOT IN (0, 1)", []
    elif kind == "int":
        low, high = connection.ops.integer_field_range(field.get_internal_type())
        yield f"{name} NOT BETWEEN %s AND %s", [-(2**63) if low is None else low, 2**63 - 1 if high is None else high]
    elif kind == "text" and getattr(field, "max_length", None):
        yield f"length({name}) > %s", [field.max_length]


def _same_json(one: str | None, other: str | None) -> bool:
    if one == other or one is None or other is None:
        return one == other
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def _key(model: Model) -> str:
    return str(model._meta.pk.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _said(value: Any) -> str:
    return str(uuid.UUID(value)) if isinstance(value, str) and len(value) == 32 else str(value)[:40]


def _run(sql: str, params: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return int(cursor.rowcount)


def _first(sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _all(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())
