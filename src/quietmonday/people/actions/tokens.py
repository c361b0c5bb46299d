"""API tokens: made, shown once, taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from quietmonday.kit.text import clean_line
from quietmonday.people.actions.security_entries import tell
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.logic.tokens import LONGEST, MOST, hash_of, new_token, scopes_of
from quietmonday.people.models import Account, Token


@transaction.atomic
def make_token(
    *,
    account: Account,
    name: str,
    scopes: Collection[str],
    firm: uuid.UUID | None,
    expires_at: dt.datetime,
    now: dt.datetime,
) -> tuple[Token, str]:
    """Make a token; return it and its text, which nobody can show again.

    Raises Refused: many_tokens, token_scopes (none), token_expiry (past, or more than a year away).
    """
    Account.objects.select_for_update().get(pk=account.pk)
    if Token.objects.filter(account=account, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise Refused("many_tokens")
    may = scopes_of(scopes)
    if not may:
        raise Refused("token_scopes")
    if not now < expires_at <= now + LONGEST:
        raise Refused("token_expiry")
    text = new_token()
    row = Token.objects.create(
        account=account,
        name=clean_line(name, 60) or "API",
        token_hash=hash_of(text),
        begins=text[:8],
        scopes=may,
        firm=firm,
        made_at=now,
        expires_at=expires_at,
    )
    tell(
        account,
        "account.token_made",
        subject=("token", row.pk),
        what=_("An API token was made with which a program acts in your name: %(name)s.") % {"name": row.name},
        payload={"name": row.name, "scopes": may, "firm": firm, "expires_at": expires_at},
        now=now,
    )
    return row, text


@transaction.atomic
def revoke_token(*, token: Token, now: dt.datetime) -> None:
    """Take a token back: from now on it opens nothing. Twice is once."""
    row = Token.objects.select_for_update(of=("self",)).select_related("account").get(pk=token.pk)
    if row.revoked_at is not None:
        return
    row.revoked_at = max(now, row.made_at)
    row.save(update_fields=["revoked_at"])
    tell(
        row.account,
        "account.token_revoked",
        subject=("token", row.pk),
        what=_("An API token was taken back, and opens nothing any more: %(name)s.") % {"name": row.name},
        payload={"name": row.name},
        now=now,
    )


def note_use(*, token: Token, now: dt.datetime) -> None:
    """Write down that the token was used today: one write a day."""
    if token.last_used_on != now.date():
        Token.objects.filter(pk=token.pk).update(last_used_on=now.date())
