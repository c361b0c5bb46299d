"""Rows that are written once: the ORM refuses to change or delete them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

from quietmonday.kit.records import RecordQuerySet

M = TypeVar("M", bound=models.Model)


class AppendOnly(Exception):
    """Somebody tried to change or delete what is written once; nothing was changed."""


def refuse(model: type[models.Model], verb: str) -> NoReturn:
    """Raise AppendOnly for `verb` on `model`."""
    raise AppendOnly(f"{model.__name__} rows are written once: {verb} is refused")


class AppendOnlyQuerySet(RecordQuerySet[M]):
    """Inserts and reads, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        refuse(self.model, "update")

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        refuse(self.model, "bulk_update")

    def delete(self) -> NoReturn:
        refuse(self.model, "delete")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        if kwargs.get("update_conflicts"):
            refuse(self.model, "bulk_create(update_conflicts=True)")
        return super().bulk_create(objs, *args, **kwargs)
