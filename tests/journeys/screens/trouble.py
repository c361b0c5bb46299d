"""What went wrong in the world: a mailbox that cannot be read, mails that became no request, work that failed."""

from __future__ import annotations

import datetime as dt
import uuid

from quietmonday.outbox.models import OutboxItem
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox, reading_failed, reading_worked
from quietmonday.post.models import InboxItem, Mailbox
from quietmonday.support.actions.deciding import silence_sender
from quietmonday.support.actions.intake import take_in
from tests.cast import Cast
from tests.journeys.screens.moments import at
from tests.support.scene import actor


def post(cast: Cast) -> tuple[Mailbox, InboxItem]:
    """A mailbox that could not be read since this morning, and mails that became no request: from nobody we know, from
    somebody at home, from a machine, from an address that somebody silenced. Bill's address takes no mail any more."""
    mailbox = connect_mailbox(
        supplier=cast.fennimore,
        business=None,
        address="help@fennimore.example",
        host="mail.fennimore.example",
        port=993,
        security="tls",
        user="help@fennimore.example",
        password="a password that nobody uses",
        actor=actor(cast.asha),
        now=at(2, 9),
    )
    reading_worked(mailbox=mailbox, now=at(20, 18, 0))
    mailbox.refresh_from_db()
    reading_failed(mailbox=mailbox, error="the server refused the password", now=at(23, 9, 0))
    kept = _mail(cast, "sales@offers.example", "Save 40 % on toner", "Only this week.", at(20, 8, 2))
    _mail(cast, "mailer-daemon@dunmore.example", "Undelivered Mail Returned to Sender", "No such user.", at(20, 8, 9))
    _mail(cast, "dele.adeyemi@home.example", "Scanner at home", "The one at home is lost too.\n\nDele", at(22, 19, 40))
    advert = _mail(cast, "news@offers.example", "Our autumn prices", "Prices fall.", at(18, 7, 2))
    silence_sender(item=advert, actor=actor(cast.asha), now=at(18, 9))
    no = Returned(email=cast.bill.email, rule="no_such_mailbox", said="550 5.1.1 user unknown", for_good=True)
    mark_failed(returned=[no], now=at(20, 8, 9))
    return mailbox, kept


def _mail(cast: Cast, sender: str, subject: str, text: str, when: dt.datetime) -> InboxItem:
    data = (
        f"From: {sender}\r\nTo: help@fennimore.example\r\nSubject: {subject}\r\n"
        f"Message-ID: <{uuid.uuid5(uuid.NAMESPACE_URL, subject)}@offers.example>\r\n"
        f"Date: {when:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\n{text}\r\n"
    ).encode()
    item, _ = keep_raw(data=data, source="mailbox", origin=f"world:{subject}", now=when, supplier=cast.fennimore)
    return take_in(item_id=item.id, now=when)


def failed_work(now: dt.datetime) -> None:
    """One mail that was given up after trying, one thing that waits its next try."""
    mails = OutboxItem.objects.filter(topic__startswith="outbox.").order_by("put_at")
    first, second = mails[:2]
    for item, error, failed_at in (
        (first, "SMTPServerDisconnected: connection unexpectedly closed", now - dt.timedelta(hours=2)),
        (second, "ConnectionRefusedError: [Errno 111] connection refused", None),
    ):
        item.attempts, item.last_error, item.failed_at = 4, error, failed_at
        item.due_at = now + dt.timedelta(minutes=6)
        item.save()
