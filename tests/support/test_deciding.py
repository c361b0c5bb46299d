"""A sender whom nobody knows waits for one decision: somebody we know, somebody new, only this one, never."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.engagements import engage
from quietmonday.people.models import Address, Business, Person
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.models import InboxItem, SilencedSender
from quietmonday.support.actions.deciding import hear_sender, make_request, silence_sender
from quietmonday.support.actions.intake import take_in
from quietmonday.support.logic.likeness import likely
from quietmonday.support.models import Message, Ticket
from tests.cast import SINCE, Cast, Member
from tests.support.scene import TUESDAY, actor, client_of

pytestmark = pytest.mark.django_db

DELE_AT_HOME = "dele.adeyemi@home.example"


def came(
    cast: Cast, subject: str, *, sender: str = DELE_AT_HOME, name: str = "Dele Adeyemi", headers: str = "", **place: Any
) -> InboxItem:
    """Return a mail to Fennimore's mailbox (or to another place), looked at."""
    raw = (
        f"From: {name} <{sender}>\r\nTo: help@fennimore.example\r\nSubject: {subject}\r\n{headers}"
        f"Message-ID: <{subject.replace(' ', '-')}@home.example>\r\n\r\nThe printer is on fire: {subject}\r\n"
    ).encode()
    where = {"supplier": cast.fennimore} | place
    item, _ = keep_raw(data=raw, source="mailbox", origin=f"test:{subject}", now=TUESDAY, **where)
    return take_in(item_id=item.id, now=TUESDAY)


def post(who: Member, item: InboxItem, verb: str, **data: Any) -> Any:
    return client_of(who).post(f"/inbox/{item.id}/{verb}/", data)


def looked_at_again() -> None:
    tick(now=dt.datetime.now(dt.UTC), schedule=False)


def test_a_sender_is_somebody_we_know_and_all_that_waited_is_taken_in(cast: Cast) -> None:
    items = [came(cast, f"mail {number}") for number in range(3)]
    other = came(cast, "another sender", sender="mallory@evil.example")
    assert {(item.state, item.rule) for item in items} == {("kept", "unknown_sender")}
    response = post(cast.ruth, items[0], "sender", person=cast.dele.person.id)
    assert response.status_code == 404  # it came to the supplier's mailbox: Ruth does not see it
    response = post(cast.sam, items[0], "sender", person=cast.dele.person.id)
    assert (response.status_code, response["Location"]) == (303, "/inbox/")
    assert Entry.objects.filter(verb="person.address_added", actor_id=cast.sam.person.id).count() == 1
    looked_at_again()
    tickets = list(Ticket.objects.order_by("opened_at", "id"))
    assert {ticket.subject for ticket in tickets} == {"mail 0", "mail 1", "mail 2"}
    assert {ticket.requester_id for ticket in tickets} == {cast.dele.person.id}
    assert not Message.objects.get(ticket=tickets[0]).verified
    other.refresh_from_db()
    assert other.asks_at is not None
    assert came(cast, "one more").state == "taken"


def test_no_answer_goes_to_an_address_before_somebody_said_whose_it_is(cast: Cast) -> None:
    item = came(cast, "mail")
    looked_at_again()
    assert not OutgoingMessage.objects.exclude(recipient=cast.asha.email).exists()  # she is told that somebody asks
    post(cast.sam, item, "sender", person=cast.dele.person.id)
    looked_at_again()
    receipt = OutgoingMessage.objects.get(key__startswith="receipt:")
    assert receipt.recipient == cast.dele.email  # the first address, not the one that was claimed


def test_a_sender_is_somebody_new(cast: Cast) -> None:
    item = came(cast, "mail", name="Nia Odell", sender="nia@home.example")
    page = client_of(cast.sam).get(f"/inbox/{item.id}/").content.decode()
    assert 'value="Nia Odell"' in page
    for _ in range(2):  # the second tap finds what the first one made
        post(cast.sam, item, "newcomer", name="Nia Odell", business=cast.oakhurst.id)
    nia = Person.objects.get(name="Nia Odell")
    assert (nia.business_id, [address.email for address in nia.addresses.all()]) == (
        cast.oakhurst.id,
        ["nia@home.example"],
    )
    looked_at_again()
    assert Ticket.objects.get().requester_id == nia.id


def test_the_likely_persons_are_one_tap_away(cast: Cast) -> None:
    item = came(cast, "mail", business=cast.oakhurst)
    page = client_of(cast.ruth).get(f"/inbox/{item.id}/").content.decode()
    button = f'name="person" value="{cast.dele.person.id}"'
    assert button in page
    assert f'name="person" value="{cast.bill.person.id}"' not in page
    assert "The printer is on fire: mail" in page
    assert likely(["Ruth Okafor", "Dele Adeyemi", "Zoë Ängström"], display="", email="zoe.angstrom@x.test") == [2]
    assert likely(["Ruth Okafor"], display="", email="help@x.test") == []


