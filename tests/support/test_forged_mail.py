"""Mail that claims to be somebody: forged senders, guessed and stolen addresses, those who have left, machines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.actions.memberships import end_membership
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.logic.addresses import message_id, reply_address
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.telling import tell_opened, tell_said
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast
from tests.support.scene import TUESDAY, answered, asked

LATER = TUESDAY + dt.timedelta(hours=1)
HELP = "help@fennimore.example"

pytestmark = pytest.mark.django_db


def came(
    cast: Cast, sender: str, to: str, *, headers: str = "", text: str = "Please change the password", n: int = 0
) -> InboxItem:
    """Return the item that became of a mail to Fennimore's mailbox."""
    raw = (
        f"From: Somebody <{sender}>\r\nTo: {to}\r\nSubject: Re: Scanners\r\n{headers}"
        f"Message-ID: <{n}.{sender}>\r\nDate: {LATER:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\n{text}\r\n"
    ).encode()
    item, _new = keep_raw(
        data=raw, source="mailbox", origin=f"test:{n}:{sender}:{to}", now=LATER, supplier=cast.fennimore
    )
    return take_in(item_id=item.id, now=LATER)


def standing(ticket: Ticket) -> tuple[Any, ...]:
    """Return what a forged mail must not change."""
    ticket.refresh_from_db()
    verdict = ticket.verdict
    verdict.refresh_from_db()
    return (
        ticket.state, ticket.move, ticket.assignee_id, ticket.priority, ticket.respond_by, verdict.quick,
        verdict.effective, Message.objects.filter(ticket=ticket).count(), OutgoingMessage.objects.count(),
        OutboxItem.objects.exclude(topic="support.take_in").count(),
    )  # fmt: skip


def address(ticket: Ticket, email: str) -> str:
    """Return the signed address at which `email` may answer about the ticket."""
    return reply_address(HELP, ticket.id, email, reply_key())


def changed(text: str) -> str:
    """Return an address with one letter of its signature changed."""
    local, _, host = text.rpartition("@")
    return f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{host}"


def test_no_forged_answer_reaches_a_request_or_anybody(cast: Cast) -> None:
    ticket = asked(cast)
    other = asked(cast, "Another", by=cast.bill)
    before = standing(ticket)
    sam, dele, evil = "sam@fennimore.example", "dele@oakhurst.example", "mallory@evil.example"
    forged = [
        (sam, changed(address(ticket, sam))),  # a technician's name and a guessed address
        ("ruth@oakhurst.example", changed(address(ticket, "ruth@oakhurst.example"))),
        (evil, address(ticket, dele)),  # somebody else's address, overheard
        (sam, address(ticket, dele)),
        (dele, address(ticket, sam)),
        (evil, address(ticket, evil).replace("+r", "+q", 1)),
        (dele, address(other, "bill@oakhurst.example")),
    ]
    for number, (sender, to) in enumerate(forged):
        item = came(cast, sender, to, n=number)
        assert (item.state, item.outcome_id) == ("kept", None), (sender, to)
    assert standing(ticket)[:8] == before[:8]
    assert OutgoingMessage.objects.count() == before[8]


def test_a_guessed_message_id_threads_nowhere(cast: Cast) -> None:
    ticket = asked(cast)
    before = standing(ticket)
    message = Message.objects.get(ticket=ticket)
    good = message_id(ticket.id, message.id, "dele@oakhurst.example", reply_key(), "fennimore.example")
    for number, sender in enumerate(("mallory@evil.example", "sam@fennimore.example")):
        item = came(cast, sender, HELP, headers=f"In-Reply-To: {good}\r\nReferences: {good}\r\n", n=number)
        assert (item.state, item.rule) == ("kept", "forged_reply")
    assert standing(ticket) == before


def test_a_technicians_name_alone_is_no_answer_of_the_supplier(cast: Cast) -> None:
    ticket = asked(cast)
    before = standing(ticket)
    item = came(cast, "sam@fennimore.example", HELP)
    assert (item.state, item.rule) == ("kept", "from_supplier")
    assert standing(ticket) == before


