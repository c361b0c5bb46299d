"""Mails that went to somebody who is to be forgotten."""

import uuid
from collections.abc import Collection

from quietmonday.outbox.models import OutgoingMessage


def forget_recipients(*, business_id: uuid.UUID, emails: Collection[str]) -> int:
    """Drop what the business's mails to these addresses said, and to whom they went; return how many there were.

    In the caller's transaction. A mail that was not sent yet still goes out: its content is dropped by the next call.
    """
    sent = OutgoingMessage.objects.filter(business_id=business_id, recipient__in=emails, sent_at__isnull=False)
    return sent.update(recipient="", sealed=None)
