"""Connecting a mailbox, changing it, and what reading it tells us about it."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.outbox.actions import put
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.models import Business, Supplier
from quietmonday.post.logic.pauses import pause_after
from quietmonday.post.models import IntakeGap, Mailbox, MailboxFolder, MailService, SignIn, Way

# Reading every minute: two misses in a row are a gap, one is a hiccup.
GAP_AFTER = dt.timedelta(minutes=3)
TOLD_AFTER = dt.timedelta(minutes=30)
MOST_FOLDERS_FOUND = 500


@transaction.atomic
def connect_mailbox(
    *,
    supplier: Supplier | None,
    business: Business | None,
    address: str,
    actor: Actor,
    now: dt.datetime,
    host: str = "",
    port: int = 993,
    security: str = "tls",
    user: str = "",
    password: str = "",
    way: str = Way.IMAP,
    service: MailService | None = None,
    folders: Sequence[str] = ("INBOX",),
    since: dt.datetime | None = None,
    after: str = "leave",
    after_folder: str = "",
    trusted_server: str = "",
) -> Mailbox:
    """Store a mailbox with its password sealed; return it. IntegrityError if the address is read already.

    `service`: where its tokens come from; then it is read once somebody has signed in. `since`: what lies there from
    before is not taken in.
    """
    mailbox = Mailbox(
        supplier=supplier,
        business=business,
        address=address.strip().lower(),
        way=way,
        host=host.strip(),
        port=port,
        security=security,
        user=user,
        sign_in=SignIn.TOKEN if service else SignIn.PASSWORD,
        service=service,
        after=after,
        after_folder=after_folder,
        trusted_server=trusted_server.strip().lower(),
        connected_at=now,
    )
    if password:
        mailbox.sealed_password = seal_secret(password.encode(), mailbox.secret_context())
    if service is not None and service.flow == "person":
        mailbox.sign_in_again_since = now
    mailbox.save()
    if way == Way.IMAP:
        MailboxFolder.objects.bulk_create(
            MailboxFolder(mailbox=mailbox, name=name, since=since) for name in dict.fromkeys(folders)
        )
    _tell(mailbox, "connected", {"address": mailbox.address, "host": mailbox.host}, actor, now)
    return mailbox


@transaction.atomic
def change_mailbox(
    *,
    mailbox: Mailbox,
    values: dict[str, Any],
    password: str,
    folders: Collection[str],
    since: dt.datetime | None,
    actor: Actor,
    now: dt.datetime,
) -> Mailbox:
    """Write new `values` (columns) and folders; an empty password leaves the old one. Returns the mailbox.

    Another host, user or service forgets tokens and passwords that were for the old one. A folder that is new is read
    from `since` on (None: all that lies there).
    """
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    elsewhere = any(values.get(name, getattr(mailbox, name)) != getattr(mailbox, name) for name in _WHERE)
    changed = sorted(name for name, value in values.items() if getattr(mailbox, name) != value)
    for name, value in values.items():
        setattr(mailbox, name, value)
    if elsewhere:
        mailbox.sealed_refresh_token = mailbox.sealed_access_token = b""
        mailbox.access_until = mailbox.renewing_until = None
        mailbox.sealed_password = b""
        if mailbox.service is not None and mailbox.service.flow == "person":
            mailbox.sign_in_again_since = now
    if password:
        mailbox.sealed_password = seal_secret(password.encode(), mailbox.secret_context())
        changed.append("password")
    mailbox.next_try_at, mailbox.after_error = None, ""
    mailbox.save()
    before = set(mailbox.folders.values_list("name", flat=True))
    mailbox.folders.exclude(name__in=folders).delete()
    if mailbox.way == Way.IMAP:
        MailboxFolder.objects.bulk_create(
            MailboxFolder(mailbox=mailbox, name=name, since=since)
            for name in dict.fromkeys(folders)
            if name not in before
        )
    _tell(mailbox, "changed", {"address": mailbox.address, "what": changed, "folders": sorted(folders)}, actor, now)
    return mailbox


_WHERE = ("host", "user", "service_id", "sign_in")


@transaction.atomic
def pause_mailbox(*, mailbox: Mailbox, actor: Actor, now: dt.datetime) -> None:
    """Stop reading until somebody says go on. Meanwhile a quiet week is unknown. Twice is once."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    if mailbox.paused_at is not None or mailbox.ended_at is not None:
        return
    mailbox.paused_at, mailbox.paused_by = now, actor.name
    mailbox.save(update_fields=["paused_at", "paused_by"])
    _open_gap(mailbox, now if mailbox.way == Way.HANDED else mailbox.last_ok_at or mailbox.connected_at)
    _tell(mailbox, "paused", {"address": mailbox.address}, actor, now)


