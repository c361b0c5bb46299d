"""Tokens and webhooks of one business and its people, with what was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from quietmonday.integrations.actions.telling import send_test
from quietmonday.integrations.actions.webhooks import add_webhook, pause_webhook
from quietmonday.integrations.logic.webhooks import EVENTS
from quietmonday.integrations.models import DeliveryTry, Webhook
from quietmonday.people.actions.tokens import make_token
from quietmonday.people.logic.tokens import SCOPES
from quietmonday.people.models import Token
from quietmonday.support.models import Statement
from tests.boundaries.sweep.stories import DAY, NOW, Table, actor_of
from tests.cast import Member


def token_of(member: Member, scopes: Collection[str] = SCOPES, firm: Any = None) -> str:
    """Return a token of the member, used today already: the first use of a day is written down."""
    row, text = make_token(
        account=member.account, name="Desk", scopes=scopes, firm=firm, expires_at=NOW + DAY, now=NOW - 30 * DAY
    )
    Token.objects.filter(pk=row.pk).update(last_used_on=NOW.date())
    return text


def programs_of(table: Table, copies: int) -> dict[str, Any]:
    """Return, by name, what programs have to do with the business of `table`."""
    rows = [_webhook(table, number) for number in range(copies)]
    paused = pause_webhook(webhook=_webhook(table, copies), why="person", actor=actor_of(table.owner), now=NOW)
    deliveries = [_tested(rows[0], NOW - dt.timedelta(hours=hours + 1)) for hours in range(copies)]
    for _ in range(copies - 1):
        token_of(table.owner)
    return {
        f"{table.prefix}_token": Token.objects.filter(account=table.staff.account).earliest("made_at"),
        f"{table.prefix}_statement": Statement.objects.filter(engagement=table.engagement).earliest("frozen_at"),
        f"{table.prefix}_webhook": rows[0],
        f"{table.prefix}_paused_webhook": paused,
        f"{table.prefix}_delivery": deliveries[0],
    }


def _webhook(table: Table, number: int) -> Webhook:
    row, _secret = add_webhook(
        place=table.business, account=table.owner.account, url=f"https://hook{number}.example/", events=EVENTS,
        actor=actor_of(table.owner), now=NOW - DAY,
    )  # fmt: skip
    return row


def _tested(webhook: Webhook, at: dt.datetime) -> Any:
    delivery = send_test(webhook=webhook, now=at)
    for status in (500, 200):
        DeliveryTry.objects.create(business=webhook.business, delivery=delivery, at=at, status=status, ms=12, reason="")
    return delivery
