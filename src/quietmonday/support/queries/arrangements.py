"""How a list is looked at: a view, what the address says besides, and how the viewer arranged it for themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from quietmonday.support.access import saved_views_seen_by
from quietmonday.support.models import SavedView
from quietmonday.support.queries.filters import QUEUE, Narrowed, Reading, as_query, filters_of, read_filters
from quietmonday.support.queries.orders import Order, read_orders
from quietmonday.support.queries.wanted import Wanted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_PINS = 8
MOST_VIEWS = 200  # that one list offers
Values = Mapping[str, Sequence[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class ListView:
    """A view: `key` names it in an address; what it does not say, the viewer's own arrangement does."""

    key: str
    name: StrOrPromise
    filters: Values
    sorts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    saved: SavedView | None = None
    own: bool = False  # it is counted as what is ours, and the viewer's or nobody's of that: so colleagues share counts

    @property
    def counted(self) -> Values:
        """The filters by which it is counted."""
        return {**self.filters, "move": ["ours"]} if self.own else self.filters

    @property
    def personal(self) -> bool:
        """Whether it holds something else for each who counts it."""
        return any({"me", "mine"} & set(values) for values in self.counted.values())

    def narrowed_to_count(self, reading: Reading) -> Narrowed:
        """Return what is counted."""
        return read_filters(reading, self.counted)


BUILT_IN: Mapping[str, tuple[ListView, ...]] = {
    "queue": (
        ListView("mine", _("My move"), {"move": ["mine"], "snoozed": ["no"]}, own=True),
        ListView("all", _("All ours"), {}),
        ListView("due", _("Promised within the hour"), {"due": ["hour"]}),
        ListView("unheard", _("Nobody has heard from us"), {"heard": ["no"]}),
        ListView("waiting", _("Waiting for them"), {"move": ["theirs"]}),
        ListView("snoozed", _("Snoozed"), {"snoozed": ["yes"]}),
        ListView("held", _("Workarounds past date"), {"held": ["past"]}),
    ),
    "requests": (
        ListView("everything", _("Everything"), {}),
        ListView("open", _("Open"), {"state": ["open"]}),
        ListView("us", _("Waiting for us"), {"move": ["customer"]}),
        ListView("supplier", _("Waiting for the supplier"), {"move": ["supplier"]}),
        ListView("settled", _("Settled"), {"state": ["settled"]}),
    ),
}
"""The views that every list of its kind has, in this order."""

# Words of an address that are no filters.
_OTHERS = frozenset({"view", "q", "sort", "cols", "rows", "after", "seen", "newest", "edit", "ticket", "which"})


@dataclasses.dataclass(frozen=True, slots=True)
class Arrangement:
    """What a page shows, and how. `said`: filters that the address itself names, a cleared one without values.

    `passed_over`: labels of what was not understood; `gone`: the view that was asked for is no more.
    """

    reading: Reading
    view: ListView
    views: tuple[ListView, ...]
    own: SavedView | None
    narrowed: Narrowed
    wanted: Wanted
    columns: tuple[str, ...]
    dense: bool
    said: Mapping[str, tuple[str, ...]]
    given: Mapping[str, str]
    passed_over: tuple[StrOrPromise, ...] = ()
    gone: bool = False
    sort_passed_over: bool = False

    @property
    def changed(self) -> bool:
        """Whether it is looked at otherwise than by the view alone."""
        return bool(self.said or self.wanted.words or self.given.get("sort") or self.given.get("cols"))

    @property
    def pinned(self) -> list[ListView]:
        """The saved views that stand above the list, in the order in which they were pinned."""
        pins = [str(pin) for pin in self.own.pins] if self.own else []
        by_key = {view.key: view for view in self.views if view.saved}
        return [by_key[pin] for pin in dict.fromkeys(pins) if pin in by_key][:MOST_PINS]

    def address(self, **changes: str) -> str:
        """Return the query of this list again, with other words for some of its parts; "" takes a part away."""
        parts = {"view": self.view.key, "q": self.wanted.words, **self.given, **changes}
        pairs = [(key, value) for key, value in parts.items() if value]
        cleared = [(key, "") for key, values in self.said.items() if not values]
        return "?" + urlencode(pairs + as_query(self.said) + cleared)

    def without(self, key: str, value: str) -> str:
        """Return the query of this list without one value of a filter."""
        left = [each for each in self.narrowed.values.get(key, []) if each != value]
        other = dataclasses.replace(self, said={**self.said, key: tuple(left)})
        return other.address()


