"""Machines that answer machines: every storm ends, however the other side writes, and nobody is bombed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable

import pytest

from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.persons import add_person
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import connect_mailbox
from quietmonday.support.actions.talking import say_to_customer
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, words

pytestmark = pytest.mark.django_db

DESK = "desk@other.example"
HELP = "help@fennimore.example"


@dataclasses.dataclass
class Desk:
    """A program at the other end: what it writes when a mail of ours arrives, and how long it takes."""

    answer: Callable[[int, OutgoingMessage], str]
    takes: dt.timedelta = dt.timedelta(minutes=1)


def walk(cast: Cast, desk: Desk, *, days: int = 3, answered: bool = False) -> tuple[int, int, int]:
    """Let the desk write once, then answer whatever it gets; return tickets, messages, and mails to it, at the end."""
    connect_mailbox(
        supplier=cast.fennimore, business=None, address=HELP, host="localhost", port=993,
        security="tls", user="help", password="x", actor=actor(cast.asha), now=TUESDAY,
    )  # fmt: skip
    add_person(place=cast.oakhurst, name="Other Desk", emails=[DESK], actor=SYSTEM, now=TUESDAY)
    now, seen, number = TUESDAY, set(), 0
    waiting = [(now, f"From: {DESK}\r\nTo: {HELP}\r\nSubject: Printer\r\nMessage-ID: <0@o>\r\n\r\nIt is broken\r\n")]
    turn = 0
    while waiting and now < TUESDAY + dt.timedelta(days=days):
        now, raw = waiting.pop(0)
        turn += 1
        keep_raw(data=raw.encode(), source="mailbox", origin=f"storm:{turn}", now=now, supplier=cast.fennimore)
        tick(now=now, schedule=False)
        if answered and not seen:
            say_to_customer(
                ticket=Ticket.objects.get(), words=words(cast.sam, "We are on it", now), supplier_id=cast.fennimore.id,
                actor=actor(cast.sam), now=now,
            )  # fmt: skip
        tick(now=now, schedule=False)
        for mail in OutgoingMessage.objects.filter(recipient=DESK).exclude(pk__in=seen).order_by("made_at"):
            seen.add(mail.pk)
            number += 1
            if text := desk.answer(number, mail):
                waiting.append((now + desk.takes, text))
    assert not waiting, "it goes on and on"
    return Ticket.objects.count(), Message.objects.count(), len(seen)


def to_the_mailbox(number: int, mail: OutgoingMessage) -> str:
    """A receipt of its own to our mailbox, without a word that it is one: each opens a request."""
    return (
        f"From: {DESK}\r\nTo: {HELP}\r\nSubject: Ticket {number} received\r\nMessage-ID: <{number}@o>\r\n\r\n"
        f"Thank you. Your ticket has the number {number}.\r\n"
    )


def to_the_reply_address(number: int, mail: OutgoingMessage) -> str:
    """An answer to what it got, as a person's program writes one."""
    content = content_of(mail)
    return (
        f"From: {DESK}\r\nTo: {content.headers['Reply-To']}\r\nSubject: Re: {content.subject}\r\n"
        f"In-Reply-To: {mail.message_id}\r\nMessage-ID: <{number}@o>\r\n\r\n"
        f"Thank you. Your ticket has the number {number}.\r\n\r\nOn 17/11/2026 10:00, Help wrote:\r\n> {number}\r\n"
    )


def out_of_office(number: int, mail: OutgoingMessage) -> str:
    """Somebody is away, and his program says so by its subject only."""
    return to_the_reply_address(number, mail).replace("Subject: Re:", "Subject: Automatic reply:")


def another_quiet_monday(number: int, mail: OutgoingMessage) -> str:
    """A desk of our own kind: what it sends bears our mark."""
    return to_the_reply_address(number, mail).replace("In-Reply-To", "X-Quiet-Monday: 1\r\nIn-Reply-To")


def obedient(number: int, mail: OutgoingMessage) -> str:
    """It keeps RFC 3834: no answer to what says that a machine wrote it."""
    return "" if "Auto-Submitted" in content_of(mail).headers else to_the_mailbox(number, mail)


MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.mark.parametrize("takes", [MINUTE, HOUR + MINUTE, 5 * HOUR])
def test_a_desk_that_receipts_our_receipts_gets_few_and_then_none(cast: Cast, takes: dt.timedelta) -> None:
    tickets, _, mails = walk(cast, Desk(to_the_mailbox, takes))
    assert (tickets, mails) in {(2, 1), (3, 2)}


@pytest.mark.parametrize("takes", [MINUTE, HOUR + MINUTE])
def test_a_desk_that_answers_where_we_ask_stays_on_its_one_request(cast: Cast, takes: dt.timedelta) -> None:
    assert walk(cast, Desk(to_the_reply_address, takes)) == (1, 2, 1)


def test_a_desk_that_answers_our_people_is_not_answered_by_a_machine(cast: Cast) -> None:
    tickets, messages, mails = walk(cast, Desk(to_the_reply_address), answered=True)
    assert (tickets, mails) == (1, 2)  # our receipt and our answer; its two words on them are on the record
    assert messages == 4


@pytest.mark.parametrize("answer", [out_of_office, another_quiet_monday, obedient])
def test_what_says_that_it_is_a_machine_is_kept_and_ends_there(
    cast: Cast, answer: Callable[[int, OutgoingMessage], str]
) -> None:
    assert walk(cast, Desk(answer)) == (1, 1, 1)


def test_ten_a_day_is_the_most_whoever_writes(cast: Cast) -> None:
    add_person(place=cast.oakhurst, name="Victim", emails=["victim@oakhurst.example"], actor=SYSTEM, now=TUESDAY)
    for number in range(48):
        now = TUESDAY + number * dt.timedelta(minutes=45)
        raw = (
            f"From: victim@oakhurst.example\r\nTo: {HELP}\r\nSubject: {number}\r\nMessage-ID: <{number}@evil>\r\n\r\n"
            f"{'a' * number} something else\r\n"
        )
        keep_raw(data=raw.encode(), source="mailbox", origin=f"bomb:{number}", now=now, supplier=cast.fennimore)
        tick(now=now, schedule=False)
        tick(now=now, schedule=False)
    made = sorted(OutgoingMessage.objects.filter(recipient="victim@oakhurst.example").values_list("made_at", flat=True))
    assert Ticket.objects.count() == 48
    assert all(later - earlier >= HOUR for earlier, later in itertools.pairwise(made))
    day = dt.timedelta(days=1)
    assert max(sum(moment <= other < moment + day for other in made) for moment in made) == 10
