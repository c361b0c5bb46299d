"""In which order a list stands, and where its next page begins: by any of these keys, several at once.

A page goes on after the last row of the one before by the values of its keys, never by counting rows. What is live is
little, so it can be put in any of these orders; all that ever was only in those that an index holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext_lazy as _

from quietmonday.support.logic.cursors import Key, cursor, read_cursor
from quietmonday.support.models import Ticket

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_SORTS = 3
R = TypeVar("R")


@dataclasses.dataclass(frozen=True, slots=True)
class Sort:
    """`column` of the table; `of`: where a row keeps its value; `kind`: how a cursor writes it (see `read_cursor`).

    What has no value comes last, upwards and downwards. `history`: an index holds this order for all there ever was.
    """

    key: str
    label: StrOrPromise
    column: str
    of: str
    kind: str
    history: bool = False

    @property
    def may_be_none(self) -> bool:
        """Whether a row may have no value."""
        return self.kind in "nt"


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """A key and its direction."""

    sort: Sort
    down: bool = False

    @property
    def value(self) -> str:
        """As an address and a saved view hold it."""
        return f"-{self.sort.key}" if self.down else self.sort.key

    def by(self) -> OrderBy:
        """Return it for `order_by`."""
        column, last = F(self.sort.column), True if self.sort.may_be_none else None
        return column.desc(nulls_last=last) if self.down else column.asc(nulls_last=last)

    def same(self, key: Key) -> Q:
        """What has this value."""
        return Q(**{self.sort.column: key})

    def later(self, key: Key) -> Q | None:
        """What comes after this value; None: nothing does."""
        if key is None:
            return None
        beyond = Q(**{f"{self.sort.column}__{'lt' if self.down else 'gt'}": key})
        return beyond | Q(**{self.sort.column: None}) if self.sort.may_be_none else beyond


SORTS: tuple[Sort, ...] = (
    Sort("urgency", _("what is due first"), "attention_at", "attention_at", "n"),
    Sort("opened", _("when it was opened"), "opened_at", "opened_at", "m", history=True),
    Sort("changed", _("when anything happened on it last"), "changed_at", "changed_at", "m", history=True),
    Sort("number", _("number"), "work_item__number", "number", "i"),
    Sort("priority", _("how urgent"), "priority", "priority", "i"),
    Sort("client", _("client"), "business__name", "client", "s"),
    Sort("word", _("next word"), "next_word_by", "next_word_by", "n"),
    Sort("fix", _("when it must work again"), "restore_by", "restore_by", "n"),
    Sort("hands", _("in whose hands"), "assignee__name", "assignee", "t"),
)
_BY_KEY = {sort.key: sort for sort in SORTS}
_ID = Sort("id", "", "id", "id", "u")
URGENT = (Order(_BY_KEY["urgency"]), Order(_BY_KEY["opened"]))
NEWEST = (Order(_BY_KEY["opened"], down=True),)
AS_FOUND = (Order(_ID, down=True),)
"""Of a search, newest first."""


def read_orders(given: Sequence[str], *, history: bool) -> tuple[tuple[Order, ...], bool]:
    """Return the orders that `given` names, each key once, and whether any was passed over.

    Nothing usable: the most urgent first, of all there ever was the newest, which stands in one order at a time.
    """
    found: dict[str, Order] = {}
    wanted = [value for value in given if value]
    for value in wanted[: 1 if history else MOST_SORTS]:
        sort = _BY_KEY.get(value.removeprefix("-"))
        if sort is not None and sort.key not in found and (sort.history or not history):
            found[sort.key] = Order(sort, value.startswith("-"))
    orders = tuple(found.values()) or (NEWEST if history else URGENT)
    return orders, len(found) < len(wanted)


def whole(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Return the orders with one behind them that leaves no two rows alike: its direction is that of the last."""
    if orders[-1].sort is _ID:
        return orders
    return (*orders, Order(_ID, orders[-1].down))


def ordered(tickets: QuerySet[Ticket], orders: tuple[Order, ...]) -> QuerySet[Ticket]:
    """Return the tickets in this order."""
    return tickets.order_by(*(order.by() for order in whole(orders)))


def going_on(tickets: QuerySet[Ticket], orders: tuple[Order, ...], after: str) -> QuerySet[Ticket]:
    """Return the tickets that come after a cursor; all of them after one that is none."""
    orders = whole(orders)
    keys = read_cursor(after, "".join(order.sort.kind for order in orders))
    if keys is None:
        return tickets
    beyond, same = Q(pk__in=[]), Q()
    for order, key in zip(orders, keys, strict=True):
        later = order.later(key)
        if later is not None:
            beyond |= same & later
        same &= order.same(key)
    first = orders[0].later(keys[0])
    # Said once more by the first key alone, so that an index in this order begins where the page does.
    if first is not None:
        beyond &= first | orders[0].same(keys[0])
    return tickets.filter(beyond)


def cursor_of(row: Any, orders: tuple[Order, ...]) -> str:
    """Return where the page after `row` goes on; `row` has the values of SORTS under their names."""
    return cursor(*(getattr(row, order.sort.of) for order in whole(orders)))
