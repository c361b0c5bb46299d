"""A request that is sent twice with one key is done once, and answered twice the same.

The claim is a commit of its own, so that a second sender sees it; what the request does and its answer are another, so
that there is never one without the other. Whoever dies between the two leaves a claim without an answer: nothing was
done, and after a minute the next sender takes it over.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.integrations.logic.problems import Problem
from quietmonday.integrations.models import IdempotencyKey
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.people.models import Token

REMEMBERED = dt.timedelta(hours=48)
LOST_AFTER = dt.timedelta(seconds=60)


@transaction.atomic
def claim_key(*, token: Token, key: str, fingerprint: str, now: dt.datetime) -> IdempotencyKey:
    """Return the row of a key: claimed for the caller (`status` None), or with the answer that it got before.

    Raises Problem: key_reused (it was another request), in_progress (somebody is at it).
    """
    row, new = IdempotencyKey.objects.get_or_create(
        token=token, key=key, defaults={"fingerprint": fingerprint, "claimed_at": now}
    )
    if new:
        return row
    row = IdempotencyKey.objects.select_for_update().get(pk=row.pk)
    age = now - row.claimed_at
    if age < REMEMBERED:
        if row.fingerprint != fingerprint:
            raise Problem("key_reused", "This Idempotency-Key came with another request before. Choose a new one.")
        if row.status is not None:
            return row
        if age < LOST_AFTER:
            raise Problem(
                "in_progress", "Ask again in a moment: the answer will be the same.", headers={"Retry-After": "2"}
            )
    row.fingerprint, row.claimed_at, row.status, row.sealed = fingerprint, now, None, None
    row.save(update_fields=["fingerprint", "claimed_at", "status", "sealed"])
    return row


def store_answer(*, row: IdempotencyKey, status: int, body: bytes) -> None:
    """Keep the answer; runs in the transaction of what the request did."""
    row.status, row.sealed = status, seal_secret(body, row.secret_context())
    row.save(update_fields=["status", "sealed"])


def answer_of(row: IdempotencyKey) -> bytes:
    """Return the body that was answered. Raises SecretUnreadable."""
    return open_secret(bytes(row.sealed or b""), row.secret_context())


@transaction.atomic
def release_key(*, row: IdempotencyKey) -> None:
    """Forget a claim that came to nothing: the same key may come again, with a mended request too."""
    IdempotencyKey.objects.filter(pk=row.pk, claimed_at=row.claimed_at, status=None).delete()


@transaction.atomic
def forget_keys(*, now: dt.datetime) -> int:
    """Forget keys whose time is over; return how many."""
    count, _ = IdempotencyKey.objects.filter(claimed_at__lt=now - REMEMBERED).delete()
    return count
