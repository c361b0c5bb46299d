"""What came in, as the API tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quietmonday.people.access import Viewer
from quietmonday.post.models import InboxItem
from quietmonday.support.access import tickets_visible_to


def inbox_told(viewer: Viewer, rows: Sequence[InboxItem]) -> list[dict[str, Any]]:
    """Return visible items; the ticket that one became only to whom may see that: one query."""
    became = {row.outcome_id for row in rows if row.outcome_id}
    seen = set(tickets_visible_to(viewer).filter(pk__in=became).values_list("pk", flat=True)) if became else set()
    return [
        {
            "id": row.id,
            "business": row.business_id,
            "supplier": row.supplier_id,
            "source": row.source,
            "name": row.name,
            "sender": row.sender,
            "subject": row.subject,
            "size": row.size,
            "received_at": row.received_at,
            "state": row.state,
            "rule": row.rule or None,
            "asks_since": row.asks_at,
            "looked_at": row.looked_at,
            "ticket": row.outcome_id if row.outcome_id in seen else None,
        }
        for row in rows
    ]
