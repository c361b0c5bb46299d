"""Queries that are made once and run again and again.

Django builds a query anew each time it runs: on a list page that takes five times as long as the engine needs for the
answer. `prepare` keeps what it built; a moment counted from the present is a `Later`, and filled in when it runs.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import DateField, DateTimeField, Expression, Model, QuerySet, UUIDField
from django.db.models.query import ModelIterable, RelatedPopulator, get_related_populators
from django.db.models.sql.compiler import SQLCompiler


class Later(Expression):
    """The moment that lies `by` after the one at which a prepared query runs, or its date (UTC)."""

    def __init__(self, by: dt.timedelta, *, date: bool = False) -> None:
        super().__init__(output_field=DateField() if date else DateTimeField())
        self.by, self.date = by, date

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Leave a place in the query, and say what belongs there."""
        return "%s", (self,)

    def at(self, now: dt.datetime | None, connection: Any) -> Any:
        """Return what belongs there at `now`, as the engine takes it."""
        if now is None:
            raise ValueError("this query runs at a moment: say at which")
        moment = (now + self.by).astimezone(dt.UTC)
        if self.date:
            return connection.ops.adapt_datefield_value(moment.date())
        return connection.ops.adapt_datetimefield_value(moment)


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """The place of an id that each run of a prepared query brings."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """How the columns of a row become an instance of a model: what Django's own ModelIterable works out each time."""

    model: type[Model]
    start: int
    end: int
    names: list[str]
    along: list[RelatedPopulator]
    annotations: dict[str, int]

    def filled(self, row: tuple[Any, ...], alias: str) -> Any:
        """Return one row as an instance."""
        found = self.model.from_db(alias, self.names, row[self.start : self.end])
        for each in self.along:
            each.populate(row, found)
        for name, place in self.annotations.items():
            setattr(found, name, row[place])
        return found


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """A query as the engine takes it, and how its columns become values of ours."""

    alias: str
    sql: str  # "": nothing can fit
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    form: Form | None = None  # of a query whose rows are rows of a model

    def run(self, now: dt.datetime | None = None, **given: uuid.UUID) -> list[tuple[Any, ...]]:
        """Return the rows of the query at `now`, for these ids; ValueError without a moment where one was left open."""
        if not self.sql:
            return []
        connection = connections[self.alias]
        ids = {name: _adapted(ref, connection) for name, ref in given.items()}
        params = [
            ids[each.name] if isinstance(each, Given) else each.at(now, connection) if isinstance(each, Later) else each
            for each in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        return list(self._converted(rows, connection)) if self.converters else rows

    def objects(self, now: dt.datetime | None = None, **given: uuid.UUID) -> list[Any]:
        """Return the rows as instances of their model, as the queryset would have: with what it selected along."""
        rows = self.run(now, **given)
        return [self.form.filled(row, self.alias) for row in rows] if self.form else []

    def _converted(self, rows: list[tuple[Any, ...]], connection: Any) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            values = list(row)
            for place, convert, expression in self.converters:
                value = values[place]
                for each in convert:
                    value = each(value, expression, connection)
                values[place] = value
            yield tuple(values)


def _adapted(ref: uuid.UUID, connection: Any) -> Any:
    return _ID.get_db_prep_value(ref, connection)


_ID = UUIDField()


def prepare(queryset: QuerySet[Any, Any], **given: uuid.UUID) -> Prepared:
    """Return `queryset`, of instances or made with `values_list`, as it is now: what changes it later is not in it.

    Wherever one of the ids `given` stands in it, each run brings its own. So an id may be given only if nothing else in
    the query can have its value: the id of what was found may, that of a business may not, since it says too whose
    eyes they are. For one that somebody typed in, the query is made with an id out of chance.
    """
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Prepared(queryset.db, "", (), ())
    places: dict[Any, Any] = {_adapted(ref, connections[queryset.db]): Given(name) for name, ref in given.items()}
    columns = [column[0] for column in (compiler.select or ())[: compiler.col_count]]
    converters = compiler.get_converters(columns)
    return Prepared(
        queryset.db,
        sql,
        tuple(places.get(each, each) if isinstance(each, str | uuid.UUID) else each for each in params),
        tuple((place, tuple(convert), expression) for place, (convert, expression) in converters.items()),
        _form(compiler, queryset.db) if queryset._iterable_class is ModelIterable else None,
    )


def _form(compiler: SQLCompiler, alias: str) -> Form:
    info: Any = compiler.klass_info
    select: Any = compiler.select
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    along = get_related_populators(info, select, alias)  # type: ignore[call-arg]  # Django 6.1 will want a fourth
    return Form(info["model"], start, end, names, along, dict(compiler.annotation_col_map or {}))


class Shelf:
    """The prepared queries of one kind that were run last, by what made them what they are.

    The key holds everything that the query depends on, whose eyes it is for above all.
    """

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._by_key: OrderedDict[Hashable, Prepared] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], QuerySet[Any, Any]], **given: uuid.UUID) -> Prepared:
        """Return the query of this key, made by `make` for the ids `given` (see `prepare`) if it is not here."""
        with self._lock:
            found = self._by_key.get(key)
            if found is not None:
                self._by_key.move_to_end(key)
                return found
        found = prepare(make(), **given)
        with self._lock:
            self._by_key[key] = found
            if len(self._by_key) > self._size:
                self._by_key.popitem(last=False)
        return found

    def clear(self) -> None:
        """Let all of them go, where what makes them has changed."""
        with self._lock:
            self._by_key.clear()
