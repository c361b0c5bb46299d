"""Who hears of a ticket besides those who ask and those who work on it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from quietmonday.people.access import holding
from quietmonday.people.models import KNOWN, Address, Engagement, Membership, Person, Role
from quietmonday.support.models import Ticket, Watcher
from quietmonday.support.queries.correspondents import departed
from quietmonday.support.queries.tickets import engagement_ids


def who_watches(ticket: Ticket, now: dt.datetime) -> list[Watcher]:
    """Return who hears of the ticket at `now`, each person once, with `person`: two queries, three with a supplier's.

    Not who has left the business, nor somebody of a supplier that it concerns no more.
    """
    rows = Watcher.objects.filter(ticket=ticket, ended_at=None, person__erased_at=None).select_related("person")
    found = {row.person_id: row for row in rows.order_by("since", "id")}
    gone = departed(list(found), now) if found else set()
    suppliers: set[uuid.UUID | None] = set()
    if any(row.person.supplier_id for row in found.values()):
        held = Engagement.objects.filter(holding(now), pk__in=engagement_ids(ticket))
        suppliers = set(held.values_list("supplier_id", flat=True))
    return [
        row
        for person_id, row in found.items()
        if person_id not in gone
        and (row.person.business_id == ticket.business_id or row.person.supplier_id in suppliers)
    ]


def who_may_see(ticket: Ticket, now: dt.datetime) -> list[Person]:
    """Return who of the business sees what is public on the ticket, by name: owner and stand-in, who asks, who hears.

    Two queries beside those of `who_watches`.
    """
    leads = Membership.objects.filter(
        holding(now), business=ticket.business_id, role__in=[Role.OWNER, Role.STAND_IN], person__isnull=False
    )
    seen = {row.person_id: row.person for row in leads.select_related("person") if row.person}
    asking = [person for person in (ticket.requester, ticket.reported_by) if person]
    gone = departed([person.id for person in asking], now)
    seen |= {person.id: person for person in asking if person.id not in gone}
    heard = (row.person for row in who_watches(ticket, now))
    seen |= {person.id: person for person in heard if person.business_id == ticket.business_id}
    return sorted(seen.values(), key=lambda person: person.name.casefold())


def members_of_suppliers(ticket: Ticket, now: dt.datetime) -> list[Person]:
    """Return who works for the suppliers that the ticket concerns, by name. Three queries."""
    held = Engagement.objects.filter(holding(now), pk__in=engagement_ids(ticket)).values("supplier")
    rows = Membership.objects.filter(holding(now), supplier__in=held).exclude(role=Role.READER)
    persons = {row.person_id: row.person for row in rows.select_related("person") if row.person}
    return sorted(persons.values(), key=lambda person: person.name.casefold())


def known_in_copy(emails: Iterable[str], business_id: uuid.UUID, now: dt.datetime) -> list[Person]:
    """Return who of the business uses one of these addresses and has not left. Two queries."""
    known = Person.objects.filter(KNOWN, business=business_id)
    theirs = Address.objects.filter(email__in=list(emails), person__in=known.values("pk"))
    persons = {row.person_id: row.person for row in theirs.select_related("person").order_by("person__since", "id")}
    gone = departed(list(persons), now) if persons else set()
    return [person for person_id, person in persons.items() if person_id not in gone]
