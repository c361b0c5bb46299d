"""What a webhook is told of one event: no more than whoever it sees as would find through the API at this moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import translation

from quietmonday.integrations.access import statement_seen_by, webhook_viewer
from quietmonday.integrations.logic.webhooks import TEST
from quietmonday.integrations.models import Delivery
from quietmonday.integrations.queries.below_tickets import as_it_stands
from quietmonday.integrations.queries.told.statements import statements_told
from quietmonday.integrations.queries.told.tickets import messages_told, tickets_told
from quietmonday.journal.models import Entry, Payload
from quietmonday.people.access import Viewer
from quietmonday.support.access import messages_visible_to, ticket_for


class NoLongerSeen(Exception):
    """Whoever the webhook sees as sees this no more. `role`: they lost the role itself."""

    def __init__(self, *, role: bool) -> None:
        super().__init__()
        self.role = role


def event_told(delivery: Delivery, now: dt.datetime) -> dict[str, Any]:
    """Return what goes out. Raises NoLongerSeen."""
    viewer = webhook_viewer(delivery.webhook, now)
    if viewer is None:
        raise NoLongerSeen(role=True)
    head = {"type": delivery.verb, "timestamp": delivery.occurred_at, "sequence": delivery.seq}
    if delivery.verb == TEST:
        return {**head, "data": {}}
    try:
        with translation.override(settings.LANGUAGE_CODE):
            if delivery.verb.startswith("statement."):
                return {**head, "data": {"statement": _statement(viewer, delivery, now)}}
            return {**head, "data": _ticket(viewer, delivery)}
    except Http404:
        raise NoLongerSeen(role=False) from None


def _statement(viewer: Viewer, delivery: Delivery, now: dt.datetime) -> dict[str, Any]:
    return statements_told([statement_seen_by(viewer, delivery.subject_id)], now)[0]


def _ticket(viewer: Viewer, delivery: Delivery) -> dict[str, Any]:
    ticket = ticket_for(viewer, delivery.subject_id)
    told: dict[str, Any] = {"ticket": tickets_told([as_it_stands(ticket)])[0]}
    ref = _message_named(delivery)
    if ref is not None:
        message = messages_visible_to(viewer, ticket).filter(pk=ref).first()
        if message is None:
            raise Http404
        told["message"] = messages_told([message])[0]
    return told


def _message_named(delivery: Delivery) -> str | None:
    """Return the message that the journal's entry names; None if it names none, or its words were erased."""
    entries = Entry.objects.filter(subject_id=delivery.subject_id, event_id=delivery.event_id)
    payload = Payload.objects.filter(entry__in=entries, body__isnull=False).first()
    ref = payload.body.get("message") if payload and isinstance(payload.body, dict) else None
    return ref if isinstance(ref, str) else None
