"""Webhooks: added, changed, paused, resumed, ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction

from quietmonday.integrations.actions.webhook_mails import tell_who_answers
from quietmonday.integrations.logic.webhooks import events_of, new_secret
from quietmonday.integrations.models import Delivery, Webhook
from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.kit.outside import Reason, split_address
from quietmonday.kit.outside import Refused as CannotAsk
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.models import Account, Business, Supplier

MOST = 20
"""So many webhooks a firm may have."""


class WebhookRefused(ValueError):
    """Nothing was written; says what to do."""


@transaction.atomic
def add_webhook(
    *,
    place: Business | Supplier,
    account: Account,
    url: str,
    events: Collection[str],
    actor: Actor,
    now: dt.datetime,
) -> tuple[Webhook, str]:
    """Add a webhook of a firm; return it and its secret, which nobody can show again.

    Whoever answers for the firm is told by mail: what happens there goes to that server from now on.
    Raises WebhookRefused (too many, no events), kit.outside.Refused (no address that could be asked).
    """
    split_address(url)
    business, supplier = (place, None) if isinstance(place, Business) else (None, place)
    type(place).objects.select_for_update(no_key=True).get(pk=place.pk)
    if Webhook.objects.filter(business=business, supplier=supplier, ended_at=None).count() >= MOST:
        raise WebhookRefused(f"there are {MOST} webhooks already: end one that is not used any more")
    secret = new_secret()
    row = Webhook(
        business=business,
        supplier=supplier,
        account=account,
        by_name=actor.name,
        events=_chosen(events, supplier=supplier is not None),
        made_at=now,
    )
    row.sealed_secret = seal_secret(secret.encode(), row.secret_context("secret"))
    _set_url(row, url)
    row.save()
    _written(row, "added", actor, now, host=row.host, events=row.events)
    tell_who_answers(webhook=row, what="added", now=now)
    return row, secret


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, url: str | None, events: Collection[str] | None, actor: Actor, now: dt.datetime
) -> Webhook:
    """Change where a webhook is or what it hears of (None: stays); return it. Raises as `add_webhook`."""
    row = locked(webhook)
    if url is not None:
        _set_url(row, url)
    if events is not None:
        row.events = _chosen(events, supplier=row.supplier_id is not None)
    row.save(update_fields=["host", "sealed_url", "events"])
    _written(row, "changed", actor, now, host=row.host, events=row.events, moved=url is not None)
    if url is not None:
        tell_who_answers(webhook=row, what="moved", now=now)
    return row


@transaction.atomic
def pause_webhook(*, webhook: Webhook, why: str, actor: Actor, now: dt.datetime) -> Webhook:
    """Tell this server nothing more until somebody says so; what waited for it is given up. Twice is once.

    `why`: person; failing, gone, nobody: then those who answer for the firm are told by mail.
    """
    row = locked(webhook)
    if row.paused_at is not None or row.ended_at is not None:
        return row
    row.paused_at, row.paused_why = now, why
    row.save(update_fields=["paused_at", "paused_why"])
    give_up_waiting(row, now)
    _written(row, "paused", actor, now, why=why)
    if why != "person":
        tell_who_answers(webhook=row, what=why, now=now)
    return row


@transaction.atomic
def resume_webhook(*, webhook: Webhook, account: Account, actor: Actor, now: dt.datetime) -> Webhook:
    """Tell it again, from now on, what whoever resumes it may see. Twice is once."""
    row = locked(webhook)
    if row.paused_at is None or row.ended_at is not None:
        return row
    row.paused_at, row.paused_why = None, ""
    row.failures, row.failing_since, row.next_try_at = 0, None, None
    row.account, row.by_name = account, actor.name
    row.save()
    _written(row, "resumed", actor, now)
    return row


@transaction.atomic
def end_webhook(*, webhook: Webhook, actor: Actor, now: dt.datetime) -> Webhook:
    """End a webhook for good: its address and its secret are forgotten. Twice is once."""
    row = locked(webhook)
    if row.ended_at is not None:
        return row
    row.ended_at, row.sealed_url, row.sealed_secret = now, b"", b""
    row.save(update_fields=["ended_at", "sealed_url", "sealed_secret"])
    give_up_waiting(row, now)
    _written(row, "ended", actor, now)
    must_stay_ended(now)
    return row


def end_webhook_again(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """After a restore: a webhook that was ended since (kit.endings)."""
    webhook = Webhook.objects.filter(pk=ref, ended_at=None).first()
    if webhook is None:
        return ""
    end_webhook(webhook=webhook, actor=SYSTEM, now=now)
    return f"the webhook to {webhook.host}"


def url_of(webhook: Webhook) -> str:
    """Return the whole address. Raises SecretUnreadable."""
    return open_secret(bytes(webhook.sealed_url), webhook.secret_context("url")).decode()


def secret_of(webhook: Webhook) -> str:
    """Return the secret. Raises SecretUnreadable."""
    return open_secret(bytes(webhook.sealed_secret), webhook.secret_context("secret")).decode()


def locked(webhook: Webhook) -> Webhook:
    """Return the row, locked until the transaction ends."""
    return Webhook.objects.select_for_update(of=("self",)).get(pk=webhook.pk)


def give_up_waiting(webhook: Webhook, now: dt.datetime) -> None:
    """Give up what is on its way to a webhook; in the caller's transaction."""
    Delivery.objects.filter(webhook=webhook, state="waiting").update(state="given_up", done_at=now)


def _set_url(row: Webhook, url: str) -> None:
    parts = split_address(url)
    if parts.scheme == "http" and not settings.INSIDE_NETWORKS:
        raise CannotAsk(Reason.NOT_HTTPS)
    row.host = parts.netloc[:255]
    row.sealed_url = seal_secret(url.encode(), row.secret_context("url"))


def _chosen(events: Collection[str], *, supplier: bool) -> list[str]:
    chosen = events_of(events, supplier=supplier)
    if not chosen:
        raise WebhookRefused("choose at least one event")
    return chosen


def _written(row: Webhook, verb: str, actor: Actor, now: dt.datetime, **payload: Any) -> None:
    append(
        verb=f"webhook.{verb}",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("webhook", row.pk),
        payload={"supplier": row.supplier_id, **payload},
        occurred_at=now,
        recorded_at=now,
    )
