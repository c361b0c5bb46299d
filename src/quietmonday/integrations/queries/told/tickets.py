"""Tickets, and what was said about them, as the API and webhooks tell them: to one viewer, no more than pages show."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from quietmonday.people.models import Person
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.said import Said, Speaker, said
from quietmonday.support.logic.verdict import both
from quietmonday.support.models import Attachment, Dispute, Feedback, Message, Ticket, TicketEngagement, Verdict

TICKET_JOINS = ("work_item", "requester", "assignee", "verdict", "business")


def tickets_told(rows: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Return visible tickets, loaded with TICKET_JOINS: one query for their parties."""
    parties: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    found = TicketEngagement.objects.filter(ticket__in=[row.id for row in rows]).order_by("since", "id")
    for ticket, engagement in found.values_list("ticket_id", "engagement_id"):
        parties[ticket].append(engagement)
    return [_ticket(row, parties[row.id]) for row in rows]


def _ticket(row: Ticket, engagements: list[uuid.UUID]) -> dict[str, Any]:
    verdict = getattr(row, "verdict", None)
    return {
        "id": row.id,
        "number": row.work_item.number,
        "business": row.business_id,
        "engagements": engagements,
        "subject": row.subject,
        "kind": row.kind,
        "source": row.source,
        "state": row.state,
        "move": row.move,
        "priority": row.priority,
        "requester": _named(row.requester),
        "assignee": _named(row.assignee),
        "can_work": row.can_work or None,
        "first_noticed": row.first_noticed or None,
        "reported_at": row.reported_at,
        "opened_at": row.opened_at,
        "resolved_at": row.resolved_at,
        "changed_at": row.changed_at,
        "next_word_by": row.next_word_by,
        "respond_by": row.respond_by,
        "restore_by": row.restore_by,
        "workaround_until": row.workaround_until,
        "quick": (verdict.quick or None) if verdict else None,
        "effective": (verdict.effective or None) if verdict else None,
        "page": settings.ADDRESS + reverse("support:ticket", args=[row.id]),
    }


def _named(person: Person | None) -> dict[str, Any] | None:
    return {"id": person.id, "name": person.name} if person else None


def messages_told(rows: Sequence[Message]) -> list[dict[str, Any]]:
    """Return visible messages with their files: one query."""
    files: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    found = Attachment.objects.filter(message__in=[row.id for row in rows], erased_at=None).select_related("file")
    for each in found.order_by("id"):
        files[each.message_id].append(file_told(each))
    return [
        {
            "id": row.id,
            "ticket": row.ticket_id,
            "side": row.side,
            "supplier": row.supplier_id,
            "public": row.public,
            "automatic": row.automatic,
            "channel": row.channel,
            "author": row.author_id,
            "author_name": row.author_name,
            "text": row.text,
            "verified": row.verified,
            "occurred_at": row.occurred_at,
            "recorded_at": row.recorded_at,
            "clock_quality": row.clock_quality,
            "erased_at": row.erased_at,
            "files": files[row.id],
        }
        for row in rows
    ]


def file_told(row: Attachment) -> dict[str, Any]:
    """Return a file of a visible message; `row.file` is at hand."""
    return {"id": row.id, "name": row.name, "size": row.file.size, "media_type": row.file.media_type}


def feedback_told(rows: Sequence[Feedback]) -> list[dict[str, Any]]:
    """Return what requesters said of the outcome."""
    return [
        {
            "id": row.id,
            "ticket": row.ticket_id,
            "person": row.person_id,
            "answer": row.answer,
            "text": row.text,
            "at": row.at,
        }
        for row in rows
    ]


def disputes_told(rows: Sequence[Dispute]) -> list[dict[str, Any]]:
    """Return what suppliers say of verdicts."""
    return [
        {
            "id": row.id,
            "ticket": row.ticket_id,
            "about": row.about,
            "note": row.note,
            "by_name": row.by_name,
            "at": row.at,
        }
        for row in rows
    ]


def verdicts_told(rows: Sequence[Verdict], now: dt.datetime) -> list[dict[str, Any]]:
    """Return verdicts as of `now`, as pages do: worked out anew from their facts. `ticket__work_item`, `business` are
    at hand."""
    told = []
    for row in rows:
        speaker = Speaker(gettext, ngettext, row.business.zone, now)
        fast, lasting = both(facts_from_json(row.inputs), now)
        told.append(
            {
                "ticket": row.ticket_id,
                "number": row.ticket.work_item.number,
                "business": row.business_id,
                "quick": _said(said(fast, speaker)),
                "effective": _said(said(lasting, speaker)),
                "computed_at": row.computed_at,
            }
        )
    return told


def _said(each: Said) -> dict[str, Any]:
    return {"value": each.value, "rule": each.rule, "sentence": each.sentence, "disputed": each.disputed}
