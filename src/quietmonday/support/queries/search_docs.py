"""What the index should hold of messages, read from their rows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection

from quietmonday.support.logic.search_docs import Doc, doc_of, marks_of
from quietmonday.support.models import Attachment, Message, TicketEngagement


def docs_of(refs: Collection[uuid.UUID]) -> list[Doc]:
    """Return what the index should hold of these messages, read from their rows: three queries."""
    rows = list(
        Message.objects.filter(pk__in=refs).values_list(
            *("pk", "ticket_id", "public", "supplier_id", "occurred_at", "text", "author_name"),
            *("ticket__work_item__number", "ticket__subject", "ticket__business_id", "ticket__requester_id"),
            named=True,
        )
    )
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    files = Attachment.objects.filter(message__in=refs, erased_at=None).order_by("pk")
    for message, name in files.values_list("message_id", "name"):
        names[message].append(name)
    parties = parties_of({row.ticket_id for row in rows})
    docs = []
    for row in rows:
        note_of = None if row.public else row.supplier_id
        docs.append(
            doc_of(
                message=row.pk,
                ticket=row.ticket_id,
                note_of=note_of,
                occurred_at=row.occurred_at,
                number=row.ticket__work_item__number,
                subject=row.ticket__subject,
                text=row.text,
                files=names[row.pk],
                writer=row.author_name,
                marks=marks_of(
                    business=row.ticket__business_id,
                    requester=row.ticket__requester_id,
                    parties=parties[row.ticket_id],
                    note_of=note_of,
                ),
            )
        )
    return docs


def parties_of(tickets: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]]:
    """Return by request the (engagement, supplier) pairs it concerns: one query."""
    found: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]] = defaultdict(list)
    rows = TicketEngagement.objects.filter(ticket__in=tickets).order_by("since", "pk")
    for ticket, engagement, supplier in rows.values_list("ticket_id", "engagement_id", "engagement__supplier_id"):
        found[ticket].append((engagement, supplier))
    return found
