"""Connecting a mailbox, and what reading it tells us about it."""

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.people.models import Business, Supplier
from quietmonday.post.models import IntakeGap, Mailbox

# Reading every minute: two misses in a row are a gap, one is a hiccup.
GAP_AFTER = dt.timedelta(minutes=3)


@transaction.atomic
def connect_mailbox(
    *,
    supplier: Supplier,
    business: Business | None,
    address: str,
    host: str,
    port: int,
    security: str,
    user: str,
    password: str,
    actor: Actor,
    now: dt.datetime,
    folder: str = "INBOX",
) -> Mailbox:
    """Store a mailbox with its password sealed; return it. IntegrityError if the address is read already."""
    mailbox = Mailbox(
        supplier=supplier,
        business=business,
        address=address.strip().lower(),
        host=host.strip(),
        port=port,
        security=security,
        user=user,
        folder=folder,
        connected_at=now,
    )
    mailbox.sealed_password = seal_secret(password.encode(), mailbox.secret_context())
    mailbox.save()
    append(
        verb="mailbox.connected",
        actor=actor,
        business_id=business.id if business else None,
        engagement_ids=[],
        subject=("mailbox", mailbox.id),
        payload={"address": mailbox.address, "host": mailbox.host},
        occurred_at=now,
        recorded_at=now,
    )
    return mailbox


@transaction.atomic
def disconnect_mailbox(*, mailbox: Mailbox, actor: Actor, now: dt.datetime) -> None:
    """Stop reading the mailbox and forget its password."""
    mailbox.ended_at, mailbox.sealed_password = now, b""
    mailbox.save(update_fields=["ended_at", "sealed_password"])
    IntakeGap.objects.filter(mailbox=mailbox, until_at=None).update(until_at=now)
    append(
        verb="mailbox.disconnected",
        actor=actor,
        business_id=mailbox.business_id,
        engagement_ids=[],
        subject=("mailbox", mailbox.id),
        payload={"address": mailbox.address},
        occurred_at=now,
        recorded_at=now,
    )


def password_of(mailbox: Mailbox) -> str:
    """Return the mailbox's password. Raises SecretUnreadable."""
    return open_secret(bytes(mailbox.sealed_password), mailbox.secret_context()).decode()


@transaction.atomic
def reading_worked(*, mailbox: Mailbox, uid_validity: int, last_uid: int, now: dt.datetime) -> None:
    """The mailbox was read up to `last_uid`; an open gap ends."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        uid_validity=uid_validity, last_uid=last_uid, last_ok_at=now, last_error=""
    )
    IntakeGap.objects.filter(mailbox=mailbox, until_at=None).update(until_at=now)


@transaction.atomic
def reading_failed(*, mailbox: Mailbox, error: str, now: dt.datetime) -> None:
    """The mailbox could not be read; a gap opens, from the last time that it could, once that is too long ago."""
    mailbox.last_error = error[:300]
    mailbox.save(update_fields=["last_error"])
    since = mailbox.last_ok_at or mailbox.connected_at
    if now - since >= GAP_AFTER:
        IntakeGap.objects.get_or_create(
            mailbox=mailbox, until_at=None, defaults={"business": mailbox.business, "from_at": since}
        )
