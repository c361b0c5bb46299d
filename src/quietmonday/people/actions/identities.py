"""Whom a provider knows is bound to an account, found again, and taken away."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quietmonday.people.actions.security_entries import tell
from quietmonday.people.actions.sign_in_links import PLACEHOLDER
from quietmonday.people.logic.id_tokens import Claims
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Identity
from quietmonday.people.queries import account_that_may_sign_in, may_sign_in


@transaction.atomic
def identity_of(*, claims: Claims, label: str, now: dt.datetime, may_bind: bool = True) -> Identity:
    """Return the identity that the provider speaks of, with its account; the first time it is bound by its address.

    Without `may_bind` it must be bound already. Bound once, only issuer and subject count: an address that changed, or
    that somebody else got, opens nothing.
    Raises Refused (provider_unknown), whatever the reason: no such address, none that is vouched for, no role, another
    identity there already, or one that was taken away.
    """
    known = _bound(claims)
    if known is not None:
        if not may_sign_in(known.account, now):
            raise Refused("provider_unknown")
        known.last_used_at = now
        known.save(update_fields=["last_used_at"])
        return known
    account = account_that_may_sign_in(claims.address, now) if claims.address and may_bind else None
    if account is None or account.email == PLACEHOLDER or _ever_bound(account, claims):
        raise Refused("provider_unknown")
    return _bind(account, claims, label, now)


@transaction.atomic
def bind_identity(*, account: Account, claims: Claims, label: str, now: dt.datetime) -> Identity:
    """Bind the identity to the account of somebody signed in, who asked for it; also one that was taken away before.

    Raises Refused (provider_unknown): its address is not that of the account, or not vouched for; it, or the account,
    is bound to another already.
    """
    known = _bound(claims)
    if known is not None and known.account_id == account.pk:
        return known
    if known is not None or claims.address != account.email:
        raise Refused("provider_unknown")
    return _bind(account, claims, label, now)


@transaction.atomic
def end_identity(*, identity: Identity, label: str, now: dt.datetime) -> None:
    """Let the provider sign this account in no more, until its owner binds the two again. Twice is once."""
    row = Identity.objects.select_for_update(of=("self",)).select_related("account").get(pk=identity.pk)
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    tell(
        row.account,
        "account.identity_ended",
        subject=("identity", row.pk),
        what=_("%(provider)s can no longer sign you in: that was taken away from your account.") % {"provider": label},
        payload={"provider": label},
        now=now,
    )


def _bound(claims: Claims) -> Identity | None:
    rows = Identity.objects.select_for_update(of=("self",)).select_related("account")
    return rows.filter(issuer=claims.issuer, subject=claims.subject, ended_at=None).first()


def _ever_bound(account: Account, claims: Claims) -> bool:
    """Whether the account was bound at this provider before, or this identity to any: nothing binds them by itself."""
    rows = Identity.objects.filter(issuer=claims.issuer)
    return rows.filter(account=account).exists() or rows.filter(subject=claims.subject).exists()


def _bind(account: Account, claims: Claims, label: str, now: dt.datetime) -> Identity:
    try:
        with transaction.atomic():
            row = Identity.objects.create(
                account=account,
                issuer=claims.issuer,
                subject=claims.subject,
                email=claims.address or "",
                made_at=now,
                last_used_at=now,
            )
    except IntegrityError:  # bound a moment ago, or to another one
        raise Refused("provider_unknown") from None
    tell(
        account,
        "account.identity_added",
        subject=("identity", row.pk),
        what=_("From now on %(provider)s can sign you in.") % {"provider": label},
        payload={"provider": label},
        now=now,
    )
    return row
