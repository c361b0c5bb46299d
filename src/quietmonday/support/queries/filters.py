"""What narrows a list of requests: one table of small objects. A further filter is one more entry.

A value out of an address or a saved view is looked up among a filter's choices and never becomes a column or a lookup;
what is not found there is passed over, and the page says so.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from quietmonday.kit.moments import date_in_words
from quietmonday.kit.prepared import Later
from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import to_utc
from quietmonday.people.models import Engagement, Person
from quietmonday.support.logic.tags import LONGEST
from quietmonday.support.models import Move, Tag, TicketEngagement, TicketKind, TicketState, TicketTag
from quietmonday.support.queries.ticket_page import colleagues_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

QUEUE, REQUESTS = "queue", "requests"
MOST_VALUES = 12  # of one filter at once
MOST_TAGS = 200  # that a page offers
WAITING = (Move.CUSTOMER, Move.THIRD_PARTY, Move.AGREED_DATE)
# The word is written out, because SQLite does not match a parameter with the condition of a partial index.
IS_OPEN = Q(state=RawSQL("'open'", [], output_field=CharField()))
STANDS = IS_OPEN | Q(attention_at__isnull=False)
"""What is open, or settled and written to since."""


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter. `history`: what fits it may lie anywhere in the past, not only among what is live."""

    value: str
    word: StrOrPromise
    where: Q
    history: bool = False
    held: bool = False  # of what is settled, and held by a workaround


class Reading:
    """Who reads which list, and when; what filters look up in the database, each thing once at most."""

    def __init__(self, viewer: Viewer, now: dt.datetime, place: str = QUEUE, *, prepares: bool = False) -> None:
        self.viewer, self.now, self.place, self.prepares = viewer, now, place, prepares

    def later(self, by: dt.timedelta) -> dt.datetime | Later:
        """A moment counted from now; left open where a query is prepared."""
        return Later(by) if self.prepares else self.now + by

    @property
    def today(self) -> dt.date | Later:
        """The date of now: clients in several zones share one count, whatever their midnights."""
        return Later(dt.timedelta(), date=True) if self.prepares else self.now.date()

    @property
    def supplies(self) -> bool:
        """Whether the list is read from a supplier's side: "ours" is the supplier's then."""
        return bool(self.viewer.sees.suppliers) and not self.viewer.sees.businesses

    @property
    def places(self) -> list[tuple[uuid.UUID, str]]:
        """Businesses whose requests are in the list, by name."""
        viewer = self.viewer
        ids = set(viewer.sees.engagements.values()) if self.place == QUEUE else viewer.businesses()
        return sorted(((ref, viewer.place_names[ref]) for ref in ids), key=lambda each: each[1].casefold())

    @functools.cached_property
    def colleagues(self) -> list[Person]:
        """Who works for the viewer's suppliers now: one query for each of them."""
        return [person for ref in sorted(self.viewer.sees.suppliers) for person in colleagues_of(ref, self.now)]

    @functools.cached_property
    def engagements(self) -> list[tuple[uuid.UUID, str]]:
        """With whom else a request may be: suppliers of the viewer's businesses, or engagements of its suppliers."""
        seen = Q(business__in=self.viewer.sees.businesses) | Q(pk__in=list(self.viewer.sees.engagements))
        rows = Engagement.objects.filter(seen).order_by("business__name", "supplier__name", "id")
        named = list(rows.values_list("pk", "business__name", "supplier__name"))
        businesses = {business for _ref, business, _supplier in named}
        several = len(businesses) > 1
        return [(ref, f"{business}, {supplier}" if several else supplier) for ref, business, supplier in named]

    def person(self, ref: uuid.UUID) -> Person | None:
        """Somebody of the viewer's suppliers, also who has left: one query."""
        return Person.objects.filter(pk=ref, supplier__in=self.viewer.sees.suppliers).first()

    @functools.cached_property
    def tags(self) -> list[str]:
        """Words by which requests of these businesses are found again: one query."""
        names = self._tags().order_by("name").values_list("name", flat=True)
        return list(names.distinct()[:MOST_TAGS])

    def knows_tag(self, name: str) -> bool:
        """Whether there is such a word: one query."""
        return "\0" not in name and self._tags().filter(name=name).exists()

    def _tags(self) -> QuerySet[Tag]:
        # Who sees their own requests only learns no words of others'.
        viewer = self.viewer
        seen = viewer.sees.businesses | frozenset(viewer.sees.engagements.values())
        return Tag.objects.filter(business__in=seen)

    @functools.cached_property
    def zone(self) -> str:
        """The zone of most of the viewer's clients: days of several zones are compared in one."""
        zones = Counter(self.viewer.zones.values())
        return min(zones, key=lambda zone: (-zones[zone], zone), default="UTC")