def read_arrangement(reading: Reading, given: Values) -> Arrangement:
    """Return how a list is looked at. One query; one more for each of somebody's hands that a filter names."""
    rows = list(saved_views_seen_by(reading.viewer, reading.place).order_by("name", "id")[:MOST_VIEWS])
    mine = [row for row in rows if not row.name and row.person_id in reading.viewer.sees.persons]
    own = max(mine, key=lambda row: row.saved_at, default=None)
    views = (*BUILT_IN[reading.place], *(_saved(row) for row in rows if row.name))
    view, gone = _view(reading, views, own, _last(given, "view"))
    keys = {each.key for each in filters_of(reading.place)}
    # A form sends every field: what it sends as the view has it anyway says nothing.
    said = {
        key: tuple(value for value in values if value)
        for key, values in given.items()
        if key in keys and [value for value in values if value] != list(view.filters.get(key, ()))
    }
    unknown = {key: values for key, values in given.items() if key not in keys and key not in _OTHERS}
    words = _last(given, "q").replace("\0", "").strip()[:200]
    # Who searches for words looks everywhere, whichever of our views they come from.
    of_view = {} if words and view.saved is None else view.filters
    narrowed = read_filters(reading, {**of_view, **said, **unknown})
    understood = narrowed.values
    sorts = _parts(given, "sort") or list(view.sorts) or (list(own.sorts) if own else [])
    orders, sort_passed_over = read_orders(sorts, history=_is_history(reading, narrowed))
    return Arrangement(
        reading=reading,
        view=view,
        views=views,
        own=own,
        narrowed=narrowed,
        wanted=Wanted(narrowed, words, orders, _last(given, "after"), past=reading.place != QUEUE),
        columns=tuple(_parts(given, "cols") or view.columns or (own.columns if own else ())),
        dense=_last(given, "rows") == "dense" or ("rows" not in given and own is not None and own.dense),
        said={key: tuple(understood.get(key, ())) for key in said},
        given={key: _last(given, key) for key in ("sort", "cols", "rows") if _last(given, key)},
        passed_over=narrowed.passed_over,
        gone=gone,
        sort_passed_over=sort_passed_over and not words,
    )


def orders_in_words(orders: Sequence[Order]) -> list[tuple[StrOrPromise, bool]]:
    """Return (label, whether it runs downwards) of each order."""
    return [(order.sort.label, order.down) for order in orders]


def _is_history(reading: Reading, narrowed: Narrowed) -> bool:
    return reading.place != QUEUE or narrowed.history


def _view(reading: Reading, views: Sequence[ListView], own: SavedView | None, asked: str) -> tuple[ListView, bool]:
    by_key = {view.key: view for view in views}
    if asked in by_key:
        return by_key[asked], False
    usual = views[0]
    if reading.place == QUEUE and not reading.viewer.suppliers:
        usual = by_key["all"]  # a reader has nothing in hand
    begins_with = by_key.get(own.begins_with) if own else None
    return begins_with or usual, bool(asked)


def _saved(row: SavedView) -> ListView:
    return ListView(
        key=str(row.pk),
        name=row.name,
        filters=_mapping(row.filters),
        sorts=tuple(_texts(row.sorts)),
        columns=tuple(_texts(row.columns)),
        saved=row,
    )


def _mapping(stored: Any) -> dict[str, list[str]]:
    """What a database holds may be of another version: read it as what it should be, and no more."""
    return {str(key): _texts(values) for key, values in stored.items()} if isinstance(stored, dict) else {}


def _texts(stored: Any) -> list[str]:
    return [str(each) for each in stored] if isinstance(stored, list) else []


def _last(given: Values, key: str) -> str:
    return next(reversed(given.get(key, ())), "")


def _parts(given: Values, key: str) -> list[str]:
    return [part for part in _last(given, key)[:400].split(",") if part]
