"""Mails: written down with the change that calls for them, sent later, at least once with the same Message-ID."""

import datetime as dt
import smtplib
import uuid
from collections.abc import Mapping
from email.utils import format_datetime

import structlog
from django.conf import settings
from django.core import mail
from django.db import transaction

from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.kit.faults import reached
from quietmonday.kit.made_up import is_made_up
from quietmonday.kit.text import clean_line, clean_text
from quietmonday.outbox.actions.items import inside_transaction, put
from quietmonday.outbox.logic.mail_rules import MailContent, MailRefused, check_mail
from quietmonday.outbox.logic.refusals import refusal_of
from quietmonday.outbox.models import OutgoingMessage

_log = structlog.get_logger("quietmonday.outbox")
SEND_MAIL = "outbox.send_mail"
RECIPIENT_REFUSED = "outbox.recipient_refused"  # ids: message, rule, for_good; a job above knows whose address it is


def enqueue_mail(
    *,
    key: str,
    recipient: str,
    sender: str,
    subject: str,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
    message_id: str,
    now: dt.datetime,
    business_id: uuid.UUID | None = None,
) -> OutgoingMessage:
    """Write down one mail to one address and that it must be sent; return its row. Stands in the caller's transaction.

    A second call with the same `key` changes nothing and returns the first row. `message_id` is `<left@right>`.
    The subject is cleaned to one line; a control character elsewhere, a second recipient or a header that is ours
    (From, To, Date, Content-…) raises MailRefused. Subject, headers and bodies are stored sealed.
    """
    inside_transaction()
    headers = dict(headers or {})
    check_mail(recipient=recipient, sender=sender, message_id=message_id, headers=headers)
    content = MailContent(
        subject=clean_line(subject),
        headers=headers,
        text=clean_text(text),
        html=None if html is None else clean_text(html),
    )
    message = OutgoingMessage(
        key=key, message_id=message_id, business_id=business_id, recipient=recipient, sender=sender, made_at=now
    )
    message.sealed = seal_secret(content.as_bytes(), _context(message))
    OutgoingMessage.objects.bulk_create([message], ignore_conflicts=True)
    stored = OutgoingMessage.objects.filter(key=key).first()
    if stored is None:
        raise MailRefused("this Message-ID belongs to another mail")
    if stored.id == message.id:
        stored.item = put(
            topic=SEND_MAIL, ids={"message": str(stored.id)}, now=now, key=f"mail:{stored.id}", business_id=business_id
        )
        stored.save(update_fields=["item"])
    return stored


def send_mail(*, message_id: uuid.UUID, now: dt.datetime) -> None:
    """Send the mail with row id `message_id` unless it was sent. The server is spoken to outside any transaction.

    A kill between the server's yes and our commit sends it again with the same Message-ID and Date. To somebody made up
    no mail server is ever spoken to.
    """
    outside_transaction()
    message = OutgoingMessage.objects.get(pk=message_id)
    if message.sent_at is not None:
        return
    if is_made_up(message.recipient) and not settings.MAIL_GOES_NOWHERE:
        _log.info("outbox.made_up_recipient", message=str(message.pk))  # it stays written, and is marked as not sent
        return
    reached("outbox.send.before_smtp")
    try:
        as_email(message).send()
    except smtplib.SMTPRecipientsRefused as refused:
        _say_refused(message, refused, now)
        raise
    reached("outbox.send.after_smtp")
    OutgoingMessage.objects.filter(pk=message.pk, sent_at=None).update(sent_at=now)
    reached("outbox.send.after_commit")


@transaction.atomic
def _say_refused(message: OutgoingMessage, refused: smtplib.SMTPRecipientsRefused, now: dt.datetime) -> None:
    """Put that the server refused this recipient for good (5xx). Its words may quote people: only the rule is kept."""
    answers = list(refused.recipients.values())
    if not answers or not all(500 <= code < 600 for code, _ in answers):
        return
    code, said = answers[0]
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    refusal = refusal_of(code="", words=f"{code} {words}", of_recipient=True)
    put(
        topic=RECIPIENT_REFUSED,
        ids={"message": str(message.id), "rule": refusal.rule.value, "for_good": "yes" if refusal.for_good else ""},
        now=now,
        key=f"refused:{message.id}",
        business_id=message.business_id,
    )


def as_email(message: OutgoingMessage) -> mail.EmailMultiAlternatives:
    """Return the mail as Django sends it; raise SecretUnreadable without the root key it was sealed with."""
    content = content_of(message)
    email = mail.EmailMultiAlternatives(
        subject=content.subject,
        body=content.text,
        from_email=message.sender,
        to=[message.recipient],
        # Date and Message-ID are the row's, so that a second copy is seen as the same mail.
        headers={**content.headers, "Message-ID": message.message_id, "Date": format_datetime(message.made_at)},
    )
    if content.html is not None:
        email.attach_alternative(content.html, "text/html")
    return email


def content_of(message: OutgoingMessage) -> MailContent:
    """Return what a mail says; raise LookupError once it was dropped after sending."""
    if message.sealed is None:
        raise LookupError(f"the content of {message.message_id} was dropped after it was sent")
    return MailContent.from_bytes(open_secret(bytes(message.sealed), _context(message)))


def outside_transaction() -> None:
    """Raise RuntimeError inside a transaction: waiting for a mail server there would lock everybody out."""
    blocks = transaction.get_connection().atomic_blocks
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("mail servers are spoken to outside transactions")


def _context(message: OutgoingMessage) -> str:
    return f"mail:{message.id}:content"