def eyes_of(viewer: Viewer) -> tuple[frozenset[uuid.UUID], frozenset[uuid.UUID], frozenset[tuple[str, int]]]:
    """Return all of a viewer that decides what a queue holds for them: engagements, persons, zones of most clients.

    Less than `Viewer.eyes`, so that colleagues share what is kept of their queue.
    """
    zones = Counter(viewer.zones.values())
    return frozenset(viewer.sees.engagements), frozenset(viewer.persons), frozenset(zones.items())


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """`choices`: what a page offers. `find`: the choice of a value, None if there is none; looks among `choices`
    unless it is given. `dense`: enough of any history fits that a page is found soon. `day`: takes a date."""

    key: str
    label: StrOrPromise
    choices: Callable[[Reading], Sequence[Choice]]
    lists: frozenset[str]
    finds: Callable[[Reading, str], Choice | None] | None = None
    dense: bool = False
    day: bool = False

    def find(self, reading: Reading, value: str) -> Choice | None:
        """Return the choice of this value, or None."""
        if self.finds is not None:
            return self.finds(reading, value)
        return next((each for each in self.choices(reading) if each.value == value), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Narrowed:
    """What was chosen, in the order of FILTERS, and the labels of what was passed over ("" for what has none)."""

    chosen: tuple[tuple[Filter, tuple[Choice, ...]], ...] = ()
    passed_over: tuple[StrOrPromise, ...] = ()

    @property
    def where(self) -> Q:
        """All filters hold, by any of their values."""
        found = Q()
        for _filter, choices in self.chosen:
            any_of = Q()
            for choice in choices:
                any_of |= choice.where
            found &= any_of
        return found

    @property
    def history(self) -> bool:
        """Whether the whole past is asked for."""
        return any(choice.history for _filter, choices in self.chosen for choice in choices)

    @property
    def held(self) -> bool:
        """Whether what is settled and held by a workaround is asked for."""
        return any(choice.held for _filter, choices in self.chosen for choice in choices)

    @property
    def sparse(self) -> bool:
        """Whether so little may fit that a page must not be looked for in all there is."""
        return any(not each.dense for each, _choices in self.chosen)

    @property
    def values(self) -> dict[str, list[str]]:
        """Key → values, as an address and a saved view hold them."""
        return {each.key: [choice.value for choice in choices] for each, choices in self.chosen}

    def one(self, key: str) -> str:
        """Return the value of a filter that has exactly one, else ""."""
        values = self.values.get(key, [])
        return values[0] if len(values) == 1 else ""


EVERYTHING = Narrowed()


def read_filters(reading: Reading, given: Mapping[str, Sequence[str]]) -> Narrowed:
    """Return what `given` (key → values) narrows the list to; other keys and values are passed over and named."""
    chosen: list[tuple[Filter, tuple[Choice, ...]]] = []
    passed_over: list[StrOrPromise] = []
    offered = {each.key: each for each in filters_of(reading.place)}
    for each in offered.values():
        values = [value for value in dict.fromkeys(given.get(each.key, ())) if value]
        found = [each.find(reading, value) for value in values[:MOST_VALUES]]
        choices = tuple(choice for choice in found if choice is not None)
        if choices:
            chosen.append((each, choices))
        if len(choices) < len(values):
            passed_over.append(each.label)
    passed_over += [""] * sum(key not in offered and any(values) for key, values in given.items())
    return Narrowed(tuple(chosen), tuple(passed_over))


def filters_of(place: str) -> list[Filter]:
    """Return the filters of a list, in the order in which a page offers them."""
    return [each for each in FILTERS if place in each.lists]


def _fixed(*choices: Choice) -> Callable[[Reading], Sequence[Choice]]:
    return lambda reading: choices


def _ref(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _clients(reading: Reading) -> list[Choice]:
    return [Choice(str(ref), name, Q(business=ref)) for ref, name in reading.places]


def _engagements(reading: Reading) -> list[Choice]:
    if reading.supplies and len(reading.viewer.sees.suppliers) < 2:
        return []  # each client is one engagement then, and a filter already
    return [Choice(str(ref), name, _concerns(ref)) for ref, name in reading.engagements]


def _concerns(engagement: uuid.UUID) -> Q:
    return Q(Exists(TicketEngagement.objects.filter(ended_at=None, ticket=OuterRef("pk"), engagement=engagement)))


def _hands(reading: Reading) -> list[Choice]:
    return [*_own_hands(reading), *(_in_hands_of(person) for person in reading.colleagues)]


def _own_hands(reading: Reading) -> list[Choice]:
    own = [Choice("me", pgettext_lazy("in whose hands", "mine"), Q(assignee__in=list(reading.viewer.persons)))]
    return [
        *(own if reading.viewer.suppliers else []),
        Choice("nobody", pgettext_lazy("in whose hands", "nobody’s"), Q(assignee=None)),
        Choice("somebody", pgettext_lazy("in whose hands", "somebody’s"), Q(assignee__isnull=False)),
    ]


def _in_hands_of(person: Person) -> Choice:
    return Choice(str(person.pk), person.name, Q(assignee=person.pk))


def _find_hands(reading: Reading, value: str) -> Choice | None:
    own = next((each for each in _own_hands(reading) if each.value == value), None)
    ref = _ref(value)
    if own is not None or ref is None:
        return own
    person = reading.person(ref)
    return _in_hands_of(person) if person else None


def _moves(reading: Reading) -> list[Choice]:
    ours, theirs = Q(move=Move.SUPPLIER), Q(move__in=WAITING)
    parts = [
        Choice("customer", pgettext_lazy("whose move", "the client’s"), Q(move=Move.CUSTOMER)),
        Choice("third_party", pgettext_lazy("whose move", "somebody else’s"), Q(move=Move.THIRD_PARTY)),
        Choice("agreed_date", pgettext_lazy("whose move", "put off until a date"), Q(move=Move.AGREED_DATE)),
    ]
    own = list(reading.viewer.persons)
    if reading.supplies:
        mine = ours & Q(assignee__in=own)
        return [
            Choice("ours", pgettext_lazy("whose move", "ours"), ours),
            Choice("theirs", pgettext_lazy("whose move", "theirs"), theirs),
            Choice("me", pgettext_lazy("whose move", "mine"), mine),
            Choice(
                "mine", pgettext_lazy("whose move", "mine, or nobody’s in particular"), mine | ours & Q(assignee=None)
            ),
            *parts,
        ]
    asked = IS_OPEN & Q(move=Move.CUSTOMER)
    return [
        Choice("me", pgettext_lazy("whose move", "mine: I was asked"), asked & Q(requester__in=own)),
        Choice("customer", pgettext_lazy("whose move", "ours"), asked),
        Choice("supplier", pgettext_lazy("whose move", "the supplier’s"), IS_OPEN & ours),
        *parts[1:],
    ]


_MINE_OR_NOBODYS = pgettext_lazy("whose move", "mine, or nobody’s in particular")
_STATES = (
    Choice("open", pgettext_lazy("how it stands", "open"), IS_OPEN),
    Choice("working", pgettext_lazy("how it stands", "working again"), Q(state=TicketState.RESOLVED), history=True),
    Choice("settled", pgettext_lazy("how it stands", "settled or set aside"), ~Q(state=TicketState.OPEN), history=True),
    Choice("all", pgettext_lazy("how it stands", "open and settled"), Q(opened_at__isnull=False), history=True),
)
_KINDS = (
    Choice(TicketKind.INCIDENT, _("something is broken"), Q(kind=TicketKind.INCIDENT)),
    Choice(TicketKind.SERVICE_REQUEST, _("something is wanted"), Q(kind=TicketKind.SERVICE_REQUEST)),
)
_PRIORITIES = (
    Choice("1", _("urgent"), Q(priority=1)),
    Choice("2", _("high"), Q(priority=2)),
    Choice("3", _("normal"), Q(priority=3)),
    Choice("4", _("whenever it suits"), Q(priority=4)),
)
_SOURCES = (
    Choice("email", _("by mail"), Q(source="email")),
    Choice("phone", _("by phone"), Q(source="phone")),
    Choice("web", _("through this page"), Q(source="web")),
    Choice("visit", _("during a visit"), Q(source="visit")),
    Choice("monitoring", _("by a check"), Q(source="monitoring")),
    Choice("sheet", _("out of a log of calls"), Q(source="sheet")),
    Choice("schedule", _("by its schedule"), Q(source="schedule")),
    Choice("api", _("through a program"), Q(source="api")),
)


def _due(reading: Reading) -> list[Choice]:
    hour, now = reading.later(dt.timedelta(hours=1)), reading.later(dt.timedelta())
    return [
        Choice("hour", _("a word is promised within the hour"), IS_OPEN & Q(next_word_by__lte=hour)),
        Choice("late", _("late"), IS_OPEN & Q(attention_at__lt=now)),
    ]


def _held(reading: Reading) -> list[Choice]:
    return [
        Choice("yes", _("held by a workaround"), Q(workaround_until__isnull=False), held=True),
        Choice("past", _("held by a workaround past its date"), Q(workaround_until__lt=reading.today), held=True),
    ]


def _snoozed(reading: Reading) -> list[Choice]:
    """What the viewer's own suppliers snoozed. What is due within two hours is not: see `logic.snoozing`."""
    ours = Q(snoozed_for__in=list(reading.viewer.sees.suppliers))
    now = reading.later(dt.timedelta())
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now) | ~ours
    return [
        Choice("yes", pgettext_lazy("a request is", "snoozed"), IS_OPEN & ours & Q(snoozed_until__gt=now)),
        Choice("no", pgettext_lazy("a request is", "not snoozed"), awake),
    ]


def _tags(reading: Reading) -> list[Choice]:
    return [_tagged(name) for name in reading.tags]


def _find_tag(reading: Reading, value: str) -> Choice | None:
    return _tagged(value) if len(value) <= LONGEST and reading.knows_tag(value) else None


def _tagged(name: str) -> Choice:
    return Choice(name, name, Q(Exists(TicketTag.objects.filter(ticket=OuterRef("pk"), tag__name=name))))


def _opened(after: bool) -> Callable[[Reading, str], Choice | None]:
    def find(reading: Reading, value: str) -> Choice | None:
        try:
            day = dt.date.fromisoformat(value)
            limit = day if after else day + dt.timedelta(days=1)
            moment = to_utc(dt.datetime.combine(limit, dt.time()), reading.zone)
        except (ValueError, OverflowError):
            return None
        where = Q(opened_at__gte=moment) if after else Q(opened_at__lt=moment)
        return Choice(day.isoformat(), date_in_words(day, "short"), where)

    return find


_BOTH = frozenset({QUEUE, REQUESTS})
FILTERS: tuple[Filter, ...] = (
    Filter("client", _("Client"), _clients, _BOTH, dense=True),
    Filter("engagement", _("With which supplier"), _engagements, _BOTH),
    Filter("move", _("Whose move"), _moves, _BOTH),
    Filter("assignee", _("In whose hands"), _hands, frozenset({QUEUE}), finds=_find_hands),
    Filter("state", _("How it stands"), _fixed(*_STATES), _BOTH, dense=True),
    Filter("due", _("What is due"), _due, frozenset({QUEUE})),
    Filter("heard", _("Heard from us"), _fixed(
        Choice("no", _("nobody has heard"), IS_OPEN & Q(respond_by__isnull=False)),
    ), _BOTH),
    Filter("held", _("Workarounds"), _held, _BOTH),
    Filter("snoozed", _("Snoozed"), _snoozed, frozenset({QUEUE})),
    Filter("tag", _("Tags"), _tags, _BOTH, finds=_find_tag),
    Filter("priority", _("How urgent"), _fixed(*_PRIORITIES), _BOTH),
    Filter("kind", _("Broken or wanted"), _fixed(*_KINDS), _BOTH),
    Filter("source", _("How it came"), _fixed(*_SOURCES), _BOTH),
    Filter("from", _("Opened from"), _fixed(), _BOTH, finds=_opened(after=True), dense=True, day=True),
    Filter("to", _("Opened until"), _fixed(), _BOTH, finds=_opened(after=False), dense=True, day=True),
)  # fmt: skip


def as_query(values: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Return the values of filters as pairs of an address."""
    return [(key, value) for key, each in values.items() for value in each]
