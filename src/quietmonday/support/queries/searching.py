"""The search: requests by their numbers, words, people and files, for a list or with what was found around it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.access import marks_of_viewer, messages_read_by, tickets_visible_to
from quietmonday.support.logic.excerpts import Piece, excerpt, marked
from quietmonday.support.logic.search_query import ANYWHERE, NAMED, Question, question_of
from quietmonday.support.logic.search_words import words
from quietmonday.support.models import Attachment, Message, Ticket
from quietmonday.support.queries.search_index import Sought, Spot, fitting, newest
from quietmonday.support.queries.search_state import State, state_of_search

ROWS = 25
MOST_COUNTED = 100
MOST_LISTED = 500
"""Requests that a list of requests shows of what was found: those last spoken of."""

MOST_SHOWN = 3  # messages of one request
_PLACE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_READ = (
    *("id", "subject", "state", "move", "opened_at", "business__name", "business__zone", "work_item__number"),
    *("requester__name", "words_erased_at"),
)


def searched(viewer: Viewer, tickets: QuerySet[Ticket], typed: str) -> QuerySet[Ticket]:
    """Return those of `tickets` that `typed` finds for the viewer: by its number, or the `MOST_LISTED` last spoken of."""
    question = question_of(typed)
    if question.number is not None:
        return tickets.filter(work_item__number=question.number, business__in=viewer.businesses())
    sought = sought_by(viewer, question)
    spots = newest(sought, most=MOST_LISTED, about=state_of_search().about) if sought else None
    return tickets.filter(pk__in=[spot.ticket for spot in spots.found] if spots else [])


@dataclasses.dataclass(frozen=True, slots=True)
class Narrowed:
    """What narrows a search besides what was typed: a client, whose words, days (both in), open or settled."""

    client: uuid.UUID | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    state: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file of a message, its name in pieces."""

    attachment: Attachment
    name: list[Piece]


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """A message that was found, and what stands in it around what was asked for; [] if only around it."""

    message: Message
    said: list[Piece]
    files: list[File]


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A request that was found. `more`: how many of its messages fit besides those shown."""

    ticket: Ticket
    subject: list[Piece]
    quotes: list[Quote]
    more: int


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One page. `count`: of all pages, up to `MOST_COUNTED`, known on the first one; `more_than`: there are more.

    `after`: where the next page goes on, "" at the end. `whole`: False if the search stopped looking.
    """

    hits: list[Hit]
    count: int
    more_than: bool
    after: str
    whole: bool
    state: State


def find(viewer: Viewer, question: Question, narrowed: Narrowed, *, after: str = "") -> Found:
    """Return a page of what the viewer may see of what is asked for, last spoken of first."""
    state = state_of_search()
    sought = sought_by(viewer, question, narrowed)
    if sought is None:
        return Found([], 0, False, "", True, state)
    before = int(after) if _PLACE.fullmatch(after) else None
    first = before is None
    spots = newest(sought, most=(MOST_COUNTED if first else ROWS) + 1, before=before, about=state.about)
    seen = _through_the_door(viewer, narrowed, spots.found)
    shown = seen[:ROWS]
    last = shown[-1].place if len(seen) > ROWS else None
    if last is None and len(spots.found) > (MOST_COUNTED if first else ROWS):
        last = spots.found[-1].place  # so many were behind the door that this page is short of them
    return Found(
        hits=_hits(viewer, sought, [spot.ticket for spot in shown]),
        count=min(len(seen), MOST_COUNTED),
        more_than=len(spots.found) > MOST_COUNTED,
        after=str(last) if last is not None else "",
        whole=spots.whole,
        state=state,
    )


def numbered(viewer: Viewer, number: int) -> list[Ticket]:
    """Return the visible requests of that number: one at most a business."""
    tickets = tickets_visible_to(viewer).filter(work_item__business__in=viewer.businesses(), work_item__number=number)
    return list(tickets.select_related("business", "work_item", "requester").order_by("business__name", "id")[:ROWS])


