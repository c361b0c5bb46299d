"""An event becomes deliveries, each delivery is tried until it is taken: in order within one ticket, at least once.

What is sent is made when it goes out, through the doors that the webhook's account stands before at that moment.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import time
import uuid
from collections.abc import Sequence

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from quietmonday.integrations.actions.webhooks import locked, pause_webhook, secret_of, url_of
from quietmonday.integrations.logic.webhooks import (
    CLAIMED,
    EVENTS,
    GIVEN_UP_AFTER,
    KEPT,
    ONLY_SUPPLIERS,
    PAUSED_AFTER,
    SECONDS,
    TEST,
    next_try,
    signature,
)
from quietmonday.integrations.models import Delivery, DeliveryTry, Webhook
from quietmonday.integrations.queries.told.events import NoLongerSeen, event_told
from quietmonday.journal.actions import Event
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.ids import new_id
from quietmonday.kit.outside import Refused, fetch
from quietmonday.outbox.actions import put

TOPIC = "integrations.deliver"
GONE = 410


def on_event(event: Event, entries: Sequence[Entry]) -> None:
    """Put a delivery for each webhook that hears of the event; runs in the transaction that wrote it."""
    if event.verb not in EVENTS or event.business_id is None:
        return
    served = Q(supplier__engagements__in=list(event.engagement_ids))
    ours = served if event.verb in ONLY_SUPPLIERS else served | Q(business=event.business_id)
    hearing = Webhook.objects.filter(ours, ended_at=None, paused_at=None).distinct()
    for webhook in hearing.order_by("id"):
        if event.verb in webhook.events:
            _put(webhook, event.business_id, event.verb, event.subject[1], entries[0], event.recorded_at)


def _put(webhook: Webhook, business: uuid.UUID, verb: str, subject: uuid.UUID, entry: Entry, now: dt.datetime) -> None:
    row = Delivery.objects.create(
        business_id=business,
        webhook=webhook,
        event_id=entry.event_id,
        verb=verb,
        subject_id=subject,
        seq=entry.seq,
        occurred_at=entry.occurred_at,
        made_at=now,
        due_at=now,
    )
    put(topic=TOPIC, ids={"delivery": str(row.pk)}, now=now, business_id=business)


@transaction.atomic
def send_test(*, webhook: Webhook, now: dt.datetime) -> Delivery:
    """Put a delivery that says nothing but that it is a test."""
    row = Delivery.objects.create(
        business_id=webhook.business_id,
        webhook=webhook,
        event_id=new_id(),
        verb=TEST,
        subject_id=webhook.pk,
        seq=0,
        occurred_at=now,
        made_at=now,
        due_at=now,
    )
    put(topic=TOPIC, ids={"delivery": str(row.pk)}, now=now, business_id=webhook.business_id)
    return row


@transaction.atomic
def send_again(*, delivery: Delivery, now: dt.datetime) -> Delivery:
    """Send a delivery once more, under the same id; one that still waits goes at once."""
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    row.state, row.done_at, row.due_at, row.made_at = "waiting", None, now, now
    row.save(update_fields=["state", "done_at", "due_at", "made_at"])
    Webhook.objects.filter(pk=row.webhook_id).update(next_try_at=None)
    put(topic=TOPIC, ids={"delivery": str(row.pk)}, now=now, business_id=row.business_id)
    return row


@dataclasses.dataclass(frozen=True, slots=True)
class Tried:
    """How a try went."""

    ms: int
    status: int | None = None
    reason: str = ""

    @property
    def taken(self) -> bool:
        """Whether the server took it."""
        return self.status is not None and 200 <= self.status < 300


def deliver(*, delivery_id: uuid.UUID, now: dt.datetime) -> None:
    """Try one delivery, if it is its turn. The request itself stands outside every transaction."""
    claimed = _claim(delivery_id, now)
    if claimed is None:
        return
    try:
        body = _body(claimed, now)
    except NoLongerSeen as lost:
        _withhold(claimed, lost, now)
        return
    _settle(claimed, _sent(claimed, body, now), now)


@transaction.atomic
def _claim(delivery_id: uuid.UUID, now: dt.datetime) -> Delivery | None:
    """Return the delivery if it is to be tried now, and by us alone; else see to it that somebody comes back."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").filter(pk=delivery_id).first()
    if row is None or row.state != "waiting" or row.webhook.ended_at or row.webhook.paused_at:
        return None
    before = Delivery.objects.filter(webhook=row.webhook_id, subject_id=row.subject_id, state="waiting", id__lt=row.pk)
    if before.exists():
        return None  # whoever settles that one puts the next
    later = max(filter(None, (row.due_at, row.webhook.next_try_at, row.claimed_until)))
    if later > now:
        _come_back(row, later, now)
        return None
    row.claimed_until = now + CLAIMED
    row.save(update_fields=["claimed_until"])
    return row


