"""Webhooks: added, changed, ended; what each was told."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Query, Router

from quietmonday.integrations.access import delivery_kept_by, firm_told_of, webhook_kept_by, webhooks_kept_by
from quietmonday.integrations.actions.telling import send_again, send_test
from quietmonday.integrations.actions.webhooks import (
    add_webhook,
    change_webhook,
    end_webhook,
    pause_webhook,
    resume_webhook,
)
from quietmonday.integrations.forms.api import webhooks as shapes
from quietmonday.integrations.logic.problems import Problem
from quietmonday.integrations.models import Webhook
from quietmonday.integrations.queries.paging import NEWEST, page
from quietmonday.integrations.queries.told.webhooks import deliveries_told, webhooks_told
from quietmonday.integrations.queries.webhooks import deliveries_of
from quietmonday.integrations.views.api.lists import Paged, asked
from quietmonday.integrations.views.api.offering import ApiRequest, offers, refuse_unless_unchanged
from quietmonday.kit.actors import Actor

router = Router(tags=["Webhooks"])

READS, WRITES = "webhooks:read", "webhooks:write"


@offers(router, "GET", "/webhooks", scope=READS, gives=shapes.WebhookPage)
def list_webhooks(request: ApiRequest, paged: Query[Paged]) -> Any:
    """The webhooks of the businesses that you own and the suppliers that you manage, newest first."""
    return page(webhooks_kept_by(request.viewer), asked(request, paged), NEWEST, webhooks_told)


@offers(router, "POST", "/webhooks", scope=WRITES, gives=shapes.NewWebhookOut, status=201, refuses=(409,), tagged=True)
def add_a_webhook(request: ApiRequest, body: shapes.WebhookIn) -> Any:
    """Add a webhook. Whoever answers for the firm is told by mail. The secret stands in this answer only."""
    place = firm_told_of(request.viewer, body.firm)
    row, secret = add_webhook(
        place=place,
        account=request.caller.token.account,
        url=body.url,
        events=body.events,
        actor=request.viewer.actor(place.pk),
        now=request.moment,
    )
    return {**webhooks_told([row])[0], "secret": secret}


@offers(router, "GET", "/webhooks/{uuid:webhook_id}", scope=READS, gives=shapes.WebhookOut, tagged=True)
def get_webhook(request: ApiRequest, webhook_id: uuid.UUID) -> Any:
    """One webhook."""
    return webhooks_told([webhook_kept_by(request.viewer, webhook_id)])[0]


@offers(
    router,
    "PATCH",
    "/webhooks/{uuid:webhook_id}",
    scope=WRITES,
    gives=shapes.WebhookOut,
    refuses=(409, 412),
    tagged=True,
)
def change_a_webhook(request: ApiRequest, webhook_id: uuid.UUID, body: shapes.WebhookChange) -> Any:
    """Change where it is and what it hears of; pause and resume it."""
    row = webhook_kept_by(request.viewer, webhook_id)
    refuse_unless_unchanged(request, webhooks_told([row])[0])
    actor = _actor(request, row)
    if body.url is not None or body.events is not None:
        row = change_webhook(webhook=row, url=body.url, events=body.events, actor=actor, now=request.moment)
    if body.paused is True:
        row = pause_webhook(webhook=row, why="person", actor=actor, now=request.moment)
    if body.paused is False:
        account = request.caller.token.account
        row = resume_webhook(webhook=row, account=account, actor=actor, now=request.moment)
    return webhooks_told([row])[0]


@offers(router, "DELETE", "/webhooks/{uuid:webhook_id}", scope=WRITES, gives=None, status=204)
def end_a_webhook(request: ApiRequest, webhook_id: uuid.UUID) -> Any:
    """End it for good: its address and its secret are forgotten."""
    row = webhook_kept_by(request.viewer, webhook_id)
    end_webhook(webhook=row, actor=_actor(request, row), now=request.moment)


@offers(
    router,
    "POST",
    "/webhooks/{uuid:webhook_id}/test",
    scope=WRITES,
    gives=shapes.DeliveryOut,
    status=202,
    refuses=(409,),
)
def test_a_webhook(request: ApiRequest, webhook_id: uuid.UUID) -> Any:
    """Send a test. It is tried once."""
    row = webhook_kept_by(request.viewer, webhook_id)
    _refuse_paused(row)
    return deliveries_told([send_test(webhook=row, now=request.moment)])[0]


class DeliveryFilter(Paged):
    """Which deliveries."""

    state: Literal["waiting", "delivered", "given_up", "withheld"] | None = None


@offers(router, "GET", "/webhooks/{uuid:webhook_id}/deliveries", scope=READS, gives=shapes.DeliveryPage)
def list_deliveries(request: ApiRequest, webhook_id: uuid.UUID, paged: Query[DeliveryFilter]) -> Any:
    """What it was told in the last month, and what is on its way, newest first."""
    rows = deliveries_of(webhook_kept_by(request.viewer, webhook_id))
    if paged.state:
        rows = rows.filter(state=paged.state)
    return page(rows, asked(request, paged), NEWEST, deliveries_told)


@offers(
    router,
    "POST",
    "/deliveries/{uuid:delivery_id}/again",
    scope=WRITES,
    gives=shapes.DeliveryOut,
    status=202,
    refuses=(409,),
)
def deliver_again(request: ApiRequest, delivery_id: uuid.UUID) -> Any:
    """Send a delivery once more, under the same id."""
    delivery = delivery_kept_by(request.viewer, delivery_id)
    _refuse_paused(delivery.webhook)
    return deliveries_told([send_again(delivery=delivery, now=request.moment)])[0]


def _refuse_paused(row: Webhook) -> None:
    if row.paused_at is not None:
        raise Problem("refused", "It is paused. Resume it first.")


def _actor(request: ApiRequest, row: Webhook) -> Actor:
    return request.viewer.actor(row.business_id or row.supplier_id)
