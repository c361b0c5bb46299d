"""Businesses, suppliers, engagements and persons as the API tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quietmonday.people.access import Viewer, may_see_terms
from quietmonday.people.models import Address, Business, Engagement, Person, Supplier


def businesses_told(rows: Sequence[Business]) -> list[dict[str, Any]]:
    """Return businesses."""
    return [{"id": row.id, "name": row.name, "zone": row.zone} for row in rows]


def suppliers_told(rows: Sequence[Supplier]) -> list[dict[str, Any]]:
    """Return suppliers."""
    return [{"id": row.id, "name": row.name, "phone": row.phone, "zone": row.zone} for row in rows]


def engagements_told(viewer: Viewer, rows: Sequence[Engagement]) -> list[dict[str, Any]]:
    """Return engagements; the terms only to whom may open the agreement."""
    return [
        {
            "id": row.id,
            "business": row.business_id,
            "supplier": row.supplier_id,
            "owner": row.owner_id,
            "stand_in": row.stand_in_id,
            "counterpart": row.counterpart_id,
            "agreement": row.agreement if may_see_terms(viewer, row) else None,
            "starts_at": row.starts_at,
        }
        for row in rows
    ]


def persons_told(rows: Sequence[Person]) -> list[dict[str, Any]]:
    """Return persons with their addresses, the first one first: one query."""
    addresses: dict[Any, list[str]] = {}
    for address in Address.objects.filter(person__in=[row.id for row in rows]).order_by("-is_first", "id"):
        addresses.setdefault(address.person_id, []).append(address.email)
    return [
        {
            "id": row.id,
            "business": row.business_id,
            "supplier": row.supplier_id,
            "name": row.name,
            "job": row.job,
            "phone": row.phone,
            "emails": addresses.get(row.id, []),
            "since": row.since,
        }
        for row in rows
    ]
