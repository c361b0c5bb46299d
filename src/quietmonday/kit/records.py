"""Abstract bases of every table: a UUIDv7 key, and the one place that every write passes.

A row that belongs to a business carries `business_id`. A reference from it to a row of another business is
refused here, whether the write is `save`, `bulk_create`, `bulk_update` or `update`.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Self, TypeVar

from django.db import models

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