def sought_by(viewer: Viewer, question: Question, narrowed: Narrowed = Narrowed()) -> Sought | None:
    """Return what is looked for in the index; None if nothing is, or nobody is called like the client asked for."""
    if not (question.asks_something or narrowed.client or narrowed.since or narrowed.until):
        return None
    zone = zone_named(next(iter(viewer.zones.values()), "UTC"))

    def second(day: dt.date | None) -> int | None:
        return None if day is None else max(0, int(dt.datetime.combine(day, dt.time(), zone).timestamp()))

    until = narrowed.until + dt.timedelta(days=1) if narrowed.until and narrowed.until < dt.date.max else None
    return Sought(
        question=question,
        marks=marks_of_viewer(viewer, _clients(viewer, question, narrowed)),
        suppliers=viewer.sees.suppliers,
        since=second(max(filter(None, (question.since, narrowed.since)), default=None)),
        until=second(min(filter(None, (question.until, until)), default=None)),
        state=narrowed.state,
    )


def _clients(viewer: Viewer, question: Question, narrowed: Narrowed) -> set[uuid.UUID] | None:
    """Return the businesses that are asked for, None: all."""
    if narrowed.client is None and not question.clients:
        return None
    chosen = viewer.businesses() if narrowed.client is None else viewer.businesses() & {narrowed.client}
    named = {ref: " ".join(words(viewer.place_names[ref])) for ref in chosen}
    return {ref for ref, name in named.items() if all(each in name for each in question.clients)}


def _through_the_door(viewer: Viewer, narrowed: Narrowed, spots: Sequence[Spot]) -> list[Spot]:
    tickets = tickets_visible_to(viewer).filter(pk__in=[spot.ticket for spot in spots])
    if narrowed.client is not None:
        tickets = tickets.filter(business=narrowed.client)
    seen = set(tickets.values_list("pk", flat=True)) if spots else set()
    return [spot for spot in spots if spot.ticket in seen]


def _hits(viewer: Viewer, sought: Sought, refs: Sequence[uuid.UUID]) -> list[Hit]:
    if not refs:
        return []
    tickets = tickets_visible_to(viewer).filter(pk__in=refs).select_related("business", "work_item", "requester")
    by_ref = {ticket.pk: ticket for ticket in tickets.only(*_READ)}
    there = fitting(sought, refs, most=MOST_SHOWN)
    many = {ticket: count for ticket, _message, count in there}
    quotes: dict[uuid.UUID, list[Quote]] = defaultdict(list)
    for quote in _quotes(viewer, sought.question, refs, [message for _ticket, message, _many in there]):
        quotes[quote.message.ticket_id].append(quote)
    anywhere = [part for part in sought.question.parts if part.where == ANYWHERE]
    return [
        Hit(
            ticket=by_ref[ref],
            subject=marked(by_ref[ref].subject, anywhere),
            quotes=quotes[ref],
            more=max(0, many.get(ref, 0) - len(quotes[ref])),
        )
        for ref in refs
        if ref in by_ref
    ]


def _quotes(
    viewer: Viewer, question: Question, tickets: Collection[uuid.UUID], refs: Sequence[uuid.UUID]
) -> list[Quote]:
    """Return what stands in these messages, in their order."""
    rows = messages_read_by(viewer, tickets, refs).select_related("supplier")
    messages = {message.pk: message for message in rows}
    said = [part for part in question.parts if part.where == ANYWHERE]
    named = [part for part in question.parts if part.where in (ANYWHERE, NAMED)]
    told: dict[uuid.UUID, list[File]] = defaultdict(list)
    for each in Attachment.objects.filter(message__in=list(messages), erased_at=None).order_by("pk"):
        told[each.message_id].append(File(each, marked(each.name, named)))
    return [
        Quote(
            message=messages[ref],
            said=excerpt(messages[ref].text, said),
            files=[file for file in told[ref] if any(piece.marked for piece in file.name)],
        )
        for ref in refs
        if ref in messages
    ]


