"""As whom a visitor of the made-up firm looks around."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from quietmonday.demo.models import Making
from quietmonday.demo.queries.told import story
from quietmonday.people.access import holding
from quietmonday.people.models import Account, Membership, Role


@dataclasses.dataclass(frozen=True)
class Visitor:
    """`part`: owner, technician or staff. `job` and `place` say who that is."""

    part: str
    account: Account
    name: str
    job: str
    place: str


def making() -> Making | None:
    """Return how far the made-up firm is made; None if nobody asked for it."""
    return Making.objects.first()


def visitors() -> list[Visitor]:
    """Return who can be looked around as: nobody until the firm is made."""
    row = making()
    if row is None or row.made_at is None:
        return []
    told = story()
    firms = {each.key: each.name for each in (*told.businesses, *told.suppliers)}
    people = {part: told.person(key) for part, key in told.looks.items()}
    accounts = {each.email: each for each in Account.objects.filter(email__in=[p.email for p in people.values()])}
    return [
        Visitor(part, accounts[each.email], each.name, each.job, firms[each.place])
        for part, each in people.items()
        if each.email in accounts
    ]


def administrator_with(account_id: uuid.UUID, now: dt.datetime) -> Account | None:
    """Return the active account if it administers the installation at `now`."""
    held = Membership.objects.filter(holding(now), role=Role.ADMINISTRATOR).values("account")
    return Account.objects.filter(pk=account_id, pk__in=held, is_active=True).first()
