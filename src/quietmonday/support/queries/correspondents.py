"""Whose mail counts as whose word."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Q

from quietmonday.people.models import Address, Engagement, Membership, Person, Role
from quietmonday.post.models import SilencedSender
from quietmonday.support.models import Side, Ticket, Watcher
from quietmonday.support.queries.tickets import engagement_ids


@dataclasses.dataclass(frozen=True)
class Correspondent:
    """Somebody whose mail may join a ticket."""

    person: Person
    side: str
    supplier_id: uuid.UUID | None
    failed: bool = False  # our mail to this address came back, and here comes mail from it


def correspondents(ticket: Ticket, now: dt.datetime) -> dict[str, Correspondent]:
    """Return by address who may answer about `ticket` by mail at `now`.

    The requester, who reported it for them, who of the business hears of it; its owner and stand-in; members of the
    suppliers of its open engagements. Somebody whose membership has ended is not among them, nor a reader. The customer
    side wins where one address serves both.
    """
    engagements = Engagement.objects.filter(_holds(now), pk__in=engagement_ids(ticket))
    suppliers = set(engagements.values_list("supplier_id", flat=True))
    members = Membership.objects.filter(_holds(now)).exclude(role=Role.READER)
    members = members.filter(
        Q(supplier__in=suppliers) | Q(business=ticket.business_id, role__in=[Role.OWNER, Role.STAND_IN])
    )
    person_ids = set(members.values_list("person_id", flat=True))
    asking = {each for each in (ticket.requester_id, ticket.reported_by_id) if each}
    hearing = Watcher.objects.filter(ticket=ticket, ended_at=None, person__business=ticket.business_id)
    hear = set(hearing.values_list("person_id", flat=True))
    person_ids |= asking | (hear - readers_only(hear, now) if hear else hear)
    person_ids -= departed(list(asking | hear), now)
    found: dict[str, Correspondent] = {}
    for address in Address.objects.filter(person__in=person_ids).select_related("person"):
        person = address.person
        if person.business_id == ticket.business_id:
            found[address.email] = Correspondent(person, Side.CUSTOMER, None, address.failed_at is not None)
        elif person.supplier_id in suppliers:
            failed = address.failed_at is not None
            found.setdefault(address.email, Correspondent(person, Side.SUPPLIER, person.supplier_id, failed))
    return found


def addresses_written_from(email: str, now: dt.datetime) -> list[Address]:
    """Return the address with every person who uses it, oldest first, but those whose membership has ended."""
    return addresses_of_writers({email}, now).get(email, [])


def addresses_of_writers(emails: Iterable[str], now: dt.datetime) -> dict[str, list[Address]]:
    """Return what `addresses_written_from` does for each of many addresses, in the queries of one."""
    theirs = Address.objects.filter(email__in=set(emails), person__merged_into=None).select_related("person")
    rows = list(theirs.order_by("person__since", "person__id"))
    gone = departed([address.person_id for address in rows], now) if rows else set()
    found: dict[str, list[Address]] = {}
    for address in rows:
        if address.person_id not in gone:
            found.setdefault(address.email, []).append(address)
    return found


def is_silenced(email: str, *, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None) -> bool:
    """Return whether somebody decided that mail from this address to these mailboxes asks nobody."""
    return SilencedSender.objects.filter(
        email=email, supplier=supplier_id, business=business_id, ended_at=None
    ).exists()


def departed(person_ids: list[uuid.UUID], now: dt.datetime) -> set[uuid.UUID]:
    """Return who of them had a membership and has none at `now`. Somebody who never had one has not departed."""
    rows = Membership.objects.filter(person__in=person_ids)
    return set(rows.values_list("person_id", flat=True)) - set(
        rows.filter(_holds(now)).values_list("person_id", flat=True)
    )


def readers_only(person_ids: Iterable[uuid.UUID], now: dt.datetime) -> set[uuid.UUID]:
    """Return who of them is a reader at their firm and nothing else: they hear, and have no word."""
    held = Membership.objects.filter(_holds(now), person__in=list(person_ids)).values_list("person_id", "role")
    reading: set[uuid.UUID] = set()
    acting: set[uuid.UUID] = set()
    for person, role in held:
        if person is not None:
            (reading if role == Role.READER else acting).add(person)
    return reading - acting


def open_engagements(
    *, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None, now: dt.datetime
) -> list[Engagement]:
    """Return the engagements that hold at `now`: of one supplier, of one business if given, of all if neither is."""
    rows = Engagement.objects.filter(_holds(now)).select_related("business", "supplier", "calendar")
    if supplier_id:
        rows = rows.filter(supplier=supplier_id)
    return list(rows.filter(business=business_id) if business_id else rows)


def _holds(now: dt.datetime) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))
