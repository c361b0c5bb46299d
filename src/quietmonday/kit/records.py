"""Abstract bases of every table: a UUIDv7 key, and the one place that every write passes.

A row that belongs to a business carries `business_id`. A reference from it to a row of another business is
refused here, whether the write is `save`, `bulk_create`, `bulk_update` or `update`.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import operator
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

from quietmonday.kit.ids import new_id

M = TypeVar("M", bound=models.Model)


class CrossBusinessReference(Exception):
    """A row of one business pointed at a row of another; nothing was written."""


class RecordQuerySet(models.QuerySet[M]):
    """A queryset whose writes check tenancy."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        refuse_cross_business(rows)
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows = list(objs)
        refuse_cross_business(rows)
        return super().bulk_update(rows, fields, batch_size=batch_size)

    def update(self, **kwargs: Any) -> int:
        """Update in place; a column that decides tenancy cannot be set this way: load the row and save it."""
        tenancy = {name for name, _ in _references(self.model)} | {"business"}
        names = {name.removesuffix("_id") for name, value in kwargs.items() if value is not None}
        # bulk_update comes through here with CASE expressions; its rows were checked above.
        refused = {
            n
            for n in tenancy & names
            if not isinstance(kwargs.get(n, kwargs.get(f"{n}_id")), models.Case | models.expressions.Combinable)
        }
        if refused and any(f.name == "business" for f in self.model._meta.concrete_fields):
            raise CrossBusinessReference(
                f"{self.model.__name__}.{sorted(refused)[0]} is set by saving the row, so that it can be checked"
            )
        return super().update(**kwargs)


class Record(models.Model):
    """A row with a UUIDv7 key. Every table of ours but the journal's payloads derives from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row.__dict__["_home"] = row.__dict__.get("business_id")
        return row

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_cross_business([self])
        super().save(*args, **kwargs)
        self.__dict__["_home"] = self.__dict__.get("business_id")


def write_new(rows: Sequence[models.Model]) -> None:
    """Insert many new rows of one table, checked as `bulk_create` checks them, several times as fast.

    One prepared statement for all of them instead of a text with a thousand placeholders. In the caller's transaction;
    no signals, no fields that fill themselves in. Raises CrossBusinessReference, IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    _refuse_crossing(model, rows)
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Column by column: a loop over values of one kind, not a call for each value.
    take = operator.itemgetter(*(field.attname for field in fields))
    by_column = zip(*(take(row.__dict__) for row in rows), strict=True)
    values = list(
        zip(*(_prepared(field, column) for field, column in zip(fields, by_column, strict=True)), strict=True)
    )
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608  # names of our own tables
    alias = connection.alias
    for row in rows:
        own = row.__dict__
        state = own["_state"]
        state.adding, state.db = False, alias
        own["_home"] = own.get("business_id")


def write_changed(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Update these fields of many stored rows of one table by one prepared statement, checked as `bulk_update` does.

    In the caller's transaction. Raises CrossBusinessReference, IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    _refuse_crossing(model, rows)
    meta = model._meta
    columns = [meta.get_field(name) for name in fields]
    chosen: list[Any] = [*columns, meta.pk]
    by_column = (_prepared(field, [row.__dict__[field.attname] for row in rows]) for field in chosen)
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in chosen[:-1])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(chosen[-1].column)} = %s",  # noqa: S608  # names of our own tables
            list(zip(*by_column, strict=True)),
        )
    for row in rows:
        row.__dict__["_home"] = row.__dict__.get("business_id")