def test_never_is_silence_for_what_waits_and_what_comes_until_it_is_taken_back(cast: Cast) -> None:
    first = came(cast, "mail 1", sender="sales@offers.example")
    assert post(cast.sam, first, "silence").status_code == 303
    second = came(cast, "mail 2", sender="sales@offers.example")
    first.refresh_from_db()
    assert {(item.state, item.rule, item.asks_at) for item in (first, second)} == {("kept", "silenced", None)}
    assert bytes(second.raw.data).endswith(b"mail 2\r\n")
    post(cast.sam, second, "silence")
    silenced = SilencedSender.objects.get()
    assert client_of(cast.asha).post(f"/senders/{silenced.id}/hear/").status_code == 303
    assert InboxItem.objects.filter(rule="unknown_sender", asks_at__isnull=False).count() == 2
    assert came(cast, "mail 3", sender="sales@offers.example").rule == "unknown_sender"
    entries = Entry.objects.filter(verb__startswith="sender.").order_by("seq")
    assert [entry.verb for entry in entries] == ["sender.silenced", "sender.heard_again"]
    assert hear_sender(silenced=silenced, actor=SYSTEM, now=TUESDAY) == 0


def test_never_holds_for_the_mailbox_it_was_said_of_and_for_nobody_whom_we_know(cast: Cast) -> None:
    theirs = came(cast, "to oakhurst", business=cast.oakhurst)
    assert post(cast.sam, theirs, "silence").status_code == 403  # the business decides about its own mailbox
    assert post(cast.ruth, theirs, "silence").status_code == 303
    assert came(cast, "to fennimore").rule == "unknown_sender"
    assert came(cast, "to oakhurst again", business=cast.oakhurst).rule == "silenced"
    Address.objects.create(business=cast.oakhurst, person=cast.dele.person, email=DELE_AT_HOME, is_first=False)
    assert came(cast, "from dele", business=cast.oakhurst).state == "taken"


def test_only_this_one_is_a_request_and_the_sender_stays_unknown(cast: Cast) -> None:
    item = came(cast, "mail")
    again = came(cast, "mail again")
    response = post(cast.sam, item, "request", person=cast.dele.person.id)
    ticket = Ticket.objects.get()
    assert response["Location"] == f"/requests/{ticket.id}/"
    assert (ticket.subject, ticket.requester_id, ticket.source) == ("mail", cast.dele.person.id, "email")
    entry = Entry.objects.get(verb="ticket.opened")
    assert entry.actor_id == cast.sam.person.id
    assert not Address.objects.filter(email=DELE_AT_HOME).exists()
    again.refresh_from_db()
    assert again.asks_at is not None
    assert post(cast.sam, item, "request", person=cast.dele.person.id)["Location"] == f"/requests/{ticket.id}/"
    made = make_request(
        item_id=item.id, engagements=[cast.engagement], person=cast.dele.person, actor=actor(cast.sam), now=TUESDAY
    )
    assert made.id == ticket.id
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "rule"),
    [("Auto-Submitted: auto-replied\r\n", "auto_reply"), ("List-Id: <news.example>\r\n", "list")],
)
def test_what_was_taken_for_a_machine_becomes_a_request_by_hand(cast: Cast, headers: str, rule: str) -> None:
    item = came(cast, "mail", sender="dele@oakhurst.example", headers=headers)
    assert (item.rule, item.asks_at) == (rule, None)
    page = client_of(cast.sam).get(f"/inbox/{item.id}/").content.decode()
    assert "Is it a request after all?" in page
    assert f"/inbox/{item.id}/silence/" not in page
    post(cast.sam, item, "request", person=cast.dele.person.id)
    assert Ticket.objects.get().subject == "mail"


def test_what_is_here_already_is_not_made_a_request_again(cast: Cast) -> None:
    item = came(cast, "mail")
    InboxItem.objects.filter(pk=item.pk).update(rule="seen_before", asks_at=None)
    assert post(cast.sam, item, "request", person=cast.dele.person.id).status_code == 403


def test_a_mailbox_of_several_clients_asks_first_whose_it_is(cast: Cast) -> None:
    mill = Business.objects.create(name="Mill Lane", began_at=SINCE)
    engage(business=mill, supplier=cast.fennimore, country="GB", actor=SYSTEM, now=SINCE)
    item = came(cast, "mail")
    client = client_of(cast.sam)
    page = client.get(f"/inbox/{item.id}/").content.decode()
    assert "Choose the business above first." in page
    assert str(cast.dele.person.id) not in page
    refused = post(cast.sam, item, "sender", person=cast.dele.person.id)
    assert refused.status_code == 422
    page = client.get(f"/inbox/{item.id}/?for={cast.oakhurst.id}").content.decode()
    assert "Somebody new at Oakhurst Joinery" in page
    neighbour = came(cast, "mail of a neighbour", sender="new@oakhurst.example")
    assert "Somebody new at Oakhurst Joinery" in client.get(f"/inbox/{neighbour.id}/").content.decode()
    assert client.get(f"/inbox/{item.id}/?for=nonsense").status_code == 404


