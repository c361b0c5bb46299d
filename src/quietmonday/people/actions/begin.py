"""Begin: the first business, its supplier, what one buys from the other, and who owns that relationship."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.people.actions.businesses import write_business
from quietmonday.people.actions.engagements import write_engagement
from quietmonday.people.actions.inviting import invited
from quietmonday.people.actions.memberships import write_membership
from quietmonday.people.actions.persons import write_person
from quietmonday.people.actions.sign_in_links import PLACEHOLDER
from quietmonday.people.actions.suppliers import write_supplier
from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, AgreementKind, Business, Engagement, Person, Role, Supplier


@dataclasses.dataclass(frozen=True)
class Began:
    """What `begin` made."""

    business: Business
    supplier: Supplier
    engagement: Engagement
    owner: Person
    counterpart: Person | None


@transaction.atomic
def begin(
    *,
    business_name: str,
    zone: str,
    country: str,
    supplier_name: str,
    owner_name: str,
    owner_email: str,
    actor: Actor,
    now: dt.datetime,
    subdivision: str = "",
    language: str = "en-gb",
    agreement: str = AgreementKind.TIME_AND_MATERIALS,
    counterpart_name: str = "",
    counterpart_email: str = "",
    beginner: Account | None = None,
    beginner_is: str = "",
    invite: bool = False,
) -> Began:
    """Make a business, a supplier and their engagement, with its owner and, if named, its counterpart as members.

    `beginner_is` ("owner", "counterpart" or "") says whether the account that begins is one of the two: then that role
    is given to `beginner` itself, and the placeholder address of a first start becomes the real one. With `invite`
    whoever of the two is not the beginner is mailed where to come.
    Raises Refused: no_name, no_address, zone, language, address_taken, no_counterpart.
    """
    if beginner_is == "counterpart" and not counterpart_name:
        raise Refused("no_counterpart")
    business, began = write_business(name=business_name, zone=zone, language=language, actor=actor, now=now)
    supplier, added = write_supplier(name=supplier_name, zone=zone, phone="", actor=actor, now=now)
    owner, owner_events = _member(
        business, owner_name, owner_email, Role.OWNER, beginner if beginner_is == "owner" else None, actor, now, invite
    )
    counterpart, counterpart_events = None, list[Event]()
    if counterpart_name:
        counterpart, counterpart_events = _member(
            supplier,
            counterpart_name,
            counterpart_email,
            Role.MANAGER,
            beginner if beginner_is == "counterpart" else None,
            actor,
            now,
            invite,
        )
    engagement, engaged = write_engagement(
        business=business,
        supplier=supplier,
        country=country,
        subdivision=subdivision,
        agreement=agreement,
        owner=owner,
        stand_in=None,
        counterpart=counterpart,
        actor=actor,
        now=now,
    )
    append_many([began, added, *owner_events, *counterpart_events, engaged])
    return Began(business=business, supplier=supplier, engagement=engagement, owner=owner, counterpart=counterpart)


def _member(
    place: Business | Supplier,
    name: str,
    email: str,
    role: Role,
    account: Account | None,
    actor: Actor,
    now: dt.datetime,
    invite: bool,
) -> tuple[Person, list[Event]]:
    address = normal_address(email)
    if address is None:
        raise Refused("no_address")
    person, events = write_person(
        place=place, name=name, job="", phone="", emails=[address], role=None, actor=actor, now=now
    )
    if account is not None:
        _take_real_address(account, address)
    membership, granted = write_membership(
        person=person, email=address, role=role, account=account, actor=actor, now=now
    )
    told = invited(membership, actor=actor, now=now) if invite and account is None else []
    return person, [*events, granted, *told]


def _take_real_address(account: Account, address: str) -> None:
    if account.email != PLACEHOLDER:
        return
    if Account.objects.filter(email=address).exists():
        raise Refused("address_taken")
    account.email = address
    account.save(update_fields=["email"])
