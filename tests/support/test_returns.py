"""Mail of ours that comes back: whose address is marked, when a report is believed, what takes the mark away."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections import Counter
from unittest import mock

import pytest
from django.db.models import Count

from quietmonday.journal.models import Entry
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.failing import Returned, mark_failed
from quietmonday.people.models import Address, Person
from quietmonday.people.queries import first_address_of
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.post.actions.returns import note_returned
from quietmonday.post.logic.bounce import read_report
from quietmonday.post.logic.classify import Kind, classify
from quietmonday.post.logic.mail import parse
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.telling import tell_opened, tell_said
from quietmonday.support.models import Message, Ticket, Undelivered
from tests.cast import Cast
from tests.shared import DATA, needs_data
from tests.support.scene import TUESDAY, actor, answered, asked, client_of

pytestmark = pytest.mark.django_db
LATER = TUESDAY + dt.timedelta(hours=1)
DELE = "dele@oakhurst.example"


def sent(cast: Cast) -> tuple[Ticket, OutgoingMessage]:
    """Return a request of Dele and the mail with Sam's answer to it."""
    connect_mailbox(
        supplier=cast.fennimore, business=None, address="help@fennimore.example", host="localhost", port=993,
        security="tls", user="help", password="x", actor=actor(cast.asha), now=TUESDAY,
    )  # fmt: skip
    ticket = asked(cast)
    tell_said(message_id=answered(cast, ticket, at=LATER).id, now=LATER)
    return ticket, OutgoingMessage.objects.get(recipient=DELE)


