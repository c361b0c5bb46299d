"""The pages of tokens, webhooks and the API, in the states that a person may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.integrations.actions.telling import send_test
from quietmonday.integrations.actions.webhooks import add_webhook, pause_webhook
from quietmonday.integrations.logic.webhooks import EVENTS
from quietmonday.integrations.models import DeliveryTry, Webhook
from quietmonday.people.actions.tokens import make_token, revoke_token
from tests.cast import Member
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.support.scene import actor

HOUR = dt.timedelta(hours=1)


def programs(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights: of Bill, for whom no program acts, and of Maria, for whom two do; then Ruth's webhooks."""
    cast = world.cast
    yield sight("tokens-none", cast.bill, "people:tokens")
    yield sight("new-token", cast.bill, "people:new_token")
    yield sight("new-token-refused", cast.bill, "people:new_token", then=sent("main form"))
    yield sight("token-made", cast.bill, "people:new_token", then=_filled)
    _token(cast.maria, "Night watch")
    revoke_token(token=_token(cast.maria, "The sheet of 2025"), now=NOW)
    yield sight("tokens", cast.maria, "people:tokens")
    yield sight("api-reference", None, "integrations:api_reference")
    yield sight("webhooks-none", cast.jo, "integrations:webhooks")
    yield sight("new-webhook", cast.jo, "integrations:new_webhook")
    yield sight("new-webhook-refused", cast.jo, "integrations:new_webhook", then=sent("main form"))
    yield sight("webhook-made", cast.jo, "integrations:new_webhook", then=_added)
    works, fails, paused = (_webhook(cast.ruth, name) for name in ("hooks", "chat", "stock"))
    Webhook.objects.filter(pk=fails.pk).update(failing_since=NOW - HOUR, next_try_at=NOW + HOUR, failures=4)
    pause_webhook(webhook=paused, why="failing", actor=actor(cast.ruth), now=NOW)
    yield sight("webhooks", cast.ruth, "integrations:webhooks")
    for name, row in (("webhook", works), ("webhook-fails", fails), ("webhook-paused", paused)):
        yield sight(name, cast.ruth, "integrations:webhook", (row.pk,))


def _token(member: Member, name: str) -> Any:
    row, _text = make_token(
        account=member.account, name=name, scopes=["tickets:write", "firms:read"], firm=None,
        expires_at=NOW + dt.timedelta(days=60), now=NOW - dt.timedelta(days=9),
    )  # fmt: skip
    return row


def _webhook(member: Member, name: str) -> Webhook:
    place = member.person.business
    assert place is not None
    row, _secret = add_webhook(
        place=place, account=member.account, url=f"https://{name}.oakhurst.example/in", events=EVENTS,
        actor=actor(member), now=NOW - 48 * HOUR,
    )  # fmt: skip
    for hours, status, reason in ((5, 200, ""), (3, 500, ""), (2, None, "too_slow")):
        delivery = send_test(webhook=row, now=NOW - hours * HOUR)
        if status == 200:
            delivery.state, delivery.done_at = "delivered", NOW
            delivery.save()
        DeliveryTry.objects.create(
            business=row.business, delivery=delivery, at=NOW - hours * HOUR, status=status, reason=reason, ms=120
        )
    return row


def _filled(visitor: Visitor) -> None:
    visitor.page.fill("[name=name]", "Night watch")
    visitor.page.select_option("[name=tickets]", "write")
    visitor.page.click("main form button")


def _added(visitor: Visitor) -> None:
    visitor.page.fill("[name=url]", "https://hooks.tilden.example/in")
    visitor.page.check("[name=events] >> nth=0")
    visitor.page.click("main form button")
