"""What a webhook was told, and whether it took it."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict

from django.db.models import QuerySet

from quietmonday.integrations.models import Delivery, DeliveryTry, Webhook

SHOWN = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A delivery with its tries, the newest first."""

    delivery: Delivery
    tries: list[DeliveryTry]


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what it was told in the last month, and what is on its way."""
    return Delivery.objects.filter(webhook=webhook)


def newest_deliveries(webhook: Webhook) -> list[Line]:
    """Return the newest of them: two queries."""
    rows = list(deliveries_of(webhook).order_by("-id")[:SHOWN])
    tries = tries_of([row.pk for row in rows])
    return [Line(row, tries[row.pk]) for row in rows]


def tries_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[DeliveryTry]]:
    """Return the tries of deliveries, the newest first: one query."""
    found: dict[uuid.UUID, list[DeliveryTry]] = defaultdict(list)
    for each in DeliveryTry.objects.filter(delivery__in=ids).order_by("-at", "-id"):
        found[each.delivery_id].append(each)
    return found
