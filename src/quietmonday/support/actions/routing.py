"""Rules by which new mail is sorted: made, changed, put into order, ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Supplier
from quietmonday.support.models import RoutingRule

MOST_RULES = 200  # in one list


class TooMany(Exception):
    """The list is as long as it may be."""


@transaction.atomic
def add_rule(*, supplier: Supplier | None, values: dict[str, Any], actor: Actor, now: dt.datetime) -> RoutingRule:
    """Put a rule at the end of the list of a supplier, or of the installation; return it. Raises TooMany."""
    rows = RoutingRule.objects.filter(supplier=supplier, ended_at=None)
    if rows.count() >= MOST_RULES:
        raise TooMany
    last = rows.aggregate(last=Max("position"))["last"] or 0
    rule = RoutingRule.objects.create(supplier=supplier, position=last + 1, made_at=now, **values)
    _tell(rule, "added", actor, now)
    return rule


@transaction.atomic
def change_rule(*, rule: RoutingRule, values: dict[str, Any], actor: Actor, now: dt.datetime) -> RoutingRule:
    """Write new values; its place in the list stays."""
    rule = RoutingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save()
    _tell(rule, "changed", actor, now)
    return rule


@transaction.atomic
def move_rule(*, rule: RoutingRule, earlier: bool, actor: Actor, now: dt.datetime) -> None:
    """Let a rule and its neighbour change places; nothing at the end of the list."""
    rows = RoutingRule.objects.filter(supplier=rule.supplier_id, ended_at=None)
    ordered = list(rows.select_for_update(of=("self",)).order_by("position", "id"))
    at = next((place for place, each in enumerate(ordered) if each.pk == rule.pk), None)
    there = -1 if at is None else at - 1 if earlier else at + 1
    if at is None or not 0 <= there < len(ordered):
        return
    ordered[at], ordered[there] = ordered[there], ordered[at]
    for place, each in enumerate(ordered, start=1):
        each.position = place
    RoutingRule.objects.bulk_update(ordered, ["position"])
    _tell(ordered[there], "moved", actor, now)


@transaction.atomic
def end_rule(*, rule: RoutingRule, actor: Actor, now: dt.datetime) -> None:
    """The rule counts no more. Twice is once."""
    if RoutingRule.objects.filter(pk=rule.pk, ended_at=None).update(ended_at=now):
        _tell(rule, "ended", actor, now)


def _tell(rule: RoutingRule, verb: str, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=f"routing.{verb}",
        actor=actor,
        business_id=None,
        engagement_ids=[],
        subject=("routing", rule.id),
        payload={
            "position": rule.position,
            "action": rule.action,
            "engagement": str(rule.engagement_id or ""),
            "priority": rule.priority or 0,
        },
        occurred_at=now,
        recorded_at=now,
    )
