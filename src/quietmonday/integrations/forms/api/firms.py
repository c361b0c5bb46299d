"""Shapes of businesses, suppliers, engagements and persons."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import Field

from quietmonday.integrations.forms.api.base import In, Line, Out, page_of


class BusinessOut(Out):
    """A firm that buys support and owns the record of it."""

    id: uuid.UUID
    name: str
    zone: str = Field(description="IANA time zone.")


class SupplierOut(Out):
    """A firm that gives support."""

    id: uuid.UUID
    name: str
    phone: str
    zone: str


class EngagementOut(Out):
    """A business buys from a supplier."""

    id: uuid.UUID
    business: uuid.UUID
    supplier: uuid.UUID
    owner: uuid.UUID | None = Field(description="The person who answers for it at the business.")
    stand_in: uuid.UUID | None
    counterpart: uuid.UUID | None = Field(description="The person who answers for it at the supplier.")
    agreement: str | None = Field(
        description="time_and_materials, block_hours or managed; null for whoever does not see the agreement."
    )
    starts_at: dt.datetime


class PersonOut(Out):
    """Somebody at one business or one supplier."""

    id: uuid.UUID
    business: uuid.UUID | None
    supplier: uuid.UUID | None
    name: str
    job: str
    phone: str
    emails: list[str] = Field(description="Our mail goes to the first.")
    since: dt.datetime


class PersonChange(In):
    """What changes of a person; what is left out stays."""

    name: Line | None = None
    job: Annotated[str, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


BusinessPage = page_of(BusinessOut)
SupplierPage = page_of(SupplierOut)
EngagementPage = page_of(EngagementOut)
PersonPage = page_of(PersonOut)


class PlaceOut(Out):
    """A firm where the token's owner has a role."""

    id: uuid.UUID
    name: str
    role: str


class MeOut(Out):
    """Who the token is."""

    name: str
    token: str = Field(description="What its owner called the token.")
    scopes: list[str]
    only: uuid.UUID | None = Field(description="The one business or supplier that the token is for.")
    expires_at: dt.datetime
    roles: list[PlaceOut]
