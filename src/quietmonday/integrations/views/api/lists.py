"""What every list takes: how many, and where to go on."""

from __future__ import annotations

import hashlib
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from quietmonday.integrations.queries.paging import MOST, USUAL, Asked
from quietmonday.integrations.views.api.offering import ApiRequest


class Paged(Schema):
    """A page of a list. Filters are fields of the list's own subclass: there are no others, and no look-ups."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = USUAL
    cursor: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=r"^[A-Za-z0-9_.-]+$",
            description="`next` of the page before, with the same filters.",
        ),
    ] = None


def asked(request: ApiRequest, paged: Paged) -> Asked:
    """Return which page was asked for; its cursor fits this list, these filters and this account only."""
    filters = paged.model_dump_json(exclude={"limit", "cursor"})
    of = hashlib.sha256(f"{request.path} {filters} {request.viewer.account_id}".encode()).hexdigest()
    return Asked(of=of, limit=paged.limit, cursor=paged.cursor)
