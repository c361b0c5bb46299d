"""Stated weeks, and what came in."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router
from pydantic import Field

from quietmonday.integrations.access import statement_seen_by, statements_seen_by
from quietmonday.integrations.forms.api import record as shapes
from quietmonday.integrations.forms.api.base import Moment
from quietmonday.integrations.queries.paging import Order, page
from quietmonday.integrations.queries.told.inbox import inbox_told
from quietmonday.integrations.queries.told.statements import statements_told
from quietmonday.integrations.views.api.lists import Paged, asked
from quietmonday.integrations.views.api.offering import ApiRequest, offers
from quietmonday.support.access import inbox_visible_to

router = Router(tags=["The record"])

FROZEN = Order(("frozen_at", "id"))
FROZEN_SINCE = Order(("frozen_at", "id"), falling=False)
RECEIVED = Order(("received_at", "id"))


class StatementFilter(Paged):
    """Which weeks."""

    business: uuid.UUID | None = None
    engagement: uuid.UUID | None = None
    week: Annotated[str, Field(pattern=r"^\d{4}-W\d{2}$", description="2026-W47")] | None = None
    kind: Literal["provisional", "settled"] | None = None
    updated_since: (
        Annotated[Moment, Field(description="Only what was frozen at this moment or later, the oldest first.")] | None
    ) = None


@offers(router, "GET", "/statements", scope="statements:read", gives=shapes.StatementPage)
def list_statements(request: ApiRequest, paged: Query[StatementFilter]) -> Any:
    """The stated weeks that you may read, newest first: provisional on Monday, settled two weeks later."""
    rows = statements_seen_by(request.viewer)
    equal = {
        "business": paged.business,
        "engagement": paged.engagement,
        "week": paged.week,
        "kind": paged.kind,
        "frozen_at__gte": paged.updated_since,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    order = FROZEN_SINCE if paged.updated_since else FROZEN
    return page(rows, asked(request, paged), order, lambda found: statements_told(found, request.moment))


@offers(
    router, "GET", "/statements/{uuid:statement_id}", scope="statements:read", gives=shapes.StatementOut, tagged=True
)
def get_statement(request: ApiRequest, statement_id: uuid.UUID) -> Any:
    """One stated week, with what was corrected since."""
    return statements_told([statement_seen_by(request.viewer, statement_id)], request.moment)[0]


class InboxFilter(Paged):
    """Which items."""

    business: uuid.UUID | None = None
    state: Literal["waiting", "taken", "kept"] | None = None
    source: Literal["mailbox", "file"] | None = None


@offers(router, "GET", "/inbox-items", scope="inbox:read", gives=shapes.InboxItemPage)
def list_inbox_items(request: ApiRequest, paged: Query[InboxFilter]) -> Any:
    """What came in that you may see, newest first."""
    rows = inbox_visible_to(request.viewer)
    equal = {"business": paged.business, "state": paged.state, "source": paged.source}
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    return page(rows, asked(request, paged), RECEIVED, lambda found: inbox_told(request.viewer, found))


@offers(router, "GET", "/inbox-items/{uuid:item_id}", scope="inbox:read", gives=shapes.InboxItemOut, tagged=True)
def get_inbox_item(request: ApiRequest, item_id: uuid.UUID) -> Any:
    """One thing that came in."""
    found = inbox_visible_to(request.viewer).filter(pk=item_id).first()
    if found is None:
        raise Http404
    return inbox_told(request.viewer, [found])[0]
