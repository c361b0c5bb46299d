"""Mail that a mail server hands over, by a pipe or over SMTP: kept raw before anybody says yes to it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import transaction

from quietmonday.people.models import Engagement
from quietmonday.post.actions.inbox import MAX_RAW_BYTES, keep_raw
from quietmonday.post.logic.envelope import Envelope, with_trace
from quietmonday.post.models import InboxItem, Mailbox


class NotNow(Exception):
    """The mailbox is paused: whoever has the mail is to keep it and try again."""


class TooLarge(Exception):
    """The mail is larger than what is kept."""


@transaction.atomic
def take_handed(
    *, data: bytes, envelope: Envelope, mailboxes: Sequence[Mailbox], source: str, now: dt.datetime
) -> list[InboxItem]:
    """Keep a mail raw for each of the mailboxes that it is for; return its items. Raises NotNow, TooLarge.

    The same bytes handed over again are the same items: a mail server that did not hear our yes tries again. On top of
    them stands what the envelope said, as mail servers write it.
    """
    if any(mailbox.paused_at is not None for mailbox in mailboxes):
        raise NotNow
    if len(data) > MAX_RAW_BYTES:
        raise TooLarge
    digest = hashlib.sha256(data).hexdigest()
    return [
        keep_raw(
            data=with_trace(data, envelope, now),
            source=source,
            origin=f"{source}:{mailbox.id}:{digest}",
            now=now,
            business=mailbox.business,
            supplier=mailbox.supplier,
            mailbox=mailbox,
        )[0]
        for mailbox in dict.fromkeys(mailboxes)
    ]


@transaction.atomic
def take_for_engagement(
    *, data: bytes, envelope: Envelope, engagement: Engagement, source: str, now: dt.datetime
) -> InboxItem:
    """Keep a mail raw that is for one engagement, whatever mailbox it was sent to. Raises TooLarge."""
    if len(data) > MAX_RAW_BYTES:
        raise TooLarge
    item, _ = keep_raw(
        data=with_trace(data, envelope, now),
        source=source,
        origin=f"{source}:{engagement.id}:{hashlib.sha256(data).hexdigest()}",
        now=now,
        business=engagement.business,
        supplier=engagement.supplier,
    )
    return item
