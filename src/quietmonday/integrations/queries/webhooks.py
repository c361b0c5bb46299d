"""What a webhook was told, and whether it took it."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quietmonday.integrations.models import Delivery, DeliveryTry, Webhook

SHOWN = 50

EVENT_WORDS = {
    "ticket.opened": _("A request begins"),
    "ticket.said_to_supplier": _("The client writes"),
    "ticket.said_to_customer": _("The supplier writes"),
    "ticket.noted": _("Somebody of your firm notes something"),
    "ticket.promised": _("The next word is promised"),
    "ticket.paused": _("The supplier waits for somebody"),
    "ticket.unpaused": _("The supplier waits no longer"),
    "ticket.assigned": _("It is handed over"),
    "ticket.prioritised": _("How urgent it is changes"),
    "ticket.involved": _("Another supplier works on it too"),
    "ticket.resolved": _("It is working again"),
    "ticket.fixed_permanently": _("A workaround gives way to the fix for good"),
    "ticket.reopened": _("It is open again"),
    "ticket.set_aside": _("It is no request after all"),
    "ticket.repeated": _("It is the same problem as an earlier one"),
    "ticket.answered": _("Whoever asked says whether it is solved"),
    "ticket.disputed": _("The supplier objects to a verdict"),
    "statement.frozen": _("A week is stated"),
}
"""Each event that a webhook may be told of, as a person says it."""


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
