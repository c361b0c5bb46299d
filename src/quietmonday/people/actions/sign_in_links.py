"""One-time sign-in links: made by whoever has the shell, used once within a day. Only their hash is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.people.access import holding
from quietmonday.people.models import Account, Membership, Role, SignInLink

LIFE = dt.timedelta(hours=24)
PLACEHOLDER = "administrator@localhost"
"""The address of the account that the first start makes. Nothing can be mailed to it; `begin` replaces it."""


@transaction.atomic
def first_link(*, now: dt.datetime) -> str | None:
    """Return a link for whoever starts the product: on the first start for a new administrator, later for the oldest.

    None if accounts exist but nobody administers the installation.
    """
    # SQLite's transaction holds the write lock from its start; on PostgreSQL the unique address decides a race.
    if not Account.objects.exists():
        account = Account(email=PLACEHOLDER)
        account.set_unusable_password()
        Account.objects.bulk_create([account], ignore_conflicts=True)
        account = Account.objects.get(email=PLACEHOLDER)
        Membership.objects.bulk_create(
            [Membership(account=account, role=Role.ADMINISTRATOR, starts_at=now)], ignore_conflicts=True
        )
    first = (
        # Not `holding(now)`: whoever made it a moment ago, in a race with us, began after our `now`.
        Membership.objects.filter(ends_at=None, role=Role.ADMINISTRATOR, account__is_active=True)
        .select_related("account")
        .order_by("starts_at", "pk")
        .first()
    )
    return make_link(account=first.account, now=now) if first else None


@transaction.atomic
def make_link(*, account: Account, now: dt.datetime) -> str:
    """Return the address of a new one-time link for the account; earlier unused ones stop working."""
    SignInLink.objects.filter(account=account, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(account=account, token_hash=_hash(token), made_at=now, expires_at=now + LIFE)
    append(
        verb="sign_in_link.made",
        actor=SYSTEM,
        business_id=None,
        engagement_ids=(),
        subject=("sign_in_link", link.pk),
        payload={"account": account.email},
        occurred_at=now,
        recorded_at=now,
    )
    return settings.ADDRESS + reverse("people:sign_in_once", args=[token])


@transaction.atomic
def use_link(*, token: str, now: dt.datetime) -> Account | None:
    """Return the account that the link signs in, once; None if it is unknown, used, expired or the account closed."""
    link = _link(token)
    if link is None or not link.account.is_active:
        return None
    if not Membership.objects.filter(holding(now), account=link.account).exists():
        return None
    # The condition decides between two who use it at the same moment: one of them changes no row.
    if not SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        return None
    append(
        verb="sign_in_link.used",
        actor=Actor(id=link.account.pk, name=link.account.email),
        business_id=None,
        engagement_ids=(),
        subject=("sign_in_link", link.pk),
        payload={"account": link.account.email},
        occurred_at=now,
        recorded_at=now,
    )
    return link.account


def _link(token: str) -> SignInLink | None:
    digest = _hash(token)
    link = SignInLink.objects.select_related("account").filter(token_hash=digest).first()
    return link if link is not None and hmac.compare_digest(link.token_hash, digest) else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