@transaction.atomic
def resume_mailbox(*, mailbox: Mailbox, actor: Actor, now: dt.datetime) -> None:
    """Read it again. Twice is once."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    if mailbox.paused_at is None:
        return
    mailbox.paused_at, mailbox.paused_by, mailbox.next_try_at = None, "", None
    mailbox.save(update_fields=["paused_at", "paused_by", "next_try_at"])
    if mailbox.way == Way.HANDED:  # the mail server hands over what it kept: nothing tells us more
        _close_gap(mailbox, now)
    _tell(mailbox, "resumed", {"address": mailbox.address}, actor, now)


@transaction.atomic
def disconnect_mailbox(*, mailbox: Mailbox, actor: Actor, now: dt.datetime) -> None:
    """Stop reading the mailbox and forget its password and tokens."""
    mailbox.ended_at = now
    mailbox.sealed_password = mailbox.sealed_refresh_token = mailbox.sealed_access_token = b""
    mailbox.access_until = None
    mailbox.save(
        update_fields=["ended_at", "sealed_password", "sealed_refresh_token", "sealed_access_token", "access_until"]
    )
    _close_gap(mailbox, now)
    _tell(mailbox, "disconnected", {"address": mailbox.address}, actor, now)
    must_stay_ended(now)


def disconnect_again(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """After a restore: a mailbox that was disconnected since (kit.endings)."""
    mailbox = Mailbox.objects.filter(pk=ref, ended_at=None).first()
    if mailbox is None:
        return ""
    disconnect_mailbox(mailbox=mailbox, actor=SYSTEM, now=now)
    return f"the reading of the mailbox {mailbox.address}"


def password_of(mailbox: Mailbox) -> str:
    """Return the mailbox's password. Raises SecretUnreadable."""
    return open_secret(bytes(mailbox.sealed_password), mailbox.secret_context()).decode()


def note_folders(*, mailbox: Mailbox, names: Sequence[str]) -> None:
    """Remember which folders the server has, to be chosen from."""
    found = [name for name in names if len(name) <= 200][:MOST_FOLDERS_FOUND]
    Mailbox.objects.filter(pk=mailbox.pk).update(folders_found=found)


def folder_read(*, folder: MailboxFolder) -> None:
    """Write down how far a folder was read, and up to where happened what is to happen after."""
    MailboxFolder.objects.filter(pk=folder.pk).update(
        uid_validity=folder.uid_validity, last_uid=folder.last_uid, done_uid=folder.done_uid
    )


@transaction.atomic
def reading_worked(*, mailbox: Mailbox, now: dt.datetime, after_error: str = "") -> None:
    """The mailbox was read; an open gap ends. `after_error`: why mails stayed where they were, "" if they did not."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_ok_at=now, last_error="", next_try_at=None, sign_in_again_since=None, after_error=after_error[:300]
    )
    _close_gap(mailbox, now)


@transaction.atomic
def reading_failed(*, mailbox: Mailbox, error: str, now: dt.datetime) -> None:
    """The mailbox could not be read; a gap opens, from the last time that it could, once that is too long ago.

    Whoever looks after it is told half an hour later, if it still cannot be.
    """
    since = mailbox.last_ok_at or mailbox.connected_at
    mailbox.last_error, mailbox.next_try_at = error[:300], now + pause_after(now - since)
    mailbox.save(update_fields=["last_error", "next_try_at"])
    if now - since >= GAP_AFTER:
        gap, new = _open_gap(mailbox, since)
        if new:
            tell_unread(gap=gap, now=now, due_at=now + TOLD_AFTER)


def tell_unread(*, gap: IntakeGap, now: dt.datetime, due_at: dt.datetime) -> None:
    """Put that whoever looks after the mailbox is told of a gap; in the caller's transaction. Twice is once."""
    put(
        topic="support.mailbox_unread",
        ids={"gap": str(gap.id)},
        now=now,
        due_at=due_at,
        key=f"unread:{gap.id}:{due_at:%Y%m%d%H%M%S}",
        business_id=gap.business_id,
    )


def open_gap(*, mailbox: Mailbox, now: dt.datetime) -> tuple[IntakeGap, bool]:
    """Open a gap from the last time that the mailbox could be read; return (the open one, whether it is new)."""
    return _open_gap(mailbox, min(mailbox.last_ok_at or mailbox.connected_at, now))


def _open_gap(mailbox: Mailbox, since: dt.datetime) -> tuple[IntakeGap, bool]:
    return IntakeGap.objects.get_or_create(
        mailbox=mailbox, until_at=None, defaults={"business": mailbox.business, "from_at": since}
    )


def _close_gap(mailbox: Mailbox, now: dt.datetime) -> None:
    IntakeGap.objects.filter(mailbox=mailbox, until_at=None).update(until_at=now)


def _tell(mailbox: Mailbox, verb: str, payload: dict[str, Any], actor: Actor, now: dt.datetime) -> None:
    append(
        verb=f"mailbox.{verb}",
        actor=actor,
        business_id=mailbox.business_id,
        engagement_ids=[],
        subject=("mailbox", mailbox.id),
        payload=payload,
        occurred_at=now,
        recorded_at=now,
    )
