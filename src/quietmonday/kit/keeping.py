"""Which kinds of data there are, and how each area lets go of its own once the business's period is over.

The areas that hold the data register here when Django starts (`apps.ready`); the business sets the periods on one page.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Due = Callable[[uuid.UUID, dt.datetime], int]
"""Business, moment: how many are older than that moment and are still there."""

LetGo = Callable[[uuid.UUID, dt.datetime, str, dt.datetime], int]
"""Business, moment, why, now: erase some that are older, in one transaction; return how many, 0 when none is left."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of data. `due` and `let_go` are of the area that holds it."""

    name: str  # permanent
    title: StrOrPromise
    goes: StrOrPromise  # what is erased, and when its period begins
    stays: StrOrPromise
    due: Due
    let_go: LetGo


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Let businesses set a period for `kind`. A name has one kind."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"two kinds of data called {kind.name}")


def kinds() -> list[Kind]:
    """Return every kind, in the order in which they were registered."""
    return list(_kinds.values())
