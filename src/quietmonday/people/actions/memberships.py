"""Roles: given and ended. An ended one is gone everywhere at once, in open sessions too."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.people.access import holding
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.actions.inviting import invited
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import (
    BUSINESS_ROLES,
    SUPPLIER_ROLES,
    Account,
    Address,
    Membership,
    Person,
    Role,
)
from quietmonday.people.queries import is_named_and_only_reads, lock_persons


@transaction.atomic
def grant_role(*, person: Person, role: Role, actor: Actor, now: dt.datetime, invite: bool = False) -> Membership:
    """Give a person a role at its own place; the account is found or made by the person's first address.

    With `invite` its holder is mailed where to come, unless they signed in before.
    A role that the person holds already is returned as it is.
    Raises Refused: no_address, wrong_role (of the other side), address_taken (that account is somebody else's here),
    named_reads (they answer for a supplier and would only read).
    """
    lock_persons([person])
    address = Address.objects.filter(person=person).order_by("-is_first", "pk").first()
    if address is None:
        raise Refused("no_address")
    held = _held(person, role, now)
    if held is not None:
        return held
    membership, event = write_membership(person=person, email=address.email, role=role, actor=actor, now=now)
    append_many([event, *(invited(membership, actor=actor, now=now) if invite else [])])
    return membership


def write_membership(
    *, person: Person, email: str, role: Role, actor: Actor, now: dt.datetime, account: Account | None = None
) -> tuple[Membership, Event]:
    """Write a membership (and an account for `email`, unless one is given); return it with its event.

    Raises Refused: wrong_role, address_taken, named_reads.
    """
    role = Role(role)
    _fitting(person, role)
    account = account or _account(email)
    installation_wide = role == Role.ADMINISTRATOR
    business_id = None if installation_wide else person.business_id
    supplier_id = None if installation_wide else person.supplier_id
    others = Membership.objects.filter(holding(now), account=account, business=business_id, supplier=supplier_id)
    if not installation_wide and others.exclude(person=person).exists():
        raise Refused("address_taken")
    membership = Membership(
        account=account, person=person, business_id=business_id, supplier_id=supplier_id, role=role, starts_at=now
    )
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:  # somebody gave the same role a moment ago
        raise Refused("role_held") from None
    if is_named_and_only_reads(person, now):
        raise Refused("named_reads")
    event = Event(
        verb="membership.granted",
        actor=actor,
        business_id=business_id,
        engagement_ids=(),
        subject=("membership", membership.pk),
        payload={"person": person.pk, "name": person.name, "account": account.email, "role": role.value},
        occurred_at=now,
        recorded_at=now,
    )
    return membership, event


@transaction.atomic
def end_membership(*, membership: Membership, actor: Actor, now: dt.datetime) -> Membership:
    """End a role now. When the account holds no other, all its sessions end too. Ending an ended one changes nothing.

    Raises Refused: last_administrator (an installation without one could not be mended from the screens), named_reads
    (they answer for a supplier and would only read from now on).
    """
    lock_persons([membership.person])
    # The administrators are locked together, so that two who end each other at once do not both succeed.
    administrators = list(
        Membership.objects.select_for_update().filter(holding(now), role=Role.ADMINISTRATOR).order_by("pk")
    )
    row = Membership.objects.select_for_update(of=("self",)).select_related("person", "account").get(pk=membership.pk)
    if row.ends_at is not None and row.ends_at <= now:
        return row
    # One that ended while we waited for the lock may bear a later moment than ours: only an open one remains.
    remaining = [each for each in administrators if each.pk != row.pk and each.ends_at is None]
    if row.role == Role.ADMINISTRATOR and not remaining:
        raise Refused("last_administrator")
    row.ends_at = max(now, row.starts_at)
    row.save(update_fields=["ends_at"])
    if row.person is not None and is_named_and_only_reads(row.person, now):
        raise Refused("named_reads")
    if not Membership.objects.filter(holding(now), account_id=row.account_id).exists():
        end_sessions(account=row.account)
    append(
        verb="membership.ended",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("membership", row.pk),
        payload={
            "person": row.person_id,
            "name": row.person.name if row.person else None,
            "account": row.account.email,
            "role": row.role,
        },
        occurred_at=now,
        recorded_at=now,
    )
    must_stay_ended(now)
    return row


def end_sessions(*, account: Account) -> None:
    """End every session of the account: their hash holds an epoch, which moves on."""
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)


def _fitting(person: Person, role: Role) -> None:
    allowed = BUSINESS_ROLES if person.business_id else SUPPLIER_ROLES
    if role not in (*allowed, Role.ADMINISTRATOR):
        raise Refused("wrong_role")


def _held(person: Person, role: Role, now: dt.datetime) -> Membership | None:
    return Membership.objects.filter(holding(now), person=person, role=role).first()


def _account(email: str) -> Account:
    found = Account.objects.filter(email=email).first()
    if found is not None:
        return found
    account = Account(email=email)
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:  # another transaction made it a moment ago
        return Account.objects.get(email=email)
    return account
