"""The slice on one engine: a mail becomes a ticket, is answered, settled, judged, stated."""

import datetime as dt

import pytest

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Engagement
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.logic.addresses import reply_address
from quietmonday.support.actions.answering import give_feedback
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.statements import freeze_statement
from quietmonday.support.actions.talking import say_to_customer
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import FeedbackQuestion, Message, Ticket
from tests.cast import Cast

TUESDAY = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)


def raw(sender: str, to: str, subject: str, text: str, at: dt.datetime, message_id: str) -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{message_id}@oakhurst.example>\r\n"
        f"Date: {at.strftime('%a, %d %b %Y %H:%M:%S +0000')}\r\n\r\n{text}\r\n"
    ).encode()


@pytest.mark.django_db
def test_a_mail_walks_the_whole_slice(cast: Cast) -> None:
    engagement = Engagement.objects.select_related("business", "supplier").get(pk=cast.engagement.pk)
    item, new = keep_raw(
        data=raw(
            "Dele Adeyemi <dele@oakhurst.example>", "help@fennimore.test", "Scanners", "They drop.", TUESDAY, "a1"
        ),
        source="mailbox",
        origin="test:1",
        now=TUESDAY,
        supplier=engagement.supplier,
    )
    assert new
    assert take_in(item_id=item.id, now=TUESDAY).state == "taken"
    ticket = Ticket.objects.get()
    assert (ticket.work_item.number, ticket.requester.name, ticket.state) == (1, "Dele Adeyemi", "open")

    sam = Actor(id=cast.sam.person.id, name="Sam Kessler")
    say_to_customer(
        ticket=ticket,
        words=Words(
            text="I am on it.",
            channel="web",
            author=cast.sam.person,
            author_name="Sam Kessler",
            occurred_at=TUESDAY + dt.timedelta(minutes=10),
        ),
        supplier_id=engagement.supplier_id,
        actor=sam,
        now=TUESDAY + dt.timedelta(minutes=10),
    )
    answer = reply_address("help@fennimore.test", ticket.id, "dele@oakhurst.example", reply_key())
    later = TUESDAY + dt.timedelta(minutes=30)
    for sender, number in (("dele@oakhurst.example", 2), ("mallory@evil.test", 3)):
        item, _ = keep_raw(
            data=raw(sender, answer, "Re: Scanners", "Thank you", later, f"b{number}"),
            source="mailbox",
            origin=f"test:{number}",
            now=later,
            supplier=engagement.supplier,
        )
        take_in(item_id=item.id, now=later)
    item.refresh_from_db()
    assert (item.state, item.rule, item.params["because"]) == ("kept", "forged_reply", "other sender")
    assert Message.objects.filter(ticket=ticket).count() == 3

    resolve(ticket=ticket, kind="fixed", actor=sam, now=TUESDAY + dt.timedelta(hours=1))
    give_feedback(
        question=FeedbackQuestion.objects.get(),
        answer="solved",
        actor=Actor(id=cast.dele.person.id, name="Dele Adeyemi"),
        now=TUESDAY + dt.timedelta(hours=2),
        device="d1",
    )
    week = week_from_key("2026-W47")
    monday = dt.datetime(2026, 11, 23, 7, 30, tzinfo=dt.UTC)
    statement = freeze_statement(engagement=engagement, week=week, kind="provisional", now=monday)
    assert [row["group"] for row in statement.rows] == ["good"]
    assert [line["rule"] for line in statement.headline] == ["H.asked", "H.good"]


@pytest.mark.django_db
def test_not_solved_opens_the_request_again_and_is_no_for_good(cast: Cast) -> None:
    engagement = Engagement.objects.select_related("business", "supplier").get(pk=cast.engagement.pk)
    dele = Actor(id=cast.dele.person.id, name="Dele Adeyemi")
    ticket = open_ticket(
        business=engagement.business,
        engagements=[engagement],
        subject="Scanners",
        words=Words(text="They drop.", channel="web", author=cast.dele.person, author_name="Dele", occurred_at=TUESDAY),
        source="web",
        actor=dele,
        now=TUESDAY,
        requester=cast.dele.person,
        reported_at=TUESDAY,
    )
    resolve(ticket=ticket, kind="fixed", actor=dele, now=TUESDAY + dt.timedelta(hours=1))
    give_feedback(
        question=FeedbackQuestion.objects.get(),
        answer="not_solved",
        actor=dele,
        now=TUESDAY + dt.timedelta(hours=2),
        device="d1",
    )
    ticket = Ticket.objects.select_related("verdict").get()
    assert (ticket.state, ticket.move, ticket.verdict.effective) == ("open", "supplier", "no")
    assert ticket.reopenings.count() == 1
