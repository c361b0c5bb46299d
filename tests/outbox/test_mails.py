"""Mails that go out."""

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.outbox.actions import enqueue_mail
from quietmonday.outbox.actions.mails import as_email, content_of, send_mail
from quietmonday.outbox.actions.pruning import prune
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.logic.mail_rules import MailContent, MailRefused, check_mail
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from tests.outbox.conftest import NOON

LINK = "https://desk.quiet.example/f/CANARY-3f9a"


def queue(**changed: Any) -> OutgoingMessage:
    """Queue the standing mail, with something changed."""
    parts: dict[str, Any] = {
        "key": "settled-417",
        "recipient": "dele@oakhurst.example",
        "sender": "Fennimore IT <desk@quiet.example>",
        "subject": "Request 417: working again",
        "text": f"Was it quick? {LINK}",
        "headers": {"Reply-To": "r+CANARY-77@quiet.example", "Auto-Submitted": "auto-generated"},
        "message_id": "<417.settled@quiet.example>",
        "now": NOON,
    }
    return enqueue_mail(**(parts | changed))


@pytest.mark.django_db
def test_a_mail_goes_out_once_as_it_was_written() -> None:
    queue(html=f'<a href="{LINK}">Yes</a>')
    tick(now=NOON, schedule=False)
    tick(now=NOON, schedule=False)
    [sent] = mail.outbox
    message = sent.message()
    assert message["Message-ID"] == "<417.settled@quiet.example>"
    assert message["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert message["Reply-To"] == "r+CANARY-77@quiet.example"
    assert (message["To"], message["From"]) == ("dele@oakhurst.example", "Fennimore IT <desk@quiet.example>")
    assert LINK in sent.body
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert sent.alternatives[0][0] == f'<a href="{LINK}">Yes</a>'
    assert OutgoingMessage.objects.get().sent_at == NOON


@pytest.mark.django_db
def test_the_same_key_is_one_mail_and_the_first_words_stand() -> None:
    first = queue()
    again = queue(text="other words", message_id="<other@quiet.example>")
    assert again.pk == first.pk
    assert OutboxItem.objects.count() == 1
    assert LINK in content_of(again).text


@pytest.mark.django_db
def test_a_message_id_belongs_to_one_mail() -> None:
    queue()
    with pytest.raises(MailRefused, match="belongs to another mail"):
        queue(key="another")


@pytest.mark.django_db
def test_nothing_a_mail_says_can_be_read_in_the_database() -> None:
    queue(subject="CANARY-subject")
    with connection.cursor() as cursor:
        for table in ("outbox_outgoingmessage", "outbox_outboxitem"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = b"|".join(
                bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                for row in cursor.fetchall()
                for cell in row
            )
            assert b"settled" in stored or b"message" in stored
            assert b"CANARY" not in stored
    assert content_of(OutgoingMessage.objects.get()).subject == "CANARY-subject"


@pytest.mark.django_db
def test_a_body_sealed_for_one_mail_does_not_open_in_another() -> None:
    first, second = queue(), queue(key="two", message_id="<two@quiet.example>")
    second.sealed = first.sealed
    with pytest.raises(Exception, match="for another place"):
        content_of(second)


@pytest.mark.parametrize(
    "part",
    [
        {"recipient": "dele@oakhurst.example\r\nBcc: all@tilden.example"},
        {"recipient": "dele@oakhurst.example, all@tilden.example"},
        {"recipient": "Dele <dele@oakhurst.example>"},
        {"recipient": "dele"},
        {"sender": "Fennimore\nBcc: all@tilden.example <desk@quiet.example>"},
        {"sender": "desk@quiet.example, other@quiet.example"},
        {"sender": "<desk@quiet.example"},
        {"message_id": "417@quiet.example"},
        {"message_id": "<417@quiet.example>\r\nBcc: all@tilden.example"},
        {"headers": {"Reply-To": "a@quiet.example\r\nBcc: all@tilden.example"}},
        {"headers": {"Reply-To": "a@quiet.example\x0bBcc: all@tilden.example"}},
        {"headers": {"Reply-To\r\nBcc": "all@tilden.example"}},
        {"headers": {"BCC": "all@tilden.example"}},
        {"headers": {"from": "boss@oakhurst.example"}},
        {"headers": {"Content-Type": "text/html"}},
    ],
)
@pytest.mark.django_db
def test_what_would_add_a_header_or_a_recipient_is_refused_and_nothing_is_stored(part: dict[str, Any]) -> None:
    with pytest.raises(MailRefused):
        queue(**part)
    assert not OutgoingMessage.objects.exists()
    assert not OutboxItem.objects.exists()


@pytest.mark.django_db
def test_a_subject_that_somebody_wrote_stays_one_header() -> None:
    message = as_email(queue(subject="Broken\r\nBcc: all@tilden.example\x00\u2028X: y")).message()
    assert sorted(message.keys()) == [
        "Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version",
        "Message-ID", "Reply-To", "Subject", "To",
    ]  # fmt: skip
    assert "\n" not in str(message["Subject"]).replace("\n ", "")


@given(
    part=st.sampled_from(["recipient", "sender", "message_id", "header"]),
    at=st.integers(min_value=0, max_value=40),
    control=st.sampled_from([chr(n) for n in [*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xD800]]),
)
def test_a_control_character_anywhere_in_an_address_or_header_is_refused(part: str, at: int, control: str) -> None:
    good = {
        "recipient": "dele@oakhurst.example",
        "sender": "Fennimore IT <desk@quiet.example>",
        "message_id": "<417.settled@quiet.example>",
        "header": "r+77@quiet.example",
    }
    check_all(good)
    with pytest.raises(MailRefused):
        check_all(good | {part: good[part][:at] + control + good[part][at:]})


def check_all(parts: dict[str, str]) -> None:
    """Check a mail of these parts."""
    check_mail(
        recipient=parts["recipient"],
        sender=parts["sender"],
        message_id=parts["message_id"],
        headers={"Reply-To": parts["header"]},
    )


@given(st.text(), st.text(), st.none() | st.text())
def test_content_comes_back_as_it_was(subject: str, text: str, html: str | None) -> None:
    try:
        content = MailContent(subject=subject, headers={"X": text}, text=text, html=html)
        stored = content.as_bytes()
    except UnicodeEncodeError:
        return  # lone surrogates: enqueue_mail cleans them away first
    assert MailContent.from_bytes(stored) == content


@pytest.mark.django_db
def test_any_text_in_subject_and_body_can_be_queued_and_sent() -> None:
    queue(subject="\ud800\x00\x1b[31m \u202eexe.doc", text="\ud800 a\x00b\r\n.\r\n" + "x" * 5000, html="\udfff")
    tick(now=NOON, schedule=False)
    assert OutgoingMessage.objects.get().sent_at == NOON
    assert mail.outbox[0].message().as_bytes()


@pytest.mark.django_db(transaction=True)
def test_no_mail_server_is_spoken_to_inside_a_transaction() -> None:
    with transaction.atomic():
        message = queue()
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside transactions"):
        send_mail(message_id=message.pk, now=NOON)
    assert mail.outbox == []
    send_mail(message_id=message.pk, now=NOON)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("error", "given_up", "reason"),
    [
        (smtplib.SMTPRecipientsRefused({"dele@oakhurst.example": (550, b"no dele@oakhurst.example")}), True, "550"),
        (smtplib.SMTPRecipientsRefused({"dele@oakhurst.example": (450, b"grey dele@")}), False, "450"),
        (smtplib.SMTPDataError(554, b"spam from dele@"), True, "554"),
        (smtplib.SMTPAuthenticationError(535, b"bad password hunter2"), False, "535"),
        (ConnectionRefusedError(111, "Connection refused"), False, "Connection refused"),
        (TimeoutError("timed out"), False, "TimeoutError"),
    ],
)
@pytest.mark.django_db
def test_what_the_mail_server_said_decides_whether_to_try_again(
    monkeypatch: pytest.MonkeyPatch, error: Exception, given_up: bool, reason: str
) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    message = queue()
    tick(now=NOON, schedule=False)
    message = OutgoingMessage.objects.select_related("item").get(pk=message.pk)
    assert message.item is not None
    assert message.sent_at is None
    assert message.failed_at == (NOON if given_up else None)
    assert reason in message.item.last_error
    assert "dele" not in message.item.last_error
    assert "hunter2" not in message.item.last_error


@pytest.mark.django_db
def test_what_a_sent_mail_said_is_dropped_after_thirty_days_and_an_unsent_one_is_kept() -> None:
    queue()
    tick(now=NOON, schedule=False)
    queue(key="unsent", message_id="<unsent@quiet.example>")
    prune(now=NOON + dt.timedelta(days=30))
    assert OutgoingMessage.objects.filter(sealed=None).count() == 0
    prune(now=NOON + dt.timedelta(days=30, seconds=1))
    dropped, kept = OutgoingMessage.objects.order_by("pk")
    assert (dropped.sealed, dropped.sent_at) == (None, NOON)
    assert LINK in content_of(kept).text
    with pytest.raises(LookupError, match="was dropped"):
        content_of(dropped)
    assert queue().pk == dropped.pk, "the key still stands for the mail that was sent"
