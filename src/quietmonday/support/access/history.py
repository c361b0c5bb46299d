"""Which entries of a visible request's journal somebody reads: never more than its page shows them."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q

from quietmonday.people.access import Viewer
from quietmonday.people.models import Person
from quietmonday.support.access.tickets import messages_visible_to, tickets_visible_to
from quietmonday.support.access.time import time_visible_to
from quietmonday.support.logic.happened import (
    LEADS_ONLY,
    LISTENERS,
    NOTED,
    OF_ANOTHER,
    PUBLIC,
    RETURNED,
    STEPS,
    SUPPLIERS_OWN,
    TIMES,
)
from quietmonday.support.models import Ticket


def known_of(viewer: Viewer, ticket: Ticket, refs: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these ids (messages, requests, time entries, persons) the viewer may know of: one query."""
    rows = messages_visible_to(viewer, ticket).order_by().filter(pk__in=refs).values_list("pk")
    others = tickets_visible_to(viewer).filter(business=ticket.business_id, pk__in=refs).values_list("pk")
    times = time_visible_to(viewer).order_by().filter(pk__in=refs).values_list("pk")
    people = Person.objects.filter(_listeners(viewer, ticket), pk__in=refs).values_list("pk")
    return {ref for (ref,) in rows.union(others, times, people)} if refs else set()


def entry_readable_by(
    viewer: Viewer, ticket: Ticket, verb: str, body: Mapping[str, Any], known: Collection[uuid.UUID]
) -> bool:
    """Return whether an entry about a visible ticket is for this viewer. `known`: ids of which they may know.

    Whatever cannot be told to be for them is not: an erased body names nobody, and a verb of which nobody has said so.
    """
    leads = ticket.business_id in viewer.sees.businesses
    if verb in NOTED:
        return _ref(body, "message") in known
    if verb in SUPPLIERS_OWN:
        return _ref(body, "supplier") in viewer.sees.suppliers
    if verb in OF_ANOTHER:
        return _ref(body, "other") in known
    if verb in TIMES:
        return _ref(body, "time") in known  # the business reads how much it was in all
    if verb in LISTENERS:
        return "persons" in body and all(_ref(each, "person") in known for each in body["persons"])
    if verb in RETURNED:
        return bool(viewer.sees.supplied(ticket.business_id)) and _ref(body, "message") in known
    if verb in STEPS:
        return "text" in body
    return verb in PUBLIC or (verb in LEADS_ONLY and leads)


def refs_in(body: Mapping[str, Any]) -> set[uuid.UUID]:
    """Return the ids that decide whether an entry is shown."""
    persons = [each for each in body.get("persons", ()) if isinstance(each, Mapping)]
    found = {_ref(body, key) for key in ("message", "other", "time")} | {_ref(each, "person") for each in persons}
    return {ref for ref in found if ref}


def _listeners(viewer: Viewer, ticket: Ticket) -> Q:
    of_business = Q(business=ticket.business_id)
    if ticket.business_id in viewer.sees.businesses | viewer.staff_of:
        return of_business | Q(supplier__isnull=False)
    return of_business | Q(supplier__in=viewer.sees.suppliers)


def _ref(body: Mapping[str, Any], key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(body[key])) if body.get(key) else None
    except ValueError:
        return None
