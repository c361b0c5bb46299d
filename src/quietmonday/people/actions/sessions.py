"""Where an account is signed in: written down, told of when it is new, ended."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quietmonday.journal.actions import append
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import Actor
from quietmonday.kit.envelope import derived_key
from quietmonday.people.actions.security_entries import mail_notice
from quietmonday.people.actions.sign_in_links import PLACEHOLDER
from quietmonday.people.logic.second_factors import browser_in_words
from quietmonday.people.models import Account, SignIn

KNOWN_COOKIE = "known_browser"
KNOWN_FOR = dt.timedelta(days=365)
MOST_KNOWN = 8  # accounts that one browser remembers


@transaction.atomic
def write_sign_in(request: HttpRequest, account: Account, how: str, now: dt.datetime) -> None:
    """Write down that this browser is signed in now, and mail the account's owner if it never was before.

    The first sign-in of an account is news to nobody.
    """
    if request.session.session_key is None:
        request.session.save()
    browser = browser_in_words(request.headers.get("User-Agent", ""))[:80]
    network = str(ratelimit.get_ip(request))[:45]
    before = Entry.objects.filter(subject_id=account.pk, subject_kind="account", verb="account.signed_in").exists()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"account": account, "browser": browser, "network": network, "how": how, "at": now},
    )
    append(
        verb="account.signed_in",
        actor=Actor(id=account.pk, name=account.email),
        business_id=None,
        engagement_ids=(),
        subject=("account", account.pk),
        payload={"account": account.email, "how": how, "browser": browser},
        occurred_at=now,
        recorded_at=now,
    )
    if before and account.email != PLACEHOLDER and _mark(account) not in _known(request):
        where = browser or _("a browser we do not know")
        mail_notice(
            account,
            _("Somebody signed in to your account from a new browser: %(where)s, address %(network)s.")
            % {"where": where, "network": network},
            now=now,
        )


def remember_browser(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """Let the browser show next time that this account was signed in here. It opens nothing."""
    mark = _mark(account)
    known = [mark, *(other for other in _known(request) if other != mark)][:MOST_KNOWN]
    response.set_signed_cookie(
        KNOWN_COOKIE,
        ".".join(known),
        salt=KNOWN_COOKIE,
        max_age=KNOWN_FOR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
        path="/sign-in/",
    )


@transaction.atomic
def end_sign_ins(*, account: Account, but: str | None, only: SignIn | None = None, now: dt.datetime) -> int:
    """End the account's sign-ins (or `only` one), all but the one of session `but`; return how many."""
    rows = SignIn.objects.select_for_update().filter(account=account).exclude(session_key=but or "")
    if only is not None:
        rows = rows.filter(pk=only.pk)
    count = _drop(rows)
    if not count:
        return 0
    append(
        verb="account.sign_ins_ended",
        actor=Actor(id=account.pk, name=account.email),
        business_id=None,
        engagement_ids=(),
        subject=("account", account.pk),
        payload={"account": account.email, "count": count},
        occurred_at=now,
        recorded_at=now,
    )
    return count


def drop_sessions(account: Account) -> None:
    """End every sign-in of the account, in the caller's transaction. The journal is the caller's matter."""
    _drop(SignIn.objects.filter(account=account))


def forget_sign_ins(*, now: dt.datetime) -> int:
    """Delete what is left of sessions that are over; return how many."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    return SignIn.objects.exclude(session_key__in=alive).delete()[0]


def _drop(rows: QuerySet[SignIn]) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _mark(account: Account) -> str:
    key = derived_key("known browsers")
    return hmac.new(key, account.pk.bytes, hashlib.sha256).hexdigest()[:24]  # the id itself is nobody's matter


def _known(request: HttpRequest) -> list[str]:
    try:
        value: Any = request.get_signed_cookie(KNOWN_COOKIE, default="", salt=KNOWN_COOKIE, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return []
    return str(value).split(".")
