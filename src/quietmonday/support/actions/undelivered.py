"""A mail that was to bring a message to somebody came back: the request says which, and to whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction

from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions import put
from quietmonday.outbox.queries import key_and_recipient, mails_of
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.bounce import Report
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.models import Message, Undelivered


def put_undelivered(*, report: Report, marked: Collection[str], now: dt.datetime) -> None:
    """Put that the requests are told of mails that a believed report is about; `marked`: to whom. In the caller's
    transaction; the entries are in chains of their own."""
    for ref, recipient in mails_of(report.ids):
        said = report.about(normalise(recipient))
        if said is not None and normalise(recipient) in marked:
            put(
                topic="support.undelivered",
                ids={
                    "mail": str(ref),
                    "rule": said.refusal.rule.value,
                    "for_good": "yes" if said.refusal.for_good else "",
                },
                now=now,
                key=f"undelivered:{ref}",
            )


@transaction.atomic
def note_undelivered(*, mail_id: uuid.UUID, rule: str, for_good: bool, now: dt.datetime) -> Undelivered | None:
    """Write down that a mail of ours with somebody's message came back; None if it brought none. Twice is once."""
    key, recipient = key_and_recipient(mail_id)
    kind, _, rest = key.partition(":")
    ref, _, rest = rest.partition(":")
    if kind != "ticket" or not rest.startswith("said:"):
        return None  # a receipt, a question, news for who works on it: the address is marked, and that says all
    message = Message.objects.select_related("ticket__work_item", "ticket__business").filter(pk=uuid.UUID(ref)).first()
    if message is None:
        return None
    row, new = Undelivered.objects.get_or_create(
        message=message,
        address=recipient,
        defaults={"business": message.ticket.business, "rule": rule[:20], "for_good": for_good, "at": now},
    )
    if new:
        write_entry(
            ticket=message.ticket,
            verb="mail_returned",
            actor=SYSTEM,
            payload={"message": str(message.id), "address": recipient, "why": rule},
            occurred_at=now,
            now=now,
        )
    return row
