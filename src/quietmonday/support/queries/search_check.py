"""Does the search hold what the requests say, and nothing else?"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.sentences import Finding
from quietmonday.people.models import PersonMerge
from quietmonday.support.logic.search_docs import Doc, asked_by, keys_of, number_of_key
from quietmonday.support.models import Message, Ticket
from quietmonday.support.queries.search_docs import docs_of
from quietmonday.support.queries.search_state import state_of_search

CHUNK = 500
MOST_NAMED = 20

SENTENCES = {
    "support.search_lacks": _("the search does not know message %(message)s; quietmonday search rebuild mends that"),
    "support.search_differs": _(
        "the search holds something else of message %(message)s than the record; quietmonday search rebuild mends that"
    ),
    "support.search_left_over": _(
        "the search holds message %(message)s, which is no longer there; quietmonday search rebuild mends that"
    ),
}

_COLUMNS = "message, ticket, note_of, at, words, writer, files, marks"


def search_as_said(business: uuid.UUID | None) -> Iterator[Finding]:
    """Yield where the search is not what the messages say; None: of every business. Nothing while it is being made."""
    if not state_of_search().is_whole:
        return
    messages = Message.objects.order_by("pk")
    if business is not None:
        messages = messages.filter(business=business)
    after = uuid.UUID(int=0)
    while refs := list(messages.filter(pk__gt=after).values_list("pk", flat=True)[:CHUNK]):
        after = refs[-1]
        yield from _of_chunk(refs)
    if business is None:
        yield from _left_over()


def _of_chunk(refs: Sequence[uuid.UUID]) -> Iterator[Finding]:
    wanted = {doc.message: doc for doc in docs_of(refs)}
    stored = _stored({doc.ticket for doc in wanted.values()}, refs)
    # Asking the index by all keys of a message takes long: where there are many, one of fifty is asked for.
    asked = set(refs if len(refs) < CHUNK else refs[::50])
    for message, doc in wanted.items():
        held = stored.get(message)
        if held is None:
            yield Finding("support.search_lacks", {"message": str(message)})
        elif held[1] != _as_stored(doc) and _under_another_name(held[1], doc):
            continue
        elif held[1] != _as_stored(doc) or (message in asked and not _is_found(held[0], doc)):
            yield Finding("support.search_differs", {"message": str(message)})


def _under_another_name(held: tuple[Any, ...], doc: Doc) -> bool:
    """Whether only who asked differs, and is the same person: entries are merged without a word to the search, which
    knows both."""
    requester = Ticket.objects.filter(pk=doc.ticket).values_list("requester_id", flat=True).first()
    merges = PersonMerge.objects.filter(Q(kept=requester) | Q(merged=requester)).values_list("kept_id", "merged_id")
    others = {person for pair in merges for person in pair if person != requester}
    return any(held == _as_stored(asked_by(doc, requester, other)) for other in others if requester)


def _as_stored(doc: Doc) -> tuple[Any, ...]:
    marks: Any = " ".join(doc.marks)
    if connection.vendor == "postgresql":
        marks = [number_of_key(mark) for mark in doc.marks]
    return (doc.ticket, doc.note_of, doc.at, doc.words, doc.writer, doc.files, marks)


def _stored(
    tickets: Collection[uuid.UUID], refs: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, tuple[Any, ...]]]:
    sqlite = connection.vendor == "sqlite"
    keys = [[ref.hex if sqlite else ref for ref in given] for given in (tickets, refs)]
    places = [", ".join(["%s"] * len(given)) for given in keys]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT place, {_COLUMNS} FROM support_search WHERE ticket IN ({places[0]}) AND message IN ({places[1]})",
            [*keys[0], *keys[1]],
        )
        rows = cursor.fetchall()
    return {
        _uuid(message): (place, (_uuid(ticket), _uuid(note), *rest)) for place, message, ticket, note, *rest in rows
    }


def _is_found(place: int, doc: Doc) -> bool:
    """Whether the index leads to the message by all of its keys."""
    keys = sorted(keys_of(doc))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            terms = " AND ".join(f'"{key}"' for key in keys)
            cursor.execute(
                "SELECT 1 FROM support_search_keys WHERE support_search_keys MATCH %s AND rowid = %s", [terms, place]
            )
        else:
            cursor.execute(
                "SELECT 1 FROM support_search WHERE place = %s AND keys @> %s::int4[]",
                [place, [number_of_key(key) for key in keys]],
            )
        return cursor.fetchone() is not None


def _left_over() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.message FROM support_search s LEFT JOIN support_message m ON m.id = s.message "
            "WHERE m.id IS NULL LIMIT %s",
            [MOST_NAMED],
        )
        for (message,) in cursor.fetchall():
            yield Finding("support.search_left_over", {"message": str(_uuid(message))})


def _uuid(value: Any) -> Any:
    return uuid.UUID(value) if isinstance(value, str) else value