def _come_back(row: Delivery, at: dt.datetime, now: dt.datetime) -> None:
    put(topic=TOPIC, ids={"delivery": str(row.pk)}, now=now, due_at=at, business_id=row.business_id)


def _body(row: Delivery, now: dt.datetime) -> bytes:
    told = event_told(row, now)
    return json.dumps(told, cls=DjangoJSONEncoder, separators=(",", ":"), ensure_ascii=False).encode()


def _sent(row: Delivery, body: bytes, now: dt.datetime) -> Tried:
    at = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Quiet-Monday-Webhooks/1",
        "webhook-id": str(row.pk),
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret_of(row.webhook), str(row.pk), at, body),
    }
    began = time.perf_counter()
    try:
        answer = fetch("POST", url_of(row.webhook), headers=headers, body=body, timeout=SECONDS, max_bytes=0)
    except Refused as refused:
        return Tried(ms=_since(began), reason=refused.reason.value)
    return Tried(ms=_since(began), status=answer.status)


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


@transaction.atomic
def _settle(claimed: Delivery, tried: Tried, now: dt.datetime) -> None:
    """Write down how it went, and what that means for the delivery, for its webhook, and for what comes after it."""
    webhook = locked(claimed.webhook)
    row = Delivery.objects.select_for_update().get(pk=claimed.pk)
    DeliveryTry.objects.create(
        business_id=row.business_id, delivery=row, at=now, status=tried.status, reason=tried.reason, ms=tried.ms
    )
    row.claimed_until = None
    if tried.taken:
        webhook.failures, webhook.failing_since, webhook.next_try_at, webhook.last_ok_at = 0, None, None, now
        _done(row, "delivered", now)
    else:
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or now
        webhook.next_try_at = next_try(webhook.failures, now)
        if row.verb == TEST or now - row.made_at >= GIVEN_UP_AFTER:
            _done(row, "given_up", now)
        else:
            row.due_at = webhook.next_try_at
            row.save(update_fields=["claimed_until", "due_at"])
            _come_back(row, row.due_at, now)
    webhook.save(update_fields=["failures", "failing_since", "next_try_at", "last_ok_at"])
    if tried.status == GONE:
        pause_webhook(webhook=webhook, why="gone", actor=SYSTEM, now=now)
    elif webhook.failing_since is not None and now - webhook.failing_since >= PAUSED_AFTER:
        pause_webhook(webhook=webhook, why="failing", actor=SYSTEM, now=now)


@transaction.atomic
def _withhold(claimed: Delivery, lost: NoLongerSeen, now: dt.datetime) -> None:
    """Send nothing of what the webhook's account does not see any more; without its role it hears nothing at all."""
    row = Delivery.objects.select_for_update().get(pk=claimed.pk)
    row.claimed_until = None
    _done(row, "withheld", now)
    if lost.role:
        pause_webhook(webhook=claimed.webhook, why="nobody", actor=SYSTEM, now=now)


def _done(row: Delivery, state: str, now: dt.datetime) -> None:
    row.state, row.done_at = state, now
    row.save(update_fields=["state", "done_at", "claimed_until"])
    waiting = Delivery.objects.filter(webhook=row.webhook_id, subject_id=row.subject_id, state="waiting")
    after = waiting.order_by("id").first()
    if after is not None:
        _come_back(after, max(now, after.due_at), now)


@transaction.atomic
def forget_deliveries(*, now: dt.datetime) -> int:
    """Forget what was settled a month ago; return how many."""
    old = Delivery.objects.filter(made_at__lt=now - KEPT).exclude(state="waiting")
    ids = list(old.order_by("made_at").values_list("pk", flat=True)[:5000])
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)
