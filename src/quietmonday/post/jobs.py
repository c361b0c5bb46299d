"""Shells: reading mailboxes."""

import datetime as dt
import ssl
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from quietmonday.kit.clock import now as present
from quietmonday.kit.envelope import SecretUnreadable
from quietmonday.kit.faults import reached
from quietmonday.kit.made_up import is_made_up
from quietmonday.kit.sentences import gettext_noop
from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.outbox.actions import put
from quietmonday.outbox.actions.mails import RECIPIENT_REFUSED
from quietmonday.outbox.queries import recipient_of
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.post.actions.erasing import unlink_erased
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import password_of, reading_failed, reading_worked
from quietmonday.post.models import Mailbox

_log = structlog.get_logger("quietmonday.post")
_BATCH = 50
_TIMEOUT = 30


@handles("post.read_mailboxes", _("Read the mailboxes"))
def read_mailboxes(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Read every connected mailbox, each for itself: one that fails does not hold up the others."""
    for mailbox in Mailbox.objects.filter(ended_at=None).order_by("id"):
        if not is_made_up(mailbox.address):
            read_mailbox(mailbox, now)


@handles("post.unlink_erased", _("Delete files that were erased"))
def unlink(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once a day: what a killed process left on the disk."""
    unlink_erased(now=now)


scheduled("post.read_mailboxes", every(minutes=1))
scheduled("post.unlink_erased", every(minutes=24 * 60))


@handles(RECIPIENT_REFUSED, _("Mark an address that takes no mail"))
def recipient_refused(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Our own mail server heard at once that an address takes no mail (ids: message, rule, for_good)."""
    recipient = recipient_of(uuid.UUID(ids["message"]))
    if recipient:
        mark_failed(
            returned=[Returned(email=recipient, rule=ids["rule"], said="", for_good=bool(ids["for_good"]))], now=now
        )


def read_mailbox(mailbox: Mailbox, now: dt.datetime) -> int:
    """Keep what is new in `mailbox` raw; return how many mails. A failure is written on the mailbox, not raised.

    Mails stay in the mailbox, unread marks untouched. The origin (mailbox, validity, uid) makes a mail that is fetched
    twice the same item.
    """
    try:
        return _read(mailbox, now)
    except (ImapToolsError, OSError, ssl.SSLError, SecretUnreadable) as error:
        # Only the kind of error: a server's answer may repeat what we sent it.
        _log.warning("mailbox not read", mailbox=str(mailbox.id), error=type(error).__name__)
        reading_failed(mailbox=mailbox, error=_in_words(error), now=now)
        return 0


def try_mailbox(*, host: str, port: int, security: str, user: str, password: str, folder: str) -> str:
    """Return "" if the mailbox can be opened with these, else the reason in words."""
    try:
        with _connection(host, port, security) as client:
            client.login(user, password, initial_folder=folder)
    except (ImapToolsError, OSError, ssl.SSLError) as error:
        return _in_words(error)
    return ""


def _read(mailbox: Mailbox, now: dt.datetime) -> int:
    kept = 0
    with _connection(mailbox.host, mailbox.port, mailbox.security) as client:
        client.login(mailbox.user, password_of(mailbox), initial_folder=mailbox.folder)
        validity = int(client.folder.status(mailbox.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
        last = mailbox.last_uid if mailbox.uid_validity == validity else 0
        for uid, data in _new_mails(client, last):
            _, new = keep_raw(
                data=data,
                source="mailbox",
                origin=f"mailbox:{mailbox.id}:{validity}:{uid}",
                now=present(),
                business=mailbox.business,
                supplier=mailbox.supplier,
                mailbox=mailbox,
            )
            reached("post.read.after_keep")
            kept += new
            last = max(last, uid)
        reached("post.read.before_mark")
        reading_worked(mailbox=mailbox, uid_validity=validity, last_uid=last, now=now)
    return kept


def _new_mails(client: BaseMailBox, last: int) -> Iterator[tuple[int, bytes]]:
    """Yield (uid, raw bytes) of what came after `last`, in batches, so that memory stays bounded."""
    # "n:*" always matches the newest mail, even one at or below n.
    uids = sorted(uid for uid in map(int, client.uids(f"UID {last + 1}:*")) if uid > last)
    for start in range(0, len(uids), _BATCH):
        for uid in uids[start : start + _BATCH]:
            answer: list[Any] = client.client.uid("fetch", str(uid), "(BODY.PEEK[])")[1]
            parts = [part[1] for part in answer if isinstance(part, tuple)]
            if parts:  # gone in the meantime: nothing came
                yield uid, bytes(parts[0])


def _connection(host: str, port: int, security: str) -> BaseMailBox:
    if security == "tls":
        return MailBox(host, port, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    if security == "starttls":
        return MailBoxStartTls(host, port, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(host, port, timeout=_TIMEOUT)


def _in_words(error: Exception) -> str:
    """Return the reason as a message id: whoever reads it reads it in their own language."""
    name = type(error).__name__
    if name == "MailboxLoginError":
        return gettext_noop("the server refused user or password")
    if name == "MailboxFolderSelectError":
        return gettext_noop("there is no such folder")
    if isinstance(error, ssl.SSLError):
        return gettext_noop("the server's certificate is not good")
    if isinstance(error, TimeoutError):
        return gettext_noop("the server did not answer in time")
    if isinstance(error, SecretUnreadable):
        return gettext_noop("the stored password cannot be opened with this root key")
    if isinstance(error, OSError):
        return gettext_noop("the server cannot be reached at this name and port")
    return gettext_noop("the server answered in a way we do not understand")


def ask_to_read(now: dt.datetime) -> None:
    """Put one reading of all mailboxes, say right after one was connected; in the caller's transaction."""
    put(topic="post.read_mailboxes", ids={}, now=now)