def test_an_owners_name_alone_opens_a_request_that_nobody_vouches_for_and_shows_nothing(cast: Cast) -> None:
    ticket = asked(cast)
    before = standing(ticket)
    item = came(cast, "ruth@oakhurst.example", HELP)
    assert item.outcome_id not in (None, ticket.id)
    assert not Message.objects.get(ticket=item.outcome_id).verified
    assert standing(ticket)[:8] == before[:8]


@pytest.mark.parametrize("who", ["dele", "sam"])
def test_the_signed_address_of_somebody_who_has_left_is_dead(cast: Cast, who: str) -> None:
    ticket = asked(cast)
    member = getattr(cast, who)
    alive = address(ticket, member.email)
    assert came(cast, member.email, alive, n=1).outcome_id == ticket.id
    end_membership(membership=member.membership, actor=SYSTEM, now=LATER)
    before = standing(ticket)
    item = came(cast, member.email, alive, n=2)
    assert (item.state, item.rule) == ("kept", "sender_left")
    assert standing(ticket) == before


def test_nobody_who_has_left_is_mailed(cast: Cast) -> None:
    ticket = asked(cast)
    end_membership(membership=cast.dele.membership, actor=SYSTEM, now=TUESDAY)
    message = answered(cast, ticket, at=LATER)
    tell_said(message_id=message.id, now=LATER)
    assert not OutgoingMessage.objects.filter(recipient="dele@oakhurst.example").exists()
    assert not OutgoingMessage.objects.filter(recipient="finn@fennimore.example").exists()


def test_somebody_in_copy_gets_nothing_and_reads_nothing(cast: Cast) -> None:
    item = came(cast, "dele@oakhurst.example", HELP, headers="Cc: mallory@evil.example, jo@tilden.example\r\n")
    ticket = Ticket.objects.get(pk=item.outcome_id)
    tell_opened(ticket_id=ticket.id, now=LATER)
    tell_said(message_id=answered(cast, ticket, at=LATER).id, now=LATER)
    assert OutgoingMessage.objects.exists()
    assert not OutgoingMessage.objects.filter(recipient__in=["mallory@evil.example", "jo@tilden.example"]).exists()
    for number, outsider in enumerate(("mallory@evil.example", "jo@tilden.example")):
        assert (
            came(cast, outsider, HELP, n=number, headers="In-Reply-To: <0.dele@oakhurst.example>\r\n").outcome_id
            is None
        )


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("noreply@service.example", ""),
        ("no-reply@accounts.example", ""),
        ("mallory@evil.example", ""),
        ("dele@oakhurst.example", "Auto-Submitted: auto-replied\r\n"),
        ("dele@oakhurst.example", "X-Quiet-Monday: 1\r\nAuto-Submitted: auto-generated\r\n"),
        ("dele@oakhurst.example", "Precedence: bulk\r\nList-Id: <news.example>\r\n"),
        ("mailer-daemon@oakhurst.example", "Return-Path: <>\r\n"),
    ],
)
def test_machines_and_strangers_are_kept_and_get_no_answer(cast: Cast, sender: str, headers: str) -> None:
    item = came(cast, sender, HELP, headers=headers, text="Your code is 123456")
    assert (item.state, item.outcome_id) == ("kept", None)
    assert bytes(item.raw.data).endswith(b"123456\r\n")
    assert not OutgoingMessage.objects.exists()
    assert not Ticket.objects.exists()


def test_receipts_are_few_so_that_nobody_is_bombed_in_anothers_name(cast: Cast) -> None:
    for number in range(15):
        item = came(cast, "dele@oakhurst.example", HELP, n=number)
        tell_opened(ticket_id=item.outcome_id, now=LATER)
    receipts = OutgoingMessage.objects.filter(recipient="dele@oakhurst.example")
    assert receipts.count() == 1
