"""Lists of the API, page by page: after the last row's key, which the cursor holds, signed."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from quietmonday.integrations.logic.problems import Problem
from quietmonday.kit.signing import sign, signed_by_us

M = TypeVar("M", bound=Model)

USUAL, MOST = 25, 100


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """By which columns a list is ordered, the last one its key. `falling`: newest first."""

    by: tuple[str, ...]
    falling: bool = True


NEWEST = Order(("id",))


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """Which page was asked for. `of`: the list with its filters; a cursor of another list leads nowhere."""

    of: str
    limit: int = USUAL
    cursor: str | None = None


def page(rows: QuerySet[M], asked: Asked, order: Order, told: Callable[[Sequence[M]], list[dict[str, Any]]]) -> Any:
    """Return one page of `rows` as the API tells it. Raises Problem (no_such_page) for a cursor that is not ours."""
    if asked.cursor is not None:
        rows = rows.filter(_beyond(order, _read(asked)))
    columns = [F(each).desc() if order.falling else F(each).asc() for each in order.by]
    found = list(rows.order_by(*columns)[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return {"items": told(found), "next": _written(asked, order, found[-1]) if more else None}


def _beyond(order: Order, keys: Sequence[Any]) -> Q:
    """Return the condition of what comes after the row with these keys."""
    after = Q()
    for at, (name, key) in enumerate(zip(order.by, keys, strict=True)):
        same = dict(zip(order.by[:at], keys[:at], strict=True))
        after |= Q(**same, **{f"{name}__{'lt' if order.falling else 'gt'}": key})
    # The first comparison by itself lets an index find where to begin.
    first = f"{order.by[0]}__{'lte' if order.falling else 'gte'}"
    return after & Q(**{first: keys[0]})


def _written(asked: Asked, order: Order, row: Model) -> str:
    keys = json.dumps([_text(getattr(row, name)) for name in order.by], separators=(",", ":"))
    packed = base64.urlsafe_b64encode(keys.encode()).rstrip(b"=").decode()
    return f"{packed}.{sign('api.cursor', asked.of, packed)}"


def _read(asked: Asked) -> list[Any]:
    packed, _, mac = (asked.cursor or "").partition(".")
    try:
        if not signed_by_us(mac, "api.cursor", asked.of, packed):
            raise ValueError("not ours")
        keys = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        return [_key(each) for each in keys]
    except (ValueError, binascii.Error, UnicodeError):
        raise Problem(
            "no_such_page", "This cursor is not of this list. Begin again without it, with the same filters throughout."
        ) from None


def _text(key: Any) -> str:
    return f"m{key.astimezone(dt.UTC).isoformat()}" if isinstance(key, dt.datetime) else f"u{key}"


def _key(text: str) -> dt.datetime | uuid.UUID:
    return dt.datetime.fromisoformat(text[1:]) if text[0] == "m" else uuid.UUID(text[1:])