def test_the_page_fetches_and_draws_nothing_of_the_mail(cast: Cast) -> None:
    raw = (
        b"From: x <mallory@evil.example>\r\nSubject: <script>s()</script>\r\nContent-Type: text/html\r\n\r\n"
        b"<p>Hello <img src='https://evil.example/p.gif' alt='<b>'> <script>s()</script><a href='https://e.test'>x</a></p>"
    )
    item, _ = keep_raw(data=raw, source="mailbox", origin="test:html", now=TUESDAY, supplier=cast.fennimore)
    take_in(item_id=item.id, now=TUESDAY)
    page = client_of(cast.sam).get(f"/inbox/{item.id}/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Hello" in main
    assert "evil.example/p.gif" not in main
    assert "<script>" not in main
    assert "x &lt;https://e.test&gt;" in main


def test_decisions_of_two_at_once_are_one(cast: Cast) -> None:
    item = came(cast, "mail")
    assert silence_sender(item=item, actor=SYSTEM, now=TUESDAY) == silence_sender(item=item, actor=SYSTEM, now=TUESDAY)
    assert Entry.objects.filter(verb="sender.silenced").count() == 1


def test_it_works_with_nothing_but_forms_and_a_keyboard(cast: Cast) -> None:
    item = came(cast, "mail")
    page = client_of(cast.sam).get(f"/inbox/{item.id}/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count("<form") == main.count("csrfmiddlewaretoken")
    assert "onclick" not in main
    inbox = client_of(cast.sam).get("/inbox/").content.decode()
    assert "1 sender waits for your word." in inbox
    assert f'href="/inbox/{item.id}/"' in inbox
    assert Client().get(f"/inbox/{item.id}/").status_code == 302


HOUR = dt.timedelta(hours=1)


def told(*, since: dt.datetime) -> list[str]:
    return sorted(
        OutgoingMessage.objects.filter(key__startswith="asks:", made_at__gte=since).values_list("recipient", flat=True)
    )


def test_those_who_decide_are_told_within_the_hour_and_once(cast: Cast) -> None:
    for number in range(3):
        came(cast, f"mail {number}", sender=f"{number}@home.example")
    came(cast, "to oakhurst", business=cast.oakhurst)
    tick(now=TUESDAY + dt.timedelta(minutes=39), schedule=False)  # it is 9:59
    assert not OutgoingMessage.objects.exists()
    tick(now=TUESDAY + dt.timedelta(minutes=41), schedule=False)
    tick(now=TUESDAY + 2 * HOUR, schedule=False)
    assert told(since=TUESDAY) == ["asha@fennimore.example", "maria@oakhurst.example", "ruth@oakhurst.example"]
    mail = OutgoingMessage.objects.get(recipient="asha@fennimore.example")
    content = content_of(mail)
    assert content.subject == "3 senders wait for your word"
    assert "- 1@home.example: mail 1" in content.text
    assert "The printer is on fire" not in content.text
    assert content.headers["Auto-Submitted"] == "auto-generated"
    assert content_of(OutgoingMessage.objects.get(recipient="ruth@oakhurst.example")).text.count("- ") == 1


def test_nobody_is_told_of_what_was_decided_meanwhile(cast: Cast) -> None:
    item = came(cast, "mail")
    silence_sender(item=item, actor=SYSTEM, now=TUESDAY)
    tick(now=TUESDAY + HOUR, schedule=False)
    assert told(since=TUESDAY) == []


def test_a_flood_of_strangers_is_four_mails_a_day_and_the_rest_is_told_tomorrow(cast: Cast) -> None:
    for hour in range(8):
        now = TUESDAY + hour * HOUR
        raw = f"From: {hour}@evil.example\r\nSubject: x\r\nMessage-ID: <{hour}@e>\r\n\r\nx\r\n".encode()
        keep_raw(data=raw, source="mailbox", origin=f"flood:{hour}", now=now, supplier=cast.fennimore)
        tick(now=now, schedule=False)
        tick(now=now + dt.timedelta(minutes=41), schedule=False)
    assert told(since=TUESDAY) == 4 * ["asha@fennimore.example"]
    tomorrow = TUESDAY + dt.timedelta(days=1, hours=9)
    tick(now=tomorrow, schedule=False)
    assert "asha@fennimore.example" in told(since=tomorrow)
