"""Webhooks as the API tells them: never their secret, and of their address the server only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quietmonday.integrations.models import Delivery, Webhook
from quietmonday.integrations.queries.webhooks import tries_of


def webhooks_told(rows: Sequence[Webhook]) -> list[dict[str, Any]]:
    """Return webhooks."""
    return [
        {
            "id": row.id,
            "business": row.business_id,
            "supplier": row.supplier_id,
            "host": row.host,
            "events": row.events,
            "made_at": row.made_at,
            "by_name": row.by_name,
            "last_ok_at": row.last_ok_at,
            "failing_since": row.failing_since,
            "paused_at": row.paused_at,
            "paused_why": row.paused_why or None,
        }
        for row in rows
    ]


def deliveries_told(rows: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Return deliveries with their tries: one query."""
    tries = tries_of([row.pk for row in rows])
    return [
        {
            "id": row.id,
            "event": row.verb,
            "subject": row.subject_id,
            "sequence": row.seq,
            "occurred_at": row.occurred_at,
            "made_at": row.made_at,
            "state": row.state,
            "due_at": row.due_at if row.state == "waiting" else None,
            "done_at": row.done_at,
            "tries": [
                {"at": each.at, "status": each.status, "reason": each.reason or None, "ms": each.ms}
                for each in tries[row.pk]
            ],
        }
        for row in rows
    ]