def _refuse_crossing(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Do what `refuse_cross_business` does for new rows of one table whose targets are mostly at hand."""
    if not any(field.name == "business" for field in model._meta.concrete_fields):
        return
    links = [(name, f"{name}_id") for name, _target in _references(model)]
    for row in rows:
        own = row.__dict__
        at_hand, ours = own["_state"].fields_cache, own["business_id"]
        for name, attname in links:
            target = at_hand.get(name)
            if target is None:
                if own[attname] is not None:
                    refuse_cross_business([row])
                continue
            theirs = target.__dict__.get("business_id")
            if theirs is not ours and theirs is not None and ours is not None and theirs != ours:
                raise CrossBusinessReference(
                    f"{model.__name__}.{name} of business {ours} points at {target.pk} of another business"
                )


_AS_IT_IS = (
    models.BooleanField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveBigIntegerField,
)
_TEXT_OR_NOTHING = frozenset((str, type(None)))
_encode = json.JSONEncoder().encode


def _prepared(field: models.Field[Any, Any], column: Sequence[Any]) -> Sequence[Any]:
    """Return the values of a column as they are written: common kinds without Django's five calls for each value."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if connection.vendor == "sqlite":
        if isinstance(target, models.UUIDField):
            return _each(lambda value: value.hex, column)
        if type(target) is models.DateTimeField:
            return _each(_moment_of_sqlite, column)
        if type(target) is models.JSONField and target.encoder is None:
            return [None if value is None else _encode(value) for value in column]
    if type(target) in (models.CharField, models.TextField):
        # str(): what stands in a field of choices is often an enum's member.
        plain = _TEXT_OR_NOTHING.issuperset(map(type, column))
        return column if plain else [None if value is None else str(value) for value in column]
    if type(target) in _AS_IT_IS:
        return column
    return [field.get_db_prep_save(value, connection) for value in column]


def _each(prepare: Callable[[Any], Any], column: Sequence[Any]) -> Sequence[Any]:
    """Prepare the values of a column; of a business, or the moment of an import, all are the very same object."""
    first = column[0]
    if all(value is first for value in column):
        return [None if first is None else prepare(first)] * len(column)
    return [None if value is None else prepare(value) for value in column]


def _moment_of_sqlite(value: dt.datetime) -> str:
    if value.tzinfo is not dt.UTC:
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        value = value.astimezone(dt.UTC)
    return value.isoformat(" ")[:-6]  # without +00:00


def unsaved(model: type[M], **values: Any) -> M:
    """Return a new row as `model(**values)` does, for one tenth of what that costs: an import makes ten a line.

    Takes fields and foreign keys (as rows) by their names, unchecked; no signals, no `__init__` of the model's own.
    """
    constants, makers, links = _blank(model)
    row = model.__new__(model)
    own = row.__dict__
    own.update(constants)
    own.update(values)
    for name, make in makers:
        if name not in values:
            own[name] = make()
    state = own["_state"] = ModelState()
    at_hand = state.fields_cache
    for name, attname in links:
        if name in values:
            target = at_hand[name] = own.pop(name)
            own[attname] = None if target is None else target.__dict__.get("id") or target.pk
    return row


@functools.cache
def _blank(
    model: type[models.Model],
) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], list[tuple[str, str]]]:
    """Defaults that are values, defaults that are made, and foreign keys → their columns."""
    fields = model._meta.concrete_fields
    made = [field for field in fields if field.has_default() and callable(field.default)]
    makers = [(field.attname, field.default) for field in made]
    constants = {field.attname: field.get_default() for field in fields if field not in made}
    links = [(field.name, field.attname) for field in fields if isinstance(field, models.ForeignKey)]
    return constants, makers, links


def refuse_cross_business(rows: Iterable[models.Model]) -> None:
    """Raise CrossBusinessReference if a row points at a row of another business, or has moved to another.

    Costs no query for related objects at hand, one query per target table for those known by id only.
    """
    rows = list(rows)
    for row in rows:
        # Rows that point at this one were checked against its business of then: so it never moves to another.
        home, ours = row.__dict__.get("_home"), row.__dict__.get("business_id")
        if home is not None and ours != home:
            raise CrossBusinessReference(f"{type(row).__name__} {row.pk} of business {home} cannot move to {ours}")
    for row, name, target_id, theirs in cross_checks(rows):
        ours = getattr(row, "business_id", None)
        if ours is not None and theirs is not None and ours != theirs:
            raise CrossBusinessReference(
                f"{type(row).__name__}.{name} of business {ours} points at {target_id} of business {theirs}"
            )


def cross_checks(
    rows: Iterable[models.Model],
) -> Iterator[tuple[models.Model, str, uuid.UUID, uuid.UUID | None]]:
    """Yield (row, field name, target id, target's business id) for each reference that could cross."""
    unknown: dict[type[models.Model], list[tuple[models.Model, str, uuid.UUID]]] = defaultdict(list)
    for row in rows:
        if getattr(row, "business_id", None) is None:
            continue
        for name, target in _references(type(row)):
            target_id = getattr(row, f"{name}_id")
            if target_id is None:
                continue
            field = row._meta.get_field(name)
            if field.is_cached(row):  # type: ignore[union-attr]  # foreign keys have a cache; the stub's union does not know
                yield row, name, target_id, getattr(getattr(row, name), "business_id", None)
            else:
                unknown[target].append((row, name, target_id))
    for target, waiting in unknown.items():
        ids = {target_id for _, _, target_id in waiting}
        owners = dict(target._base_manager.filter(pk__in=ids).values_list("pk", "business_id"))
        for row, name, target_id in waiting:
            yield row, name, target_id, owners.get(target_id)


def _references(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """Foreign keys of `model` whose target belongs to a business too."""
    found = _REFERENCES.get(model)
    if found is None:
        found = [
            (field.name, field.related_model)
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and isinstance(field.related_model, type)
            and any(other.name == "business" for other in field.related_model._meta.concrete_fields)
        ]
        _REFERENCES[model] = found
    return found


_REFERENCES: dict[type[models.Model], list[tuple[str, type[models.Model]]]] = {}
