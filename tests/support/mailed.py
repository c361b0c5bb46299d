"""What was mailed, as its readers get it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from quietmonday.outbox.actions.mails import as_email
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.support import jobs

TOLD = {
    "support.ticket_opened": jobs.opened,
    "support.message_said": jobs.said,
    "support.reopened": jobs.reopened,
    "support.named": jobs.named,
    "support.settled": jobs.settled,
    "support.called_in": jobs.called_in,
    "support.would_call_in": jobs.would_call_in,
    "support.ask_feedback": jobs.ask,
}


@dataclasses.dataclass(frozen=True)
class Mail:
    """One mail to one address."""

    to: str
    subject: str
    text: str
    reply_to: str
    sender: str
    message_id: str

    @property
    def stop(self) -> str:
        """The path at which its reader stops hearing; "" if it offers none."""
        found = re.search(r"https?://[^/\s]+(/watching/\S+)", self.text)
        return found[1] if found else ""


def tell_all(now: dt.datetime) -> list[Mail]:
    """Do what waits in the outbox and is about telling people; return the mails that were written by it, by address."""
    before = set(OutgoingMessage.objects.values_list("pk", flat=True))
    for item in OutboxItem.objects.filter(topic__in=TOLD, done_at=None).order_by("id"):
        TOLD[item.topic](item.ids, now)
        item.delete()
    new = OutgoingMessage.objects.exclude(pk__in=before)
    return sorted((_read(row) for row in new), key=lambda mail: (mail.to, mail.subject))


def told(now: dt.datetime) -> list[str]:
    """Return who is told of what waits, by address."""
    return [mail.to for mail in tell_all(now)]


def _read(row: OutgoingMessage) -> Mail:
    email = as_email(row)
    return Mail(
        to=row.recipient,
        subject=str(email.subject),
        text=str(email.body),
        reply_to=str(email.extra_headers.get("Reply-To", "")),
        sender=row.sender,
        message_id=row.message_id,
    )
