"""Our tables, as they travel: their columns, their order, their rows as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable

from quietmonday.integrations.logic.lines import Column

LEFT_AT_HOME = {
    "people.SignIn": "where accounts are signed in on that machine",
    "people.SignInLink": "a link that signs in once must not open a second time",
    "people.Token": "one that was taken back since must not open again: whoever had one makes it anew",
    "integrations.Delivery": "within seconds of the backup the other installation has sent it",
    "integrations.DeliveryTry": "belongs to what is left at home",
    "integrations.IdempotencyKey": "answers of two days, to tokens that are left at home",
    "integrations.Export": "its file lies on that machine, and is no longer there to fetch",
    "outbox.CommonGround": "which folder and keys that installation has",
    "outbox.WorkerBeat": "lives of processes of that machine",
}
"""Tables of ours that no backup holds, and why. Those of others (sessions, background tasks, caches) never are."""

_FIRST_FETCH, _MOST_FETCHED = 8, 2000  # rows
_FETCHED = 1024 * 1024  # characters

_KINDS: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.UUIDField, "uuid"),
    (models.DateTimeField, "moment"),  # before DateField: it is one
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.JSONField, "json"),
    (models.BooleanField, "bool"),
    (models.IntegerField, "int"),
    (models.BinaryField, "bytes"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


class NoKind(TypeError):
    """A column of a type that cannot travel yet: add it to _KINDS here, to Neutral, and to logic.lines."""


def our_models(registry: Any = apps) -> list[type[models.Model]]:
    """Return our tables, those first that others point at. `registry`: of another state of the migrations."""
    areas = {config.label for config in apps.get_app_configs() if config.name.startswith("quietmonday.")}
    waiting = sorted((m for m in registry.get_models() if m._meta.app_label in areas), key=lambda m: m._meta.label)
    done: list[type[models.Model]] = []
    while waiting:
        labels = {model._meta.label for model in waiting}
        # Two that point at each other come in any order: keys are looked at when the transaction ends.
        ready = [model for model in waiting if not (_targets(model) & labels)] or waiting[:1]
        done += ready
        waiting = [model for model in waiting if model not in ready]
    return done


def backed_up_models(registry: Any = apps) -> list[type[models.Model]]:
    """Return the tables that a backup holds, in the same order."""
    return [model for model in our_models(registry) if model._meta.label not in LEFT_AT_HOME]


def columns_of(model: type[models.Model]) -> list[Column]:
    """Return the columns of a table. Raises NoKind."""
    return [Column(str(field.column), kind_of(field), bool(field.null)) for field in model._meta.concrete_fields]


def kind_of(field: models.Field[Any, Any]) -> str:
    """Return what a column holds, as lines know it; a key holds what it points at. Raises NoKind."""
    target: Any = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    for known, kind in _KINDS:
        if isinstance(target, known):
            return kind
    raise NoKind(f"{field.model._meta.label}.{field.name} is a {type(target).__name__}")


def lines_of(rows: models.QuerySet[Any], instead: Mapping[str, Combinable] | None = None) -> Iterator[str]:
    """Yield the rows as lines, by key; `instead` (column → expression) stands in the place of what is stored."""
    told = instead or {}
    fields = rows.model._meta.concrete_fields
    line = Line(*(Neutral(told.get(str(f.column), F(f.attname)), kind=kind_of(f)) for f in fields))
    found = rows.order_by("pk").annotate(neutral_line=line).values_list("neutral_line", flat=True)
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        many = _FIRST_FETCH
        while chunk := cursor.fetchmany(many):
            size = 0
            for (text,) in chunk:
                size += len(text)
                yield text
            # A week's statement is a thousand times as long as a change of priority, and a busy year's a hundred
            # times a quiet one's: so by what came last, and never much more of it than that.
            many = max(1, min(_FETCHED * len(chunk) // size, 2 * many, _MOST_FETCHED))


def bytes_of(rows: models.QuerySet[Any], column: Column) -> Iterator[bytes]:
    """Yield what a column of bytes holds, by key, one at a time: a raw mail may have 50 MB."""
    name = next(field.attname for field in rows.model._meta.concrete_fields if field.column == column.name)
    found = rows.order_by("pk").values_list(name, flat=True)
    return (bytes(value) for value in found.iterator(chunk_size=1) if value is not None)


class Neutral(Func):
    """A column as a line has it. SQLite stores it so already."""

    arity = 1
    _POSTGRESQL = {
        "text": "(%(expressions)s)::text",
        "uuid": "replace((%(expressions)s)::text, '-', '')",
        "moment": "replace(to_char((%(expressions)s) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')",
        "date": "to_char(%(expressions)s, 'YYYY-MM-DD')",
        "time": "replace(to_char(%(expressions)s, 'HH24:MI:SS.US'), '.000000', '')",
        "json": "(%(expressions)s)::text",
        "bool": "(%(expressions)s)::int",
        "bytes": "octet_length(%(expressions)s)",
    }
    _SQLITE = {"bytes": "length(%(expressions)s)"}

    def __init__(self, expression: Combinable, *, kind: str) -> None:
        super().__init__(expression, output_field=TextField())
        self.kind = kind

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template=self._SQLITE.get(self.kind, "%(expressions)s"), **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = self._POSTGRESQL.get(self.kind, "%(expressions)s")
        return super().as_sql(compiler, connection, template=template, **context)


class Line(Func):
    """A row as one JSON list, made by the engine."""

    def __init__(self, *columns: Combinable) -> None:
        super().__init__(*columns, output_field=TextField())

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="json_array", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "json_build_array(%(expressions)s)::text"
        return super().as_sql(compiler, connection, template=template, **context)


def nothing(kind: str) -> Value:
    """Return an empty text, or no bytes, for `lines_of(instead=…)`."""
    return Value(b"" if kind == "bytes" else "")


def _targets(model: type[models.Model]) -> set[str]:
    keys = (field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))
    return {key.related_model._meta.label for key in keys if isinstance(key.related_model, type)} - {model._meta.label}
