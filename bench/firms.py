"""The firms of a filled installation, made by the product's own actions three years ago."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bench.sizes import OWNER, PASSWORD, STAFF, TECHNICIAN, ZONE, Size
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.people.actions.businesses import add_business
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.actions.persons import add_person
from quietmonday.people.actions.suppliers import add_supplier
from quietmonday.people.models import Account, Business, Engagement, Person, Role, Supplier


@dataclasses.dataclass(frozen=True, slots=True)
class Client:
    """A business that buys: its people (the owner first), and its engagement."""

    business: Business
    engagement: Engagement
    people: list[Person]


@dataclasses.dataclass(frozen=True, slots=True)
class Firms:
    """Everybody."""

    supplier: Supplier
    technicians: list[Person]
    clients: list[Client]


def make_firms(size: Size, *, now: dt.datetime) -> Firms:
    """Make supplier, businesses, engagements with hours and levels, and people with accounts; return them.

    OWNER, STAFF and TECHNICIAN get PASSWORD.
    """
    supplier = add_supplier(name="Supplier", zone=ZONE, actor=SYSTEM, now=now)
    manager = _person(supplier, "Manager", "manager@supplier.example", Role.MANAGER, now)
    technicians = [
        _person(supplier, f"Technician {n:02}", f"technician{n:02}@supplier.example", Role.TECHNICIAN, now)
        for n in range(1, size.technicians + 1)
    ]
    clients = [_client(size, supplier, manager, n, now) for n in range(1, size.businesses + 1)]
    for email in (OWNER, STAFF, TECHNICIAN):
        account = Account.objects.get(email=email)
        set_password(account=account, password=PASSWORD, actor=Actor(id=account.id, name=email), now=now)
    return Firms(supplier=supplier, technicians=technicians, clients=clients)


def _client(size: Size, supplier: Supplier, manager: Person, n: int, now: dt.datetime) -> Client:
    business = add_business(name=f"Client {n:02}", zone=ZONE, actor=SYSTEM, now=now)
    owner = _person(business, f"Owner {n:02}", f"owner@client{n:02}.example", Role.OWNER, now)
    others = [
        _person(business, f"Person {n:02}-{m}", f"staff{m}@client{n:02}.example", Role.STAFF, now)
        for m in range(2, size.staff + 1)
    ]
    engagement = engage(
        business=business,
        supplier=supplier,
        country="GB",
        subdivision="ENG",
        owner=owner,
        counterpart=manager,
        actor=SYSTEM,
        now=now,
    )
    return Client(business=business, engagement=engagement, people=[owner, *others])


def _person(place: Business | Supplier, name: str, email: str, role: Role, now: dt.datetime) -> Person:
    return add_person(place=place, name=name, emails=[email], role=role, actor=SYSTEM, now=now)