def report(
    to: str,
    about: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 <x>: user unknown",
    original: str = "",
) -> bytes:
    """Return a report of non-delivery (RFC 3464) about the mail with the Message-ID `about`."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nTo: help@fennimore.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\nMIME-Version: 1.0\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n{original}Subject: x\r\n\r\n--b--\r\n"
    ).encode()


def back(cast: Cast, raw: bytes, *, source: str = "mailbox", now: dt.datetime = LATER) -> InboxItem:
    """Return the item that became of a report."""
    item, _ = keep_raw(
        data=raw, source=source, origin=f"test:{hash(raw)}", now=now, supplier=cast.fennimore,
        params={"engagement": str(cast.engagement.id)},
    )  # fmt: skip
    item = take_in(item_id=item.id, now=now)
    assert (item.state, item.rule) == ("kept", "bounce")
    return item


def marked(email: str = DELE) -> tuple[bool, str, bool]:
    address = Address.objects.get(email=email)
    return address.failed_at is not None, address.failed_rule, address.failed_for_good


def test_a_report_about_our_mail_marks_the_address_and_we_write_there_no_more(cast: Cast) -> None:
    ticket, mail = sent(cast)
    before = (Ticket.objects.count(), Message.objects.count(), OutgoingMessage.objects.count())
    item = back(cast, report(DELE, mail.message_id))
    assert marked() == (True, "no_such_mailbox", True)
    assert item.params["marked"] == [DELE]
    assert first_address_of(cast.dele.person) is None
    entry = Entry.objects.get(verb="person.address_failed")
    assert entry.subject_id == cast.dele.person.id
    tell_said(message_id=answered(cast, ticket, "Again", at=LATER).id, now=LATER)
    assert (Ticket.objects.count(), Message.objects.count() - 1, OutgoingMessage.objects.count()) == before


def test_it_is_shown_where_somebody_would_write(cast: Cast) -> None:
    ticket, mail = sent(cast)
    back(cast, report(DELE, mail.message_id))
    Person.objects.filter(pk=cast.dele.person.pk).update(phone="+44 20 7946 0555")
    page = client_of(cast.sam).get(f"/requests/{ticket.id}/").content.decode()
    assert f"Our mail to {DELE} came back." in page
    assert "There is no such mailbox." in page
    assert "+44 20 7946 0555" in page
    assert DELE not in client_of(cast.ruth).get(f"/requests/{ticket.id}/").content.decode()
    person = client_of(cast.ruth).get(f"/people/{cast.dele.person.id}/").content.decode()
    assert "Our mail came back" in person
    assert "user unknown" in person
    assert f"A mail of ours to {DELE} came back." in client_of(cast.sam).get("/inbox/").content.decode()


def test_a_request_says_which_message_did_not_arrive_and_to_whom(cast: Cast) -> None:
    ticket, mail = sent(cast)
    tell_said(message_id=answered(cast, ticket, "And another.", at=LATER).id, now=LATER)
    back(cast, report(DELE, mail.message_id))
    for _ in range(2):
        tick(now=LATER, schedule=False)
    row = Undelivered.objects.select_related("message").get()
    assert (row.message.text, row.address, row.rule) == ("I am on it.", DELE, "no_such_mailbox")
    entry = Entry.objects.get(verb="ticket.mail_returned")
    assert entry.payload.body["address"] == DELE
    page = client_of(cast.sam).get(f"/requests/{ticket.id}/").content.decode()
    first, second = page.split("And another.")
    assert f"It did not arrive at {DELE}. There is no such mailbox." in " ".join(first.split())
    assert "It did not arrive" not in second
    for who in (cast.ruth, cast.dele):
        assert "It did not arrive" not in client_of(who).get(f"/requests/{ticket.id}/").content.decode()


def test_what_our_own_mail_server_refuses_is_said_on_the_request_too(cast: Cast) -> None:
    ticket, mail = sent(cast)
    refusal = smtplib.SMTPRecipientsRefused({DELE: (550, b"5.1.1 no such user")})
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=refusal):
        tick(now=LATER, schedule=False)
    assert [(row.message.ticket_id, row.address) for row in Undelivered.objects.all()] == [(ticket.id, DELE)]
    assert marked()[0]
    assert mail.recipient == DELE


def test_a_receipt_that_came_back_says_nothing_below_somebodys_words(cast: Cast) -> None:
    ticket, _ = sent(cast)
    tell_opened(ticket_id=ticket.id, now=LATER)
    receipt = OutgoingMessage.objects.get(recipient=DELE, key__startswith="receipt:")
    back(cast, report(DELE, receipt.message_id))
    tick(now=LATER, schedule=False)
    assert (marked()[0], Undelivered.objects.count()) == (True, 0)


def test_a_full_mailbox_is_shown_and_written_to_all_the_same(cast: Cast) -> None:
    _, mail = sent(cast)
    back(cast, report(DELE, mail.message_id, status="5.2.2", said="552 5.2.2 mailbox full"))
    assert marked() == (True, "full", False)
    assert first_address_of(cast.dele.person) == DELE
    back(cast, report(DELE, mail.message_id))  # worse news count
    assert marked() == (True, "no_such_mailbox", True)
    back(cast, report(DELE, mail.message_id, status="5.2.2", said="552 5.2.2 over quota"))  # better ones do not
    assert marked() == (True, "no_such_mailbox", True)
    assert Entry.objects.filter(verb="person.address_failed").count() == 2


def test_a_notice_of_delay_marks_nothing(cast: Cast) -> None:
    _, mail = sent(cast)
    item = back(cast, report(DELE, mail.message_id, action="delayed", status="4.4.1", said="connection timed out"))
    assert marked() == (False, "", True)
    assert item.params["delayed"]


def test_nobody_silences_an_address_by_a_report_that_answers_nothing_of_ours(cast: Cast) -> None:
    _, mail = sent(cast)
    tell_opened(ticket_id=asked(cast, "Another", by=cast.bill).id, now=LATER)
    other = OutgoingMessage.objects.get(recipient="bill@oakhurst.example")
    forged = "<qm." + "a" * 45 + "." + "0" * 32 + "@fennimore.example>"
    for about in ("<guessed@fennimore.example>", forged, "<>"):
        item = back(cast, report(DELE, about))
        assert item.params["marked"] == []
        assert item.params["named"] == [DELE]
    assert marked() == (False, "", True)
    # A mail of Bill's says nothing about Dele: it marks whom it was sent to.
    back(cast, report(DELE, other.message_id))
    assert marked() == (False, "", True)
    assert marked("bill@oakhurst.example")[0]
    assert mail.message_id != other.message_id


def test_a_report_is_believed_by_the_reply_address_that_we_signed_too(cast: Cast) -> None:
    _, mail = sent(cast)
    reply_to = content_of(mail).headers["Reply-To"]
    back(cast, report(DELE, "<changed-on-the-way@relay.example>", original=f"Reply-To: {reply_to}\r\n"))
    assert marked()[0]
    Address.objects.filter(email=DELE).update(failed_at=None)
    # For another recipient the same address is signed wrong.
    back(cast, report("bill@oakhurst.example", "<x@relay.example>", original=f"Reply-To: {reply_to}\r\n"))
    assert not marked("bill@oakhurst.example")[0]


def test_a_mail_that_was_forwarded_marks_the_address_that_we_wrote_to(cast: Cast) -> None:
    _, mail = sent(cast)
    back(cast, report("inner@elsewhere.example", mail.message_id))
    assert marked()[0]


def test_a_report_in_words_marks_as_well(cast: Cast) -> None:
    _, mail = sent(cast)
    raw = (
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: help@fennimore.example\r\n"
        "Subject: Mail delivery failed: returning message to sender\r\n\r\nThis is a permanent error.\r\n\r\n"
        f"  {DELE}\r\n    550 5.1.1 no such user here\r\n\r\n"
        "------ This is a copy of the message, including all the headers. ------\r\n\r\n"
        f"Message-ID: {mail.message_id}\r\n"
    ).encode()
    back(cast, raw)
    assert marked() == (True, "no_such_mailbox", True)


def test_a_report_in_a_file_is_history_and_marks_nothing(cast: Cast) -> None:
    _, mail = sent(cast)
    item = back(cast, report(DELE, mail.message_id), source="file")
    assert marked() == (False, "", True)
    assert item.params["named"] == [DELE]


def test_mail_from_the_address_takes_the_mark_away(cast: Cast) -> None:
    mark_failed(returned=[Returned(email=DELE, rule="no_such_mailbox", said="no", for_good=True)], now=TUESDAY)
    raw = f"From: Dele <{DELE}>\r\nSubject: It works\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n".encode()
    item, _ = keep_raw(data=raw, source="mailbox", origin="test:works", now=LATER, supplier=cast.fennimore)
    assert take_in(item_id=item.id, now=LATER).state == "taken"
    tick(now=dt.datetime.now(dt.UTC), schedule=False)
    assert marked() == (False, "", True)
    assert Entry.objects.filter(verb="person.address_works").count() == 1
    assert OutgoingMessage.objects.filter(recipient=DELE).exists()  # the receipt of it


def test_whoever_knows_better_takes_the_mark_away(cast: Cast) -> None:
    mark_failed(returned=[Returned(email=DELE, rule="closed", said="no", for_good=True)], now=TUESDAY)
    address = Address.objects.get(email=DELE)
    path = f"/people/{cast.dele.person.id}/addresses/{address.id}/works/"
    assert client_of(cast.dele).post(path).status_code == 404
    assert client_of(cast.ruth).post(path).status_code == 302
    assert marked() == (False, "", True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((550, b"5.1.1 <dele@oakhurst.example>: user unknown"), (True, "no_such_mailbox", True)),
        ((550, b"no"), (True, "refused", True)),  # said at RCPT, so it is about the address
        ((550, b"5.7.1 blocked by the spam list"), (True, "not_wanted", False)),
        ((452, b"4.2.2 mailbox full"), (False, "", True)),
    ],
)
def test_our_own_mail_server_refusing_a_recipient_marks(
    cast: Cast, answer: tuple[int, bytes], expected: tuple[bool, str, bool]
) -> None:
    sent(cast)
    refused = smtplib.SMTPRecipientsRefused({DELE: answer})
    with mock.patch("django.core.mail.EmailMultiAlternatives.send", side_effect=refused):
        tick(now=LATER, schedule=False)
    tick(now=LATER, schedule=False)
    assert marked() == expected


REAL = DATA / "mail" / "bounces"


def real_reports() -> list[tuple[str, bytes]]:
    return [(f"{path.parent.name}/{path.stem}", path.read_bytes()) for path in sorted(REAL.glob("*/*.eml"))]


@needs_data
def test_real_reports_open_no_request_get_no_answer_and_silence_nobody(cast: Cast) -> None:
    found = real_reports()
    assert len(found) == 117
    for name, raw in found:
        for address in {one for failed in read_report(parse(raw)).failed for one in failed.addresses}:
            Address.objects.get_or_create(business=cast.oakhurst, person=cast.dele.person, email=address)
        item, _ = keep_raw(data=raw, source="mailbox", origin=f"real:{name}", now=LATER, supplier=cast.fennimore)
        take_in(item_id=item.id, now=LATER)
    assert Address.objects.filter(person=cast.dele.person).count() > 60
    assert not Address.objects.filter(failed_at__isnull=False).exists()  # none answers a mail of ours
    assert not Ticket.objects.exists()
    assert not OutgoingMessage.objects.exists()
    kept = dict(InboxItem.objects.values_list("rule").annotate(n=Count("pk")).order_by())
    # A report that came as one from a carrier's no-reply address, an absence, and one that a person passed on.
    assert kept == {"bounce": 114, "no_reply_sender": 1, "auto_reply": 1, "unknown_sender": 1}


@needs_data
def test_real_reports_mark_whom_they_name_when_they_are_about_a_mail_of_ours(cast: Cast) -> None:
    marked: Counter[tuple[str, bool]] = Counter()
    unnamed = []
    for number, (name, raw) in enumerate(real_reports()):
        mail = parse(raw)
        report = read_report(mail)
        if classify(mail).kind is not Kind.BOUNCE or not report.failed or not report.ids:
            unnamed.append(name)
            continue
        recipient = report.failed[0].addresses[0]
        Address.objects.update_or_create(
            person=cast.dele.person, email=recipient, defaults={"business": cast.oakhurst, "failed_at": None}
        )
        OutgoingMessage.objects.filter(message_id=report.ids[0]).delete()
        OutgoingMessage.objects.create(
            key=f"real:{number}",
            message_id=report.ids[0],
            recipient=recipient,
            sender="help@x.test",
            sealed=b"x",
            made_at=TUESDAY,
        )
        assert note_returned(report=report, key=reply_key(), now=LATER) == [recipient], name
        row = Address.objects.get(person=cast.dele.person, email=recipient)
        marked[row.failed_rule, row.failed_for_good] += 1
    # The others name nobody, or give no Message-ID of the mail: the inbox says so, and nothing is marked.
    assert (sum(marked.values()), len(unnamed)) == (91, 26)
    assert marked["no_such_mailbox", True] == 45
    assert sum(count for (_, for_good), count in marked.items() if for_good) == 51
