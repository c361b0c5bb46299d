"""Stated weeks as the API tells them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

from quietmonday.support.logic.said import Speaker
from quietmonday.support.models import Correction, Statement


def statements_told(rows: Sequence[Statement], now: dt.datetime) -> list[dict[str, Any]]:
    """Return stated weeks with what was corrected since: one query."""
    corrections: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for each in Correction.objects.filter(statement__in=[row.id for row in rows]).order_by("found_at", "id"):
        before = _values(each.before) if "quick" in each.before else None
        corrections[each.statement_id].append(
            {"ticket": each.ticket_id, "before": before, "after": _values(each.after), "found_at": each.found_at}
        )
    return [_statement(row, corrections[row.id], now) for row in rows]


def _statement(row: Statement, corrections: list[dict[str, Any]], now: dt.datetime) -> dict[str, Any]:
    speaker = Speaker(gettext, ngettext, row.zone, now)
    return {
        "id": row.id,
        "business": row.business_id,
        "engagement": row.engagement_id,
        "week": row.week,
        "kind": row.kind,
        "basis": row.basis or None,
        "zone": row.zone,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "frozen_at": row.frozen_at,
        "headline": [
            {"rule": each["rule"], "sentence": speaker.say(each["rule"], each["params"])} for each in row.headline
        ],
        "rows": [
            {"ticket": each["id"], "number": each["number"], "opened_at": each["opened_at"], **_values(each)}
            for each in row.rows
        ],
        "blind": [{"from_at": each["from"], "until_at": each["until"]} for each in row.blind],
        "corrections": corrections,
    }


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"quick": row["quick"]["value"], "effective": row["effective"]["value"], "group": row["group"]}
