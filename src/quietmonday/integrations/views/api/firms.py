"""Businesses, suppliers, engagements, persons, and who the token is."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Query, Router

from quietmonday.integrations.access import (
    business_seen_by,
    businesses_seen_by,
    engagement_seen_by,
    supplier_seen_by,
    suppliers_seen_by,
)
from quietmonday.integrations.forms.api import firms as shapes
from quietmonday.integrations.queries.paging import NEWEST, page
from quietmonday.integrations.queries.told.firms import (
    businesses_told,
    engagements_told,
    persons_told,
    suppliers_told,
)
from quietmonday.integrations.views.api.lists import Paged, asked
from quietmonday.integrations.views.api.offering import ApiRequest, offers, refuse_unless_unchanged
from quietmonday.people.access import engagements_visible_to, person_editable_by, person_for, persons_visible_to
from quietmonday.people.actions.persons import change_person

router = Router(tags=["Firms and people"])


@offers(router, "GET", "/me", scope=None, gives=shapes.MeOut)
def me(request: ApiRequest) -> Any:
    """Who the token is, and what it may do."""
    viewer, token = request.viewer, request.caller.token
    return {
        "name": viewer.name,
        "token": token.name,
        "scopes": token.scopes,
        "only": token.firm,
        "expires_at": token.expires_at,
        "roles": [
            {"id": ref, "name": viewer.place_names[ref], "role": role} for ref, role in sorted(viewer.roles.items())
        ],
    }


@offers(router, "GET", "/businesses", scope="firms:read", gives=shapes.BusinessPage)
def list_businesses(request: ApiRequest, paged: Query[Paged]) -> Any:
    """The businesses of which you see at least something, newest first."""
    return page(businesses_seen_by(request.viewer), asked(request, paged), NEWEST, businesses_told)


@offers(router, "GET", "/businesses/{uuid:business_id}", scope="firms:read", gives=shapes.BusinessOut, tagged=True)
def get_business(request: ApiRequest, business_id: uuid.UUID) -> Any:
    """One business."""
    return businesses_told([business_seen_by(request.viewer, business_id)])[0]


@offers(router, "GET", "/suppliers", scope="firms:read", gives=shapes.SupplierPage)
def list_suppliers(request: ApiRequest, paged: Query[Paged]) -> Any:
    """Your own suppliers, and those with which your businesses have an open engagement, newest first."""
    return page(suppliers_seen_by(request.viewer), asked(request, paged), NEWEST, suppliers_told)


@offers(router, "GET", "/suppliers/{uuid:supplier_id}", scope="firms:read", gives=shapes.SupplierOut, tagged=True)
def get_supplier(request: ApiRequest, supplier_id: uuid.UUID) -> Any:
    """One supplier."""
    return suppliers_told([supplier_seen_by(request.viewer, supplier_id)])[0]


class OfFirms(Paged):
    """Narrowed to one firm of either side."""

    business: uuid.UUID | None = None
    supplier: uuid.UUID | None = None


@offers(router, "GET", "/engagements", scope="firms:read", gives=shapes.EngagementPage)
def list_engagements(request: ApiRequest, paged: Query[OfFirms]) -> Any:
    """The open engagements of which you may know who answers for them, newest first."""
    viewer = request.viewer
    rows = engagements_visible_to(viewer)
    if paged.business:
        rows = rows.filter(business=paged.business)
    if paged.supplier:
        rows = rows.filter(supplier=paged.supplier)
    return page(rows, asked(request, paged), NEWEST, lambda found: engagements_told(viewer, found))


@offers(router, "GET", "/engagements/{uuid:engagement_id}", scope="firms:read", gives=shapes.EngagementOut, tagged=True)
def get_engagement(request: ApiRequest, engagement_id: uuid.UUID) -> Any:
    """One engagement."""
    return engagements_told(request.viewer, [engagement_seen_by(request.viewer, engagement_id)])[0]


@offers(router, "GET", "/persons", scope="persons:read", gives=shapes.PersonPage)
def list_persons(request: ApiRequest, paged: Query[OfFirms]) -> Any:
    """The persons of whom you may know, newest first."""
    rows = persons_visible_to(request.viewer)
    if paged.business:
        rows = rows.filter(business=paged.business)
    if paged.supplier:
        rows = rows.filter(supplier=paged.supplier)
    return page(rows, asked(request, paged), NEWEST, persons_told)


@offers(router, "GET", "/persons/{uuid:person_id}", scope="persons:read", gives=shapes.PersonOut, tagged=True)
def get_person(request: ApiRequest, person_id: uuid.UUID) -> Any:
    """One person, or whom they were found to be."""
    return persons_told([person_for(request.viewer, person_id)])[0]


@offers(
    router,
    "PATCH",
    "/persons/{uuid:person_id}",
    scope="persons:write",
    gives=shapes.PersonOut,
    refuses=(409, 412),
    tagged=True,
)
def change_person_of(request: ApiRequest, person_id: uuid.UUID, body: shapes.PersonChange) -> Any:
    """Change what is written of a person of a firm that you answer for.
    Send If-Match with the ETag that you got, and nobody's change in between is lost."""
    person = person_editable_by(request.viewer, person_id)
    refuse_unless_unchanged(request, persons_told([person])[0])
    new = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    values = {"name": person.name, "job": person.job, "phone": person.phone, **new}
    place = person.business_id or person.supplier_id
    changed = change_person(person=person, **values, actor=request.viewer.actor(place), now=request.moment)
    return persons_told([changed])[0]
