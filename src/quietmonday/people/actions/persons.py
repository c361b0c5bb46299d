"""Persons and their addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.actions.businesses import named
from quietmonday.people.actions.inviting import invited
from quietmonday.people.actions.memberships import write_membership
from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Address, Business, Person, Role, Supplier


@transaction.atomic
def add_person(
    *,
    place: Business | Supplier,
    name: str,
    actor: Actor,
    now: dt.datetime,
    job: str = "",
    phone: str = "",
    emails: Sequence[str] = (),
    role: Role | None = None,
    invite: bool = False,
) -> Person:
    """Return a new person at a business or supplier; with a role also an account that may sign in at once.

    The first address is where our mail goes and what the account signs in with. With `invite` they are mailed where to
    come: somebody added them on a screen, they were not taken in with a record.
    Raises Refused: no_name, no_address (a role needs one), address (what stands there is none), wrong_role.
    """
    person, events = write_person(
        place=place, name=name, job=job, phone=phone, emails=emails, role=role, actor=actor, now=now, invite=invite
    )
    append_many(events)
    return person


def write_person(
    *,
    place: Business | Supplier,
    name: str,
    job: str,
    phone: str,
    emails: Sequence[str],
    role: Role | None,
    actor: Actor,
    now: dt.datetime,
    invite: bool = False,
) -> tuple[Person, list[Event]]:
    """Write a person with addresses and, if asked, a role and an invitation; return it with the events."""
    business, supplier = _sides(place)
    addresses = list(dict.fromkeys(_address(text) for text in emails))
    person = Person.objects.create(
        business=business,
        supplier=supplier,
        name=named(name),
        job=clean_line(job, 200),
        phone=clean_line(phone, 40),
        since=now,
    )
    Address.objects.bulk_create(
        Address(person=person, business=business, email=email, is_first=position == 0)
        for position, email in enumerate(addresses)
    )
    event = Event(
        verb="person.added",
        actor=actor,
        business_id=person.business_id,
        engagement_ids=(),
        subject=("person", person.pk),
        payload={"name": person.name, "job": person.job, "phone": person.phone, "addresses": addresses},
        occurred_at=now,
        recorded_at=now,
    )
    if role is None:
        return person, [event]
    if not addresses:
        raise Refused("no_address")
    membership, granted = write_membership(person=person, email=addresses[0], role=role, actor=actor, now=now)
    return person, [event, granted, *(invited(membership, actor=actor, now=now) if invite else [])]


@transaction.atomic
def change_person(*, person: Person, name: str, job: str, phone: str, actor: Actor, now: dt.datetime) -> Person:
    """Change what is written of a person; addresses and roles have verbs of their own. Raises Refused (no_name)."""
    row = Person.objects.select_for_update().get(pk=person.pk)
    before = {"name": row.name, "job": row.job, "phone": row.phone}
    row.name, row.job, row.phone = named(name), clean_line(job, 200), clean_line(phone, 40)
    after = {"name": row.name, "job": row.job, "phone": row.phone}
    if before == after:
        return row
    row.save(update_fields=["name", "job", "phone"])
    append(
        verb="person.changed",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("person", row.pk),
        payload={"before": before, **after},
        occurred_at=now,
        recorded_at=now,
    )
    return row


def data_taken(*, person: Person, actor: Actor, now: dt.datetime) -> None:
    """All that is held about a person was handed out as a file: the journal says to whom and when."""
    append(
        verb="person.data_taken",
        actor=actor,
        business_id=person.business_id,
        engagement_ids=(),
        subject=("person", person.pk),
        payload={},
        occurred_at=now,
        recorded_at=now,
    )


@transaction.atomic
def add_address(*, person: Person, email: str, actor: Actor, now: dt.datetime) -> Address:
    """Add an address to a person; the first one is where our mail goes. Adding one twice changes nothing.

    It does not change what the person's account signs in with. Raises Refused (address).
    """
    row = Person.objects.select_for_update().get(pk=person.pk)
    known = {address.email: address for address in Address.objects.filter(person=row)}
    wanted = _address(email)
    if wanted in known:
        return known[wanted]
    address = Address.objects.create(person=row, business_id=row.business_id, email=wanted, is_first=not known)
    append(
        verb="person.address_added",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("person", row.pk),
        payload={"address": wanted, "first": address.is_first},
        occurred_at=now,
        recorded_at=now,
    )
    return address


@transaction.atomic
def remove_address(*, address: Address, actor: Actor, now: dt.datetime) -> None:
    """Remove an address; the oldest of the others becomes the first. Removing one that is gone changes nothing.

    Mail from it is then no longer taken for this person's. The account keeps what it signs in with.
    """
    row = Person.objects.select_for_update().get(pk=address.person_id)
    found = Address.objects.filter(pk=address.pk, person=row).first()
    if found is None:
        return
    Address.objects.filter(pk=found.pk).delete()
    heir = Address.objects.filter(person=row).order_by("pk").first()
    if found.is_first and heir is not None:
        heir.is_first = True
        heir.save(update_fields=["is_first"])
    append(
        verb="person.address_removed",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("person", row.pk),
        payload={"address": found.email, "now_first": heir.email if heir else None},
        occurred_at=now,
        recorded_at=now,
    )


def _sides(place: Business | Supplier) -> tuple[Business | None, Supplier | None]:
    return (place, None) if isinstance(place, Business) else (None, place)


def _address(text: str) -> str:
    address = normal_address(text)
    if address is None:
        raise Refused("address")
    return address
