"""What a page of a list is asked to show, and how far into the past it looks for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import Q

from quietmonday.support.models import Ticket
from quietmonday.support.queries.filters import EVERYTHING, Narrowed
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
    def order(self) -> tuple[Order, ...]:
        """In which order the rows stand: what a search finds, newest first."""
        return AS_FOUND if self.words else self.orders


@dataclasses.dataclass(frozen=True, slots=True)
class Edge:
    """The day until which one page looks through the past. The next one goes on there, as after a row.

    A whole day, so that an address tells nobody when somebody else asked for something.
    """

    opened_at: dt.datetime
    down: bool
    id: uuid.UUID = _LOWEST

    @property
    def bounds(self) -> Q:
        """What lies before it."""
        return Q(opened_at__gte=self.opened_at) if self.down else Q(opened_at__lt=self.opened_at)


def edge_of(wanted: Wanted) -> Edge | None:
    """Return how far one page looks; None where it is found soon, or little is left. One query, of an index alone.

    Without it, a page of what nearly nothing fits would read all there ever was.
    """
    if wanted.words or not wanted.history or not wanted.narrowed.sparse:
        return None
    client = wanted.narrowed.one("client")
    everything = Ticket.objects.filter(business=uuid.UUID(client)) if client else Ticket.objects.all()
    order = wanted.order[:1]
    next_ones = ordered(going_on(everything, order, wanted.after), order).values_list("opened_at", flat=True)
    last = next(iter(next_ones[LOOKED_THROUGH - 1 : LOOKED_THROUGH]), None)
    if last is None:
        return None
    day = last.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Edge(day, True) if order[0].down else Edge(day + dt.timedelta(days=1), False)
