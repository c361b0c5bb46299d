"""Mails of the story as a mail program writes them: what the mailbox holds is bytes."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from quietmonday.demo.logic.steps import Step
from quietmonday.demo.logic.story import Somebody
from quietmonday.post.logic.addresses import reply_address
from quietmonday.support.actions.intake import reply_key
from quietmonday.support.models import Ticket


def request_mail(to: str, sender: Somebody, step: Step, files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the mail in which somebody asks for help, with what is attached."""
    subject = step.begun.subject if step.begun else ""
    text = step.begun.text if step.begun else ""
    mail = _mail(to, f"{sender.name} <{sender.email}>", subject, f"{text}\n\n-- \n{sender.name}\n{sender.job}\n", step)
    for name, data in files:
        kind, _, subtype = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
        mail.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
    return mail.as_bytes()


def answer_mail(mailbox: str, sender: Somebody, ticket: Ticket, step: Step) -> bytes:
    """Return the mail in which somebody answers, to the address that was signed for them."""
    to = reply_address(mailbox, ticket.pk, sender.email, reply_key())
    return _mail(to, f"{sender.name} <{sender.email}>", f"Re: {ticket.subject}", f"{step.text}\n", step).as_bytes()


def unasked_mail(to: str, step: Step) -> bytes:
    """Return a mail that becomes no request: `step.more` is a `Mail` of the story."""
    mail = _mail(to, step.more["sender"], step.more["subject"], step.more["text"], step)
    for name, value in step.more["headers"].items():
        mail[name] = value
    return mail.as_bytes()


def _mail(to: str, sender: str, subject: str, text: str, step: Step) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(step.at)
    mail["Message-ID"] = f"<{step.key}.{int(step.at.timestamp())}@{to.rpartition('@')[2]}>"
    mail.set_content(text)
    return mail
