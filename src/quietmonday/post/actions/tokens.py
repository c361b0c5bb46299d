"""Tokens of a mailbox: kept sealed, renewed, refused."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Q

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.kit.sentences import gettext_noop
from quietmonday.post.actions.mailboxes import open_gap, tell_unread
from quietmonday.post.logic.tokens import Tokens
from quietmonday.post.models import Mailbox

SIGN_IN_AGAIN = gettext_noop("somebody must sign in again")
RENEWING_TAKES = dt.timedelta(seconds=60)
REFRESH, ACCESS = "refresh token", "access token"


@transaction.atomic
def sign_in_mailbox(*, mailbox: Mailbox, tokens: Tokens, actor: Actor, now: dt.datetime) -> None:
    """Somebody signed in at the service: keep what it gave, and read the mailbox again."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    _keep(mailbox, tokens, now)
    mailbox.sign_in_again_since = mailbox.next_try_at = None
    mailbox.save(update_fields=[*_KEPT, "sign_in_again_since", "next_try_at"])
    append(
        verb="mailbox.signed_in",
        actor=actor,
        business_id=mailbox.business_id,
        engagement_ids=[],
        subject=("mailbox", mailbox.id),
        payload={"address": mailbox.address},
        occurred_at=now,
        recorded_at=now,
    )


@transaction.atomic
def keep_tokens(*, mailbox: Mailbox, tokens: Tokens, now: dt.datetime) -> None:
    """The service renewed the token; whoever waits for that may go on."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    _keep(mailbox, tokens, now)
    mailbox.renewing_until = None
    mailbox.save(update_fields=[*_KEPT, "renewing_until"])


@transaction.atomic
def refuse_tokens(*, mailbox: Mailbox, code: str, now: dt.datetime) -> None:
    """The service wants a person: mark it, open a gap, and have whoever looks after the mailbox told. Twice is once.

    `code`: the service's own word for why. What it refused is forgotten.
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    mailbox.sealed_refresh_token = mailbox.sealed_access_token = b""
    mailbox.access_until = mailbox.renewing_until = None
    again = mailbox.sign_in_again_since is not None
    mailbox.sign_in_again_since = mailbox.sign_in_again_since or now
    mailbox.last_error = SIGN_IN_AGAIN
    mailbox.save(update_fields=[*_KEPT, "renewing_until", "sign_in_again_since", "last_error"])
    if again:
        return
    gap, _new = open_gap(mailbox=mailbox, now=now)
    tell_unread(gap=gap, now=now, due_at=now)
    append(
        verb="mailbox.sign_in_refused",
        actor=SYSTEM,
        business_id=mailbox.business_id,
        engagement_ids=[],
        subject=("mailbox", mailbox.id),
        payload={"address": mailbox.address, "why": code},
        occurred_at=now,
        recorded_at=now,
    )


def begin_renewing(*, mailbox: Mailbox, now: dt.datetime) -> bool:
    """Return whether it is the caller who asks for a new token now: nobody else is at it."""
    free = Q(renewing_until=None) | Q(renewing_until__lte=now)
    return bool(Mailbox.objects.filter(free, pk=mailbox.pk).update(renewing_until=now + RENEWING_TAKES))


def end_renewing(*, mailbox_id: uuid.UUID) -> None:
    """It came to nothing: the next one may ask."""
    Mailbox.objects.filter(pk=mailbox_id).update(renewing_until=None)


def refresh_token_of(mailbox: Mailbox) -> str:
    """Return the token by which a new one is asked for, "" if there is none. Raises SecretUnreadable."""
    return _opened(mailbox, bytes(mailbox.sealed_refresh_token), REFRESH)


def access_token_of(mailbox: Mailbox) -> str:
    """Return the token to sign in with, "" if there is none. Raises SecretUnreadable."""
    return _opened(mailbox, bytes(mailbox.sealed_access_token), ACCESS)


_KEPT = ("sealed_refresh_token", "sealed_access_token", "access_until")


def _keep(mailbox: Mailbox, tokens: Tokens, now: dt.datetime) -> None:
    mailbox.sealed_access_token = seal_secret(tokens.access.encode(), mailbox.secret_context(ACCESS))
    mailbox.access_until = now + dt.timedelta(seconds=tokens.seconds)
    if tokens.refresh:
        mailbox.sealed_refresh_token = seal_secret(tokens.refresh.encode(), mailbox.secret_context(REFRESH))


def _opened(mailbox: Mailbox, sealed: bytes, what: str) -> str:
    return open_secret(sealed, mailbox.secret_context(what)).decode() if sealed else ""
