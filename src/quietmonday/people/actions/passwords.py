"""Passwords: set and changed by their owner only."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.models import Account


@transaction.atomic
def set_password(*, account: Account, password: str, actor: Actor, now: dt.datetime) -> Account:
    """Set the password (checked by the form) and return the account. Every session but the caller's own ends.

    The caller keeps its own by `update_session_auth_hash`: the hash of all others no longer fits.
    """
    row = Account.objects.select_for_update().get(pk=account.pk)
    had_one = row.has_usable_password()
    row.set_password(password)
    row.save(update_fields=["password"])
    append(
        verb="account.password_changed" if had_one else "account.password_set",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("account", row.pk),
        payload={"account": row.email},
        occurred_at=now,
        recorded_at=now,
    )
    must_stay_ended(now)
    return row
