"""The server did what was asked and died before it answered: what people then send again is done once."""

import datetime as dt
import uuid

import lxml.html
import pytest
from django.test import Client

from quietmonday.kit.actors import Actor
from quietmonday.kit.signing import sign
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.models import InboxItem
from quietmonday.support.actions import intake
from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import Feedback, FeedbackQuestion, Message, Ticket
from tests.cast import Cast, Member, sign_in

NOW = dt.datetime.now(dt.UTC)


def mail_of(member: Member, name: str, subject: str = "Scanners") -> bytes:
    return (
        f"From: {member.person.name} <{member.email}>\r\nTo: help@fennimore.test\r\nSubject: {subject}\r\n"
        f"Message-ID: <{name}@oakhurst.example>\r\nDate: {NOW:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\nThey drop.\r\n"
    ).encode()


def kept(cast: Cast, data: bytes, origin: str) -> uuid.UUID:
    return keep_raw(data=data, source="mailbox", origin=origin, now=NOW, supplier=cast.fennimore)[0].id


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    intake.take_in(item_id=kept(cast, mail_of(cast.dele, "a1"), "test:1"), now=NOW)
    return Ticket.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "form"), [("sam", "messages"), ("sam", "notes"), ("sam", "calls"), ("dele", "messages")]
)
def test_a_form_that_is_sent_again_says_it_once(
    cast: Cast, ticket: Ticket, client: Client, who: str, form: str
) -> None:
    sign_in(client, getattr(cast, who))
    page = lxml.html.document_fromstring(client.get(f"/requests/{ticket.id}/").content)
    drawn = next(
        each for each in page.forms if str(each.action).endswith("/calls/" if form == "calls" else "/messages/")
    )
    sent = {"text": "I looked at it.", "token": drawn.fields["token"]}
    for _ in range(2):
        assert client.post(f"/requests/{ticket.id}/{form}/", sent).status_code == 303
    assert Message.objects.filter(text="I looked at it.").count() == 1
    client.post(f"/requests/{ticket.id}/{form}/", {**sent, "token": str(uuid.uuid4())})
    assert Message.objects.filter(text="I looked at it.").count() == 2


@pytest.mark.django_db
def test_a_second_tap_after_a_lost_answer_knows_the_first(cast: Cast, ticket: Ticket, client: Client) -> None:
    resolve(ticket=ticket, kind="fixed", actor=Actor(id=cast.sam.person.id, name="Sam Kessler"), now=NOW)
    question = FeedbackQuestion.objects.get()
    link = f"/solved/{question.id}/{sign('feedback', str(question.id))}/"
    client.get(link)
    cookies = client.cookies.copy()
    assert client.post(link, {"answer": "solved"}).status_code == 303
    client.cookies = cookies  # what the first tap was answered never arrived
    assert client.post(link, {"answer": "solved"}).status_code == 303
    assert [row.answer for row in Feedback.objects.all()] == ["solved"]
    assert client.post(link, {"answer": "partly"}).status_code == 303
    assert [row.answer for row in Feedback.objects.order_by("id")] == ["solved", "partly"]
    assert Client().post(link, {"answer": "not_solved"}).status_code == 403


@pytest.mark.django_db
def test_two_copies_of_a_mail_taken_in_at_the_same_moment_become_one_request(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (kept(cast, mail_of(cast.dele, "twice"), f"test:{n}") for n in (1, 2))
    waiting = [other]

    def meanwhile(point: str) -> None:
        """The other worker gets through between our look and our writing."""
        if point == "support.take_in.after_files" and waiting:
            intake.take_in(item_id=waiting.pop(), now=NOW)

    monkeypatch.setattr(intake, "reached", meanwhile)
    item = intake.take_in(item_id=one, now=NOW)
    assert Ticket.objects.count() == 1
    assert (item.state, item.rule) == ("taken", "new")
    copy = InboxItem.objects.get(pk=other)
    assert (copy.state, copy.rule) == ("kept", "seen_before")
