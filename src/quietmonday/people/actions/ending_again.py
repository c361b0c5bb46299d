"""Ending again what had ended, after a restore: each verb its way. Nobody is mailed: a drill is a restore too."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from quietmonday.journal.actions import append
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.endings import register_ending
from quietmonday.people.actions.codes import forget_paper
from quietmonday.people.models import (
    Account,
    CodeApp,
    Engagement,
    HistoryGrant,
    Identity,
    Membership,
    Passkey,
    RecoveryCode,
    Token,
)


def _role(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = Membership.objects.select_related("account", "business", "supplier").filter(pk=ref).first()
    if row is None or (row.ends_at is not None and row.ends_at <= now):
        return ""
    row.ends_at = max(when, row.starts_at)
    row.save(update_fields=["ends_at"])
    _tell("membership.ended", ("membership", ref), when, now, business_id=row.business_id, role=row.role)
    place = row.business or row.supplier
    return f"the role {row.role} of {row.account.email}{f' at {place.name}' if place else ''}"


def _engagement(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = Engagement.objects.select_related("business", "supplier").filter(pk=ref, ends_at=None).first()
    if row is None:
        return ""
    row.ends_at = max(when, row.starts_at)
    row.save(update_fields=["ends_at"])
    _tell("engagement.ended", ("engagement", ref), when, now, business_id=row.business_id, engagement_ids=(ref,))
    return f"the engagement of {row.supplier.name} with {row.business.name}"


def _history(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = HistoryGrant.objects.select_related("reader", "business").filter(pk=ref, ended_at=None).first()
    if row is None:
        return ""
    row.ended_at = max(when, row.given_at)
    row.save(update_fields=["ended_at"])
    _tell("history.ended", ("history_grant", ref), when, now, business_id=row.business_id)
    return f"that {row.reader.name} reads the past of {row.business.name}"


def _passkey(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = Passkey.objects.select_related("account").filter(pk=ref).first()
    if row is None:
        return ""
    row.delete()
    forget_paper(row.account)
    _tell("account.passkey_removed", ("passkey", ref), when, now, account=row.account.email)
    return f"a passkey of {row.account.email}"


def _code_app(account: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = CodeApp.objects.select_related("account").filter(account=account).first()
    if row is None:
        return ""
    row.delete()
    forget_paper(row.account)
    _tell("account.code_app_removed", ("account", account), when, now, account=row.account.email)
    return f"the app that shows codes of {row.account.email}"


def _paper(account: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """Which code was used, or which are the new ones, no list says: none of those that came back is good any more."""
    rows = RecoveryCode.objects.filter(account=account, used_at=None)
    if not rows.exists():
        return ""
    rows.delete()
    email = Account.objects.get(pk=account).email
    _tell("account.recovery_codes_void", ("account", account), when, now, account=email)
    return f"the recovery codes of {email}"


def _password(account: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """The one that came back is the one before."""
    row = Account.objects.filter(pk=account).first()
    if row is None or not row.has_usable_password():
        return ""
    row.set_unusable_password()
    row.save(update_fields=["password"])
    _tell("account.password_void", ("account", account), when, now, account=row.email)
    return f"the password of {row.email}"


def _identity(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = Identity.objects.select_related("account").filter(pk=ref, ended_at=None).first()
    if row is None:
        return ""
    row.ended_at = when
    row.save(update_fields=["ended_at"])
    _tell("account.identity_ended", ("identity", ref), when, now, account=row.account.email)
    return f"the sign-in of {row.account.email} at {row.issuer}"


def _token(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    row = Token.objects.select_related("account").filter(pk=ref, revoked_at=None).first()
    if row is None:
        return ""
    row.revoked_at = max(when, row.made_at)
    row.save(update_fields=["revoked_at"])
    _tell("account.token_revoked", ("token", ref), when, now, account=row.account.email)
    return f"an API token of {row.account.email}"


def _tell(
    verb: str,
    subject: tuple[str, uuid.UUID],
    when: dt.datetime,
    now: dt.datetime,
    *,
    business_id: uuid.UUID | None = None,
    engagement_ids: tuple[uuid.UUID, ...] = (),
    **payload: Any,
) -> None:
    append(
        verb=verb,
        actor=SYSTEM,
        business_id=business_id,
        engagement_ids=engagement_ids,
        subject=subject,
        payload={**payload, "after_restore": True},
        occurred_at=when,
        recorded_at=now,
    )


def _erased(entry: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """What was erased is back, with words and tables: only a person can say it again."""
    row = Entry.objects.filter(pk=entry, payload__erasure=None).first()
    if row is None:
        return ""
    return (
        f"NOT ENDED: what was erased on {when:%d %B %Y, %H:%M} UTC, is back: of {row.subject_kind} {row.subject_id}, "
        "and what went with it"
    )


ENDINGS = {
    "membership.ended": _role,
    "engagement.ended": _engagement,
    "history.ended": _history,
    "account.passkey_removed": _passkey,
    "account.code_app_removed": _code_app,
    "account.recovery_codes_made": _paper,
    "account.recovery_code_used": _paper,
    "account.password_changed": _password,
    "account.password_set": _password,
    "account.identity_ended": _identity,
    "account.token_revoked": _token,
    "journal.payload_erased": _erased,
}


def register_endings() -> None:
    """Register the verbs of people and of what lies below."""
    for verb, again in ENDINGS.items():
        register_ending(verb, again)
