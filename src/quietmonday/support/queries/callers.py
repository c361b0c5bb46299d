"""People who may ring, as the form of a call needs them."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from quietmonday.people.logic.doubles import folded
from quietmonday.people.models import KNOWN, Business, Person
from quietmonday.support.logic.callers import Known, found

LOOKED_THROUGH = 10_000
"""People at most among whom somebody is looked for: the longest known come first."""


def callers_found(persons: QuerySet[Person], typed: str, *, most: int) -> list[Known]:
    """Return at most `most` of `persons` who fit what was typed. One query, none for nothing typed."""
    if not typed.strip():
        return []
    rows = persons.order_by("id").values_list("id", "name", "business__name", "phone")[:LOOKED_THROUGH]
    return found(typed, (Known(ref, name, firm or "", phone) for ref, name, firm, phone in rows))[:most]


def person_called(business: Business, name: str) -> Person | None:
    """Return who at the business bears exactly this name, but for case and accents; None if nobody or several do."""
    wanted = folded(name)
    rows = Person.objects.filter(KNOWN, business=business).values_list("id", "name")
    refs: list[uuid.UUID] = [ref for ref, each in rows if wanted and folded(each) == wanted]
    return Person.objects.get(pk=refs[0]) if len(refs) == 1 else None
