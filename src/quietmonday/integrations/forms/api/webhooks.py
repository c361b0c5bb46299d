"""Shapes of webhooks."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from quietmonday.integrations.forms.api.base import In, Out, page_of
from quietmonday.integrations.logic.webhooks import EVENTS

EventName = Literal[EVENTS]  # type: ignore[valid-type]  # one list for the rules and for the description
Address = Annotated[
    str, Field(max_length=1000, pattern=r"^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[1-9][0-9]{0,3})?(/[!-~]*)?$")
]
Events = Annotated[list[EventName], Field(min_length=1, max_length=len(EVENTS))]


class WebhookOut(Out):
    """A server that hears of what happens."""

    id: uuid.UUID
    business: uuid.UUID | None
    supplier: uuid.UUID | None
    host: str = Field(description="The server; the whole address is sealed.")
    events: list[str]
    made_at: dt.datetime
    by_name: str
    last_ok_at: dt.datetime | None
    failing_since: dt.datetime | None
    paused_at: dt.datetime | None
    paused_why: str | None = Field(description="person, failing, gone, nobody")


class NewWebhookOut(WebhookOut):
    """A new webhook with its secret, which nobody can show again."""

    secret: str = Field(description="whsec_…, for the signature (Standard Webhooks).")


class WebhookIn(In):
    """A new webhook of a business that you own or a supplier that you manage."""

    firm: uuid.UUID
    url: Address
    events: Events


class WebhookChange(In):
    """What changes of a webhook; what is left out stays."""

    url: Address | None = None
    events: Events | None = None
    paused: StrictBool | None = Field(None, description="True: it is told nothing; false: it is told again.")


class TryOut(Out):
    """One try. What the server said besides is not kept."""

    at: dt.datetime
    status: int | None
    reason: str | None = Field(description="Why there was no answer.")
    ms: int


class DeliveryOut(Out):
    """One event on its way to a webhook. Its `id` is the `webhook-id` that the receiver sees."""

    id: uuid.UUID
    event: str
    subject: uuid.UUID
    sequence: int
    occurred_at: dt.datetime
    made_at: dt.datetime
    state: Literal["waiting", "delivered", "given_up", "withheld"]
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    tries: list[TryOut]


WebhookPage = page_of(WebhookOut)
DeliveryPage = page_of(DeliveryOut)
