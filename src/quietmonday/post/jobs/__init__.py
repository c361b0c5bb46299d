"""Shells: which job answers which topic. What talks to mail servers and token servers stands beside."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.made_up import is_made_up
from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.outbox.actions import put
from quietmonday.outbox.actions.mails import RECIPIENT_REFUSED
from quietmonday.outbox.queries import ids_under_way, recipient_of
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.post.actions.erasing import unlink_erased
from quietmonday.post.jobs.listening import listen
from quietmonday.post.jobs.reading import read_mailbox
from quietmonday.post.jobs.turns import READ, is_due, put_reading
from quietmonday.post.models import Mailbox, Way

__all__ = ["listen", "put_reading", "read_mailboxes"]


@handles("post.read_mailboxes", _("See which mailboxes are to be read"), fleeting=True)
def read_mailboxes(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Put a reading of each mailbox that is due, each for itself: one that is slow or fails holds up no other.

    One that somebody listens at is read by that, and every few minutes to be sure.
    """
    under_way = {each["mailbox"] for each in ids_under_way(READ, now)}
    rows = Mailbox.objects.filter(ended_at=None, paused_at=None, way=Way.IMAP).select_related("lease")
    for mailbox in rows.annotate(folders_read=Count("folders")):
        due = str(mailbox.id) not in under_way and is_due(mailbox, now, mailbox.folders_read)
        if due and not is_made_up(mailbox.address):
            put_reading(mailbox.id, now)


@handles(READ, _("Read a mailbox"), fleeting=True)
def read_one(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Read one mailbox; if it holds more than one turn takes, another turn follows at once."""
    mailbox = Mailbox.objects.select_related("business", "supplier", "service").get(pk=ids["mailbox"])
    if mailbox.is_read and not is_made_up(mailbox.address) and read_mailbox(mailbox, now).more:
        put_reading(mailbox.id, now)


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
        with transaction.atomic():
            put(
                topic="support.undelivered",
                ids={"mail": ids["message"], "rule": ids["rule"], "for_good": ids["for_good"]},
                now=now,
                key=f"undelivered:{ids['message']}",
            )
            mark_failed(
                returned=[Returned(email=recipient, rule=ids["rule"], said="", for_good=bool(ids["for_good"]))], now=now
            )
