"""Shapes of stated weeks and of what came in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Literal

from pydantic import Field

from quietmonday.integrations.forms.api.base import Out, page_of


class LineOut(Out):
    """One sentence of a week's headline."""

    rule: str
    sentence: str


class StatedOut(Out):
    """How a ticket is stated."""

    quick: str
    effective: str
    group: str


class RowOut(StatedOut):
    """One ticket of a week."""

    ticket: uuid.UUID
    number: int
    opened_at: dt.datetime


class BlindOut(Out):
    """When a mailbox could not be read: what the week cannot know."""

    from_at: dt.datetime
    until_at: dt.datetime


class CorrectionOut(Out):
    """What is known now of a frozen row."""

    ticket: uuid.UUID
    before: StatedOut | None
    after: StatedOut
    found_at: dt.datetime


class StatementOut(Out):
    """One week of one engagement, frozen."""

    id: uuid.UUID
    business: uuid.UUID
    engagement: uuid.UUID
    week: str = Field(description="2026-W47")
    kind: Literal["provisional", "settled"]
    basis: str | None = Field(description="import: stated long after, from what was imported.")
    zone: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    frozen_at: dt.datetime
    headline: list[LineOut]
    rows: list[RowOut]
    blind: list[BlindOut]
    corrections: list[CorrectionOut]


class InboxItemOut(Out):
    """Something that came in, and what became of it."""

    id: uuid.UUID
    business: uuid.UUID | None
    supplier: uuid.UUID | None
    source: str
    name: str
    sender: str
    subject: str
    size: int
    received_at: dt.datetime
    state: Literal["waiting", "taken", "kept"]
    rule: str | None = Field(description="Why it did not become a ticket, or how it did.")
    asks_since: dt.datetime | None = Field(description="Since when somebody must say who its sender is.")
    looked_at: dt.datetime | None
    ticket: uuid.UUID | None = Field(description="What it became or joined, if you see that.")


StatementPage = page_of(StatementOut)
InboxItemPage = page_of(InboxItemOut)
