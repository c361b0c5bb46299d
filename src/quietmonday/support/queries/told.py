"""The check that `verify` runs on requests: their tables against the journal."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.kit.sentences import Finding
from quietmonday.support.logic.told import MESSAGE, NOTE, SUBJECT, Said, differences, told
from quietmonday.support.models import Dispute, Feedback, Message, PriorityChange, Reopening, Resolution, Side, Ticket

CHUNK = 200

SENTENCES = {
    "support.not_as_told": _("request %(number)s (%(ticket)s) no longer holds a %(what)s that the journal tells of"),
    "support.never_told": _("request %(number)s (%(ticket)s) holds a %(what)s that the journal does not tell of"),
    "support.ticket_gone": _("request %(number)s (%(ticket)s) is gone, and no entry says who removed it"),
}


def words_as_told(business: uuid.UUID | None) -> Iterator[Finding]:
    """Yield where a request says something else than the journal says of it; None: of every business."""
    tickets = Ticket.objects.order_by("pk").values_list("pk", "work_item__number", "subject", "words_erased_at")
    if business is not None:
        tickets = tickets.filter(business=business)
    chunk = list(tickets[:CHUNK])
    while chunk:
        yield from _of_chunk(chunk)
        chunk = list(tickets.filter(pk__gt=chunk[-1][0])[:CHUNK])
    yield from _gone(business)


def _of_chunk(chunk: Sequence[tuple[uuid.UUID, int, str, object]]) -> Iterator[Finding]:
    ids = [row[0] for row in chunk]
    rows = (
        Entry.objects.filter(subject_id__in=ids, subject_kind="ticket")
        .order_by("id")
        .only("id", "event_id", "verb", "subject_id")
    )
    entries: dict[uuid.UUID, dict[uuid.UUID, Entry]] = defaultdict(dict)
    for entry in rows:
        entries[entry.subject_id].setdefault(entry.event_id, entry)  # the same in the chain of each engagement
    bodies = standing_bodies([entry for events in entries.values() for entry in events.values()])
    stored = _stored(ids)
    for ticket, number, subject, words_erased_at in chunk:
        said, whole = told([(entry.verb, bodies.get(entry.pk)) for entry in entries[ticket].values()])
        held = stored[ticket]
        if words_erased_at is None and any(what == SUBJECT for what, _text in said):
            held[SUBJECT, subject] += 1
        lacking, extra = differences(said, held, whole=whole)
        for rule, found in (("support.not_as_told", lacking), ("support.never_told", extra)):
            for what, _text in found:  # never the text: it may be what somebody wanted gone
                yield Finding(rule, {"number": number, "ticket": str(ticket), "what": what})


def _stored(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Said]:
    stored: dict[uuid.UUID, Said] = defaultdict(Counter)
    spoken = Message.objects.filter(ticket__in=ids).exclude(side=Side.SYSTEM)
    for ticket, pk, public, text in spoken.values_list("ticket", "pk", "public", "text"):
        stored[ticket][(MESSAGE, text) if public else (NOTE, str(pk))] += 1
    for model, what, column in (
        (Resolution, "resolution", "note"),
        (Reopening, "reopening", "note"),
        (Feedback, "feedback", "text"),
        (Dispute, "dispute", "note"),
        (PriorityChange, "reason", "note"),
    ):
        for ticket, text in model._base_manager.filter(ticket__in=ids).values_list("ticket", column):
            stored[ticket][what, text] += 1
    return stored


def _gone(business: uuid.UUID | None) -> Iterator[Finding]:
    """Yield the requests that the journal knows and no table, unless an entry says that an import was taken back."""
    undone = Entry.objects.filter(verb="ticket.import_undone").values("subject_id")
    begun = Entry.objects.filter(Q(verb="ticket.opened") | Q(verb="ticket.imported"))
    if business is not None:
        begun = begun.filter(business_id=business)
    lost = begun.exclude(subject_id__in=Ticket.objects.values("pk")).exclude(subject_id__in=undone)
    for entry in lost.select_related("payload").order_by("id").iterator(chunk_size=CHUNK):
        number = (entry.payload.body or {}).get("number")
        yield Finding("support.ticket_gone", {"number": number, "ticket": str(entry.subject_id)})
