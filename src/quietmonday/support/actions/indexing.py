"""Messages go into the search and out of it, in the transaction that writes or erases their words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from quietmonday.support.actions.index_writing import AT_ONCE, writer
from quietmonday.support.logic.search_docs import doc_of, marks_of
from quietmonday.support.logic.search_words import FORM
from quietmonday.support.models import Message, Ticket
from quietmonday.support.queries.search_docs import docs_of
from quietmonday.support.queries.search_state import state_of_search

Parties = Sequence[tuple[uuid.UUID, uuid.UUID]]
"""(engagement, supplier) of a request."""

Progress = Callable[[str, int], None]


def index_new(*, said: Iterable[tuple[Message, Ticket, Sequence[str]]], parties: Mapping[uuid.UUID, Parties]) -> None:
    """Take in messages that were just written, with their requests, the names of their files, and by request who it
    concerns. All of it is at hand: no query but the writing."""
    docs = [
        doc_of(
            message=message.pk,
            ticket=ticket.pk,
            note_of=_note_of(message),
            occurred_at=message.occurred_at,
            number=ticket.work_item.number,
            subject=ticket.subject,
            text=message.text,
            files=names,
            writer=message.author_name,
            marks=marks_of(
                business=ticket.business_id,
                requester=ticket.requester_id,
                parties=parties[ticket.pk],
                note_of=_note_of(message),
            ),
        )
        for message, ticket, names in said
    ]
    for at in range(0, len(docs), AT_ONCE):
        writer().put(docs[at : at + AT_ONCE])


def index_again(*, tickets: Collection[uuid.UUID], messages: Collection[uuid.UUID] | None = None) -> None:
    """Bring the search up to what now stands in these messages of these requests (None: all of them): after a change
    of words, writer, subject, requester, files, or of whom the request concerns; also after they are gone."""
    _take_out(tickets, messages)
    rows = Message.objects.filter(ticket__in=tickets)
    if messages is not None:
        rows = rows.filter(pk__in=messages)
    for refs in _in_chunks(list(rows.order_by("pk").values_list("pk", flat=True))):
        writer().put(docs_of(refs))


def index_messages_again(*, messages: Sequence[uuid.UUID]) -> None:
    """Do the same for messages of any requests."""
    for refs in _in_chunks(messages):
        tickets = set(Message.objects.filter(pk__in=refs).values_list("ticket_id", flat=True))
        index_again(tickets=tickets, messages=refs)


def take_out_of_search(*, tickets: Collection[uuid.UUID]) -> None:
    """Take out everything of these requests, before they or their messages are deleted."""
    _take_out(tickets, None)


def take_businesses_out_of_search(*, business_ids: Collection[uuid.UUID]) -> None:
    """Take out everything of these businesses, before their rows are deleted or replaced."""
    tickets = Ticket.objects.filter(business__in=business_ids).order_by("pk").values_list("pk", flat=True)
    for refs in _in_chunks(list(tickets)):
        _take_out(refs, None)


def index_business(*, business_id: uuid.UUID) -> None:
    """Bring the search up to all that stands in the requests of a business, whose rows came in from elsewhere."""
    tickets = Ticket.objects.filter(business=business_id).order_by("pk").values_list("pk", flat=True)
    for refs in _in_chunks(list(tickets)):
        index_again(tickets=refs)


def rebuild_search(*, progress: Progress = lambda _what, _count: None) -> int:
    """Make the whole index anew, chunk by chunk, each in a transaction of its own; return how many messages it holds.

    What is said meanwhile comes in by itself. While it runs, searching finds what is in already, and says so. Whoever
    is stopped in the middle begins anew.
    """
    with transaction.atomic():
        total = Message.objects.count()
        writer().clear()
        _note("form = %s, is_ready = %s, done = 0, total = %s, taken_out = 0", [FORM, False, total])
    after, done = uuid.UUID(int=0), 0
    while refs := list(Message.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += _fill(refs)
        after = refs[-1]
        progress("search", done)
    while _tidy_piece(wholly=True):
        pass
    with transaction.atomic():
        _note("is_ready = %s", [True])
    _analyse()
    return done


def bring_search_up(*, progress: Progress = lambda _what, _count: None) -> bool:
    """Make the index if it was never made, not to its end, or in an older form; return whether it had to be."""
    if state_of_search().is_whole:
        return False
    rebuild_search(progress=progress)
    return True


def tidy_search() -> None:
    """Put the index in order: joined pieces, and where words were erased nothing left of them in the file.

    Piece by piece, so that others write meanwhile.
    """
    taken_out = state_of_search().taken_out
    while _tidy_piece(wholly=bool(taken_out)):
        pass
    if taken_out:
        with transaction.atomic():
            _note("taken_out = taken_out - %s", [taken_out])


@transaction.atomic
def _fill(refs: Sequence[uuid.UUID]) -> int:
    """Take in those of these messages that are not in yet; return how many are in now."""
    # Locked, so that nobody erases a word between our reading and our writing of it; requests first, as verbs do.
    tickets = set(Message.objects.filter(pk__in=refs).values_list("ticket_id", flat=True))
    for model, keys in ((Ticket, tickets), (Message, refs)):
        list(model._base_manager.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    docs = docs_of(refs)
    writer().take_out(tickets, [doc.message for doc in docs])
    writer().put(docs)
    _note("done = done + %s", [len(docs)])
    return len(docs)


@transaction.atomic
def _tidy_piece(*, wholly: bool) -> bool:
    return writer().tidy(wholly=wholly)


def _take_out(tickets: Collection[uuid.UUID], messages: Collection[uuid.UUID] | None) -> None:
    if tickets:
        writer().take_out(tickets, messages)


def _note(changes: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "support_search_state" SET {changes}', values)  # noqa: S608  # our own words


def _note_of(message: Message) -> uuid.UUID | None:
    return None if message.public else message.supplier_id


def _analyse() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE support_search")


def _in_chunks(refs: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    return (refs[at : at + AT_ONCE] for at in range(0, len(refs), AT_ONCE))
