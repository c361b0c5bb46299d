"""What of each table is the made-up firm's: every row that goes when it is taken away."""

from __future__ import annotations

import dataclasses
import functools
import operator
import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from quietmonday.integrations.queries.tables import our_models
from quietmonday.kit.made_up import DOMAIN
from quietmonday.people.models import Account, Business, Engagement, HistoryGrant, Membership, Supplier

STAYS = frozenset({"outbox.CommonGround", "outbox.WorkerBeat"})
"""Tables that know of no firm."""
_OF_ACCOUNTS = frozenset(
    {
        *("people.CodeApp", "people.Identity", "people.Passkey", "people.RecoveryCode"),
        *("people.SignIn", "people.SignInLink", "people.Token"),
    }
)
"""Tables of what an account signs in with."""


@dataclasses.dataclass(frozen=True)
class MadeUp:
    """Ids of the made-up businesses and suppliers, and of the accounts that hold roles nowhere else."""

    businesses: frozenset[uuid.UUID]
    suppliers: frozenset[uuid.UUID]
    accounts: frozenset[uuid.UUID]


def made_up() -> MadeUp:
    """Return what is made up here."""
    accounts = Account.objects.filter(Q(email__endswith=f"@{DOMAIN}") | Q(email__endswith=f".{DOMAIN}"))
    elsewhere = Membership.objects.exclude(business__made_up=True).exclude(supplier__made_up=True).values("account")
    return MadeUp(
        businesses=frozenset(Business.objects.filter(made_up=True).values_list("pk", flat=True)),
        suppliers=frozenset(Supplier.objects.filter(made_up=True).values_list("pk", flat=True)),
        accounts=frozenset(accounts.exclude(pk__in=elsewhere).values_list("pk", flat=True)),
    )


def relied_on() -> str | None:
    """Return the name of a real business that buys from a made-up supplier, or lets it read; None if none does."""
    for model, path in ((Engagement, "supplier"), (HistoryGrant, "reader")):
        rows = model._base_manager.filter(**{f"{path}__made_up": True, "business__made_up": False})
        found = rows.values_list("business__name", flat=True).first()
        if found is not None:
            return str(found)
    return None


def rows_to_remove(gone: MadeUp) -> list[models.QuerySet[models.Model]]:
    """Return the rows of each table that are the made-up firm's; of tables that have none of it an empty set."""
    return [
        model._base_manager.filter(_theirs(model, gone)) for model in our_models() if model._meta.label not in STAYS
    ]


def _theirs(model: type[models.Model], gone: MadeUp) -> Q:
    columns = {field.attname for field in model._meta.concrete_fields}
    match model._meta.label:
        case "people.Business":
            return Q(pk__in=gone.businesses)
        case "people.Supplier":
            return Q(pk__in=gone.suppliers)
        case "people.Account":
            return Q(pk__in=gone.accounts)
        case label if label in _OF_ACCOUNTS:
            return Q(account__in=gone.accounts)
        case "integrations.IdempotencyKey":
            return Q(token__account__in=gone.accounts)
        case "people.Address":
            return Q(person__business__in=gone.businesses) | Q(person__supplier__in=gone.suppliers)
        case "journal.Entry" | "journal.Seal":
            return Q(chain__business_id__in=gone.businesses)
        case "journal.Payload":
            return Q(entry__chain__business_id__in=gone.businesses)
        case "post.MailboxFolder" | "post.MailboxLease":
            return Q(mailbox__business__in=gone.businesses) | Q(mailbox__supplier__in=gone.suppliers)
        case "post.RawBytes":
            return Q(item__business__in=gone.businesses) | Q(item__supplier__in=gone.suppliers)
        case "outbox.Slot":
            named = (Q(key__startswith=f"{business}:") for business in gone.businesses)
            return Q(topic="reports.monday") & _any_of(named)
        case "demo.Making":
            return Q()
    return _any_of(
        Q(**{f"{name}__in": ids})
        for name, ids in (("business_id", gone.businesses), ("supplier_id", gone.suppliers))
        if name in columns
    )


def _any_of(conditions: Iterable[Q]) -> Q:
    """Return the condition that one of `conditions` holds; without any nothing fits."""
    return functools.reduce(operator.or_, conditions, Q(pk__in=[]))
