"""What a page of a list is asked to show, and how far into the past it looks for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Hashable

from django.db.models import Q

from quietmonday.support.logic.cursors import cursor
from quietmonday.support.models import Ticket
from quietmonday.support.queries.filters import EVERYTHING, Narrowed, Reading, read_filters
from quietmonday.support.queries.orders import AS_FOUND, URGENT, Order, going_on, ordered

ROWS = 25
_LOWEST = uuid.UUID(int=0)
LOOKED_THROUGH = 10_000  # so many requests of the past are looked at for one page at most, whatever fits


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `after`: cursor of the page before; `past`: a list of all there ever was."""

    narrowed: Narrowed = EVERYTHING
    words: str = ""
    orders: tuple[Order, ...] = URGENT
    after: str = ""
    past: bool = False

    @property
    def history(self) -> bool:
        """Whether all there ever was is looked through, and not only what is live."""
        return self.past or bool(self.words) or self.narrowed.history

    @property
    def key(self) -> Hashable:
        """All that the query of a first page depends on but the time and whose eyes it is for."""
        filters = tuple((key, tuple(values)) for key, values in self.narrowed.values.items())
        return filters, tuple(order.value for order in self.order), self.past

    @property
    def order(self) -> tuple[Order, ...]:
        """In which order the rows stand: what a search finds, newest first."""
        return AS_FOUND if self.words else self.orders


def left_open(reading: Reading, wanted: Wanted) -> Wanted:
    """Return the same with its moments left open, for a query that is built once."""
    again = Reading(reading.viewer, reading.now, reading.place, prepares=True)
    return dataclasses.replace(wanted, narrowed=read_filters(again, wanted.narrowed.values))


@dataclasses.dataclass(frozen=True, slots=True)
class Edge:
    """The day until which one page looks through the past, in the list's order. The next page goes on there.

    A whole day, so that an address tells nobody when something happened at somebody else's.
    """

    order: Order
    day: dt.datetime

    @property
    def bounds(self) -> Q:
        """What lies before it."""
        return Q(**{f"{self.order.sort.column}__{'gte' if self.order.down else 'lt'}": self.day})

    @property
    def cursor(self) -> str:
        """Where the next page goes on, as after a row."""
        return cursor(self.day, _LOWEST)


def edge_of(wanted: Wanted) -> Edge | None:
    """Return how far one page looks; None where it is found soon, or little is left. One query, of an index alone.

    Without it, a page of what nearly nothing fits would read all there ever was.
    """
    order = wanted.order[0]
    client = wanted.narrowed.one("client") if order.sort.key == "opened" else ""  # whose index that order has
    found_soon = not wanted.narrowed.sparse and (client or "client" not in wanted.narrowed.values)
    if wanted.words or not wanted.history or found_soon:
        return None
    everything = Ticket.objects.filter(business=uuid.UUID(client)) if client else Ticket.objects.all()
    next_ones = ordered(going_on(everything, (order,), wanted.after), (order,)).values_list(
        order.sort.column, flat=True
    )
    last = next(iter(next_ones[LOOKED_THROUGH - 1 : LOOKED_THROUGH]), None)
    if last is None:
        return None
    day = last.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Edge(order, day if order.down else day + dt.timedelta(days=1))
