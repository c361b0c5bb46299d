"""Which requests may be linked, stand under one another, or be one call: refusals by name, the first that fits."""

from __future__ import annotations

import dataclasses
import uuid

MOST_LINKS = 50  # of one request, in both directions
MOST_PARTS = 50  # requests that are one call


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides about one request. `engagements`: those it concerns now; `was_settled`: it once was, or is."""

    id: uuid.UUID
    business: uuid.UUID
    state: str
    engagements: frozenset[uuid.UUID] = frozenset()
    part_of: uuid.UUID | None = None
    parts: int = 0
    was_settled: bool = False
    under: uuid.UUID | None = None
    has_under: bool = False
    links: int = 0


def why_not_linked(one: Standing, other: Standing) -> str | None:
    """Return why the two cannot be linked: itself, other_business, too_many; None if they can."""
    if one.id == other.id:
        return "itself"
    if one.business != other.business:
        return "other_business"
    return "too_many" if max(one.links, other.links) >= MOST_LINKS else None


def why_not_under(one: Standing, other: Standing) -> str | None:
    """Return why `one` cannot stand under `other`; None if it can. One level: so no two can stand under each other."""
    if why := why_not_linked(one, other):
        return why
    if one.under:
        return "under_another"
    if other.under:
        return "other_is_under"
    if one.has_under:
        return "has_under"
    return "is_part" if one.part_of or other.part_of else None


def why_not_merged(one: Standing, other: Standing) -> str | None:
    """Return why `one` cannot become part of `other`; None if it can.

    Both are open, and nothing that was settled goes into another: a verdict would vanish with it. Both concern the same
    suppliers: otherwise one would read what was said to the other.
    """
    if one.id == other.id:
        return "itself"
    if one.business != other.business:
        return "other_business"
    if one.part_of:
        return "merged_already"
    if other.part_of:
        return "circular" if other.part_of == one.id else "other_is_part"
    if one.state != "open" or other.state != "open":
        return "not_open"
    if one.was_settled:
        return "was_settled"
    if one.engagements != other.engagements:
        return "other_suppliers"
    return "too_many" if one.parts + other.parts + 1 > MOST_PARTS else None
