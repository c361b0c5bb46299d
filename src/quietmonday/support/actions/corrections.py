"""What is known now of a week that was settled before: set beside it, never over it."""

import datetime as dt
from typing import Any

from quietmonday.support.logic.headline import group_of
from quietmonday.support.logic.verdict_json import verdict_from_json
from quietmonday.support.models import Correction, Statement, Ticket


def note_corrections(*, ticket: Ticket, findings: dict[str, Any], now: dt.datetime) -> list[Correction]:
    """Set what is known now beside every settled statement that says otherwise; runs in the caller's transaction.

    Compared with the last correction, if there is one: a change back is a correction too.
    """
    if now - ticket.opened_at < dt.timedelta(weeks=2):
        return []
    after = statement_row(ticket, findings)
    written = []
    settled = Statement.objects.filter(
        kind="settled",
        business=ticket.business_id,
        starts_at__lte=ticket.opened_at,
        ends_at__gt=ticket.opened_at,
        engagement__in=ticket.parties.filter(ended_at=None).values("engagement"),
    )
    for statement in settled:
        last = Correction.objects.filter(statement=statement, ticket=ticket).order_by("-found_at", "-id").first()
        before = last.after if last else next((row for row in statement.rows if row["id"] == str(ticket.id)), None)
        if before is not None and _said(before) == _said(after):
            continue
        written.append(
            Correction.objects.create(
                business=ticket.business,
                statement=statement,
                ticket=ticket,
                before=before or {},
                after=after,
                found_at=now,
            )
        )
    return written


def statement_row(ticket: Ticket, findings: dict[str, Any]) -> dict[str, Any]:
    """Return one ticket as a statement states it."""
    quick, effective = verdict_from_json(findings["quick"]), verdict_from_json(findings["effective"])
    return {
        "id": str(ticket.id),
        "number": ticket.work_item.number,
        "opened_at": ticket.opened_at.isoformat(),
        "quick": findings["quick"],
        "effective": findings["effective"],
        "group": group_of(quick, effective).value,
        **({"with": str(ticket.split_of_id)} if ticket.split_of_id else {}),
    }


def _said(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["quick"]["value"], row["effective"]["value"], row["group"]
