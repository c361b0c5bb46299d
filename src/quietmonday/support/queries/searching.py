"""The search: requests by their numbers, words, people and files, for a list or with what was found around it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db.models import QuerySet

from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.access import marks_of_viewer, messages_read_by, tickets_visible_to
from quietmonday.support.logic.excerpts import Piece, excerpt, marked, opening
from quietmonday.support.logic.search_query import ANYWHERE, BY, NAMED, Part, Question, question_of
from quietmonday.support.logic.search_words import words
from quietmonday.support.models import Attachment, Ticket
from quietmonday.support.queries.search_index import Fitting, Sought, fitting, newest
from quietmonday.support.queries.search_state import State, state_of_search
from quietmonday.support.queries.ticket_page import form_of
from quietmonday.work.models import WorkItem

ROWS = 25
MOST_COUNTED = 100
MOST_LISTED = 500
"""Requests that a list of requests shows of what was found: those last spoken of."""

MOST_SHOWN = 3  # messages of one request
_PLACE = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def searched(viewer: Viewer, tickets: QuerySet[Ticket], typed: str) -> QuerySet[Ticket]:
    """Return those of `tickets` that `typed` finds for the viewer: by its number, or the last spoken of."""
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
class Named:
    """A business, or whoever asked."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What a row says of a request. A page of results needs no more, and rows of models cost three times as much."""

    id: uuid.UUID
    number: int
    state: str
    move: str
    business: Named
    requester: Named | None
    zone: str


@dataclasses.dataclass(frozen=True, slots=True)
class FileName:
    """A file of a message, its name in pieces."""

    attachment: uuid.UUID
    pieces: list[Piece]


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """A message that was found: who wrote it, when, what stands in it around what was asked for.

    `form`: how much of its moment is known: "time", "day" or "". `supplier`: the one it is from, or ""; `is_note`:
    only that supplier sees it.
    """

    id: uuid.UUID
    ticket: uuid.UUID
    author: list[Piece]
    supplier: str
    is_note: bool
    at: dt.datetime
    form: str
    said: list[Piece]
    files: list[FileName]


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """A request that was found. `more`: how many of its messages fit besides those shown."""

    ticket: Request
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
    most = MOST_COUNTED if before is None else ROWS
    spots = newest(sought, most=most + 1, before=before, about=state.about)
    shown = spots.found[:ROWS]
    hits = _hits(viewer, sought, [spot.ticket for spot in shown])
    return Found(
        hits=hits,
        count=min(len(spots.found), MOST_COUNTED) - (len(shown) - len(hits)),
        more_than=len(spots.found) > MOST_COUNTED,
        after=str(shown[-1].place) if len(spots.found) > ROWS else "",
        whole=spots.whole,
        state=state,
    )


def numbered(viewer: Viewer, number: int) -> list[tuple[Request, str]]:
    """Return (request, subject) of the visible requests of that number: one at most a business."""
    of_number = WorkItem.objects.filter(business__in=viewer.businesses(), number=number).values("pk")
    found = _requests(tickets_visible_to(viewer).filter(work_item__in=of_number)).values()
    return sorted(found, key=lambda each: (each[0].business.name.casefold(), each[0].id))


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


def _hits(viewer: Viewer, sought: Sought, refs: Sequence[uuid.UUID]) -> list[Hit]:
    """Return what is shown of those of these requests that the viewer sees."""
    requests = _requests(tickets_visible_to(viewer).filter(pk__in=refs)) if refs else {}
    refs = [ref for ref in refs if ref in requests]
    if not refs:
        return []
    there = fitting(sought, refs, most=MOST_SHOWN)
    quotes: dict[uuid.UUID, list[Quote]] = defaultdict(list)
    for quote in _quotes(viewer, sought.question, refs, there):
        quotes[quote.ticket].append(quote)
    many = {each.ticket: each.many for each in there}
    anywhere = [part for part in sought.question.parts if part.where == ANYWHERE]
    return [
        Hit(
            ticket=requests[ref][0],
            subject=marked(requests[ref][1], anywhere),
            quotes=quotes[ref],
            more=max(0, many[ref] - MOST_SHOWN) if quotes[ref] else 0,
        )
        for ref in refs
    ]


def _requests(tickets: QuerySet[Ticket]) -> dict[uuid.UUID, tuple[Request, str]]:
    rows = tickets.values_list(
        *("pk", "work_item__number", "state", "move", "business__name", "requester__name", "business__zone", "subject")
    )
    return {
        pk: (Request(pk, number, state, move, Named(business), Named(who) if who else None, zone), subject)
        for pk, number, state, move, business, who, zone, subject in rows
    }


def _quotes(
    viewer: Viewer, question: Question, tickets: Collection[uuid.UUID], there: Sequence[Fitting]
) -> Iterator[Quote]:
    """Yield what stands in these messages, in their order; nothing of those in which nothing does."""
    refs = [each.message for each in there]
    said, by, named = (
        [part for part in question.parts if part.where in places]
        for places in ((ANYWHERE,), (ANYWHERE, BY), (ANYWHERE, NAMED))
    )
    files = _files([each.message for each in there if each.has_files], named)
    rows = messages_read_by(viewer, tickets, refs).values_list(
        *("pk", "ticket_id", "author_name", "supplier__name", "public", "occurred_at", "clock_quality", "channel"),
        "text",
    )
    found = {row[0]: row for row in rows}
    for pk, ticket, author, supplier, public, at, quality, channel, text in filter(None, map(found.get, refs)):
        quoted, writer = excerpt(text, said), marked(author, by)
        if said and not quoted and not files[pk] and not any(piece.marked for piece in writer):
            continue  # what was asked for stands in the subject, or is the number
        yield Quote(
            id=pk,
            ticket=ticket,
            author=writer,
            supplier=supplier or "",
            is_note=not public,
            at=at,
            form=form_of(channel, quality),
            said=quoted or opening(text),
            files=files[pk],
        )


def _files(messages: Sequence[uuid.UUID], parts: Sequence[Part]) -> dict[uuid.UUID, list[FileName]]:
    """Return the files of these messages in whose names something stands that is asked for."""
    found: dict[uuid.UUID, list[FileName]] = defaultdict(list)
    if messages:
        rows = Attachment.objects.filter(message__in=messages, erased_at=None).order_by("pk")
        for pk, message, name in rows.values_list("pk", "message_id", "name"):
            pieces = marked(name, parts)
            if any(piece.marked for piece in pieces):
                found[message].append(FileName(pk, pieces))
    return found
