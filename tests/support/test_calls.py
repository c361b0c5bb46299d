"""A call that somebody answered: one form, one transaction, and who may be found by it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.outbox.models import OutboxItem
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.models import Person
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.telling import tell_opened
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.verdict import quick
from quietmonday.support.models import Assignment, Message, Promise, Resolution, Ticket
from quietmonday.work.models import TimeEntry
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of
from tests.support.test_report_page import token_of

pytestmark = pytest.mark.django_db

NEW = "/calls/new/"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def sent(cast: Cast, **more: Any) -> dict[str, Any]:
    """What the form sends for a call of Dele's, unless said otherwise."""
    return {
        "q": "dele",
        "caller": str(cast.dele.person.pk),
        "subject": "Cannot print",
        "outcome": "noted",
        "kind": "incident",
        "priority": "3",
    } | more


@pytest.fixture
def sam(cast: Cast) -> Client:
    """Sam, who has met Dele before."""
    resolve(ticket=asked(cast, "Before", at=now() - dt.timedelta(days=30)), kind="fixed", actor=actor(cast.sam),
            now=now() - dt.timedelta(days=29))  # fmt: skip
    return client_of(cast.sam)


def test_a_call_that_was_solved_is_one_sending(cast: Cast, sam: Client) -> None:
    response = sam.post(NEW, sent(cast, outcome="for_good", minutes="5", text="Turned it off and on"), follow=True)
    ticket = Ticket.objects.get(subject="Cannot print")
    assert f"On record and settled: request {ticket.work_item.number}." in response.content.decode()
    assert (ticket.source, ticket.state, ticket.requester_id) == ("phone", "resolved", cast.dele.person.pk)
    assert ticket.messages.get().text == "Turned it off and on"
    assert Resolution.objects.get(ticket=ticket).kind == "fixed"
    time = TimeEntry.objects.get()
    assert (time.minutes, time.person_id, time.engagement_id) == (5, cast.sam.person.pk, cast.engagement.pk)
    assert time.at == ticket.reported_at
    assert dt.timedelta(minutes=4) < now() - time.at < dt.timedelta(minutes=6)
    told = Entry.objects.filter(subject_id=ticket.pk).order_by("id").values_list("verb", flat=True)
    assert list(told) == ["ticket.opened", "ticket.time_spent", "ticket.resolved"]


def test_answered_live_is_answered_at_once(cast: Cast, sam: Client) -> None:
    sam.post(NEW, sent(cast, outcome="for_good"))
    facts = facts_from_json(Ticket.objects.get(subject="Cannot print").verdict.inputs)
    assert facts.phone_answered_live
    assert quick(facts, now()).value == "yes"


def test_a_call_with_a_promise_is_open_and_taken(cast: Cast, sam: Client) -> None:
    word = (now() + dt.timedelta(hours=3)).replace(microsecond=0)
    response = sam.post(NEW, sent(cast, outcome="promised", next_word=word.isoformat(), mine="on"), follow=True)
    ticket = Ticket.objects.get(subject="Cannot print")
    assert (ticket.state, ticket.next_word_by, ticket.respond_by) == ("open", word, None)
    assert ticket.assignee_id == cast.sam.person.pk
    assert "Next word by" in response.content.decode()


def test_nobody_takes_it_who_does_not_say_so(cast: Cast, sam: Client) -> None:
    word = now() + dt.timedelta(hours=3)
    sam.post(NEW, sent(cast, outcome="promised", next_word=word.isoformat()))
    assert not Assignment.objects.exists()


def test_only_on_record_promises_nothing(cast: Cast, sam: Client) -> None:
    word = now() + dt.timedelta(hours=3)
    sam.post(NEW, sent(cast, next_word=word.isoformat(), mine="on"))
    ticket = Ticket.objects.get(subject="Cannot print")
    assert (ticket.state, ticket.next_word_by, ticket.assignee) == ("open", None, None)
    assert not TimeEntry.objects.exists()  # nobody said how long


def test_a_call_about_an_open_request_goes_there(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=3))
    answered(cast, ticket, "Which ones?", at=now() - dt.timedelta(hours=2), waits_for="customer",
             next_word_by=now() + dt.timedelta(hours=1))  # fmt: skip
    page = sam.get(f"{NEW}?q=dele").content.decode()
    assert f"{ticket.work_item.number} Scanners lose Wi-Fi" in page
    sam.post(NEW, sent(cast, about=str(ticket.pk), subject="", text="All of them", minutes="3"))
    ticket.refresh_from_db()
    assert Ticket.objects.count() == 2
    message = ticket.messages.latest("recorded_at")
    assert (message.text, message.channel, message.side) == ("All of them", "phone", "supplier")
    assert ticket.move == "supplier"  # they have answered
    assert Promise.objects.get(ticket=ticket).kept is True
    assert TimeEntry.objects.get().work_item_id == ticket.work_item_id


def test_a_call_said_to_be_earlier_keeps_no_promise_that_was_broken(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=5))
    due = now() - dt.timedelta(hours=1)
    answered(cast, ticket, "Soon", at=now() - dt.timedelta(hours=4), next_word_by=due)
    earlier = (now() - dt.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    for more in ({"minutes": "300"}, {"began": earlier}):
        sent_now = sent(cast, about=str(ticket.pk), text="We spoke", **more)
        assert sam.post(NEW, sent_now).status_code == 303
    assert Promise.objects.get(ticket=ticket).kept is False
    assert ticket.messages.latest("recorded_at").text == "Cannot print\n\nWe spoke"


def test_a_call_about_what_waits_for_others_leaves_it_waiting(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=3))
    answered(cast, ticket, "Ordered", at=now() - dt.timedelta(hours=2), waits_for="third_party")
    sam.post(NEW, sent(cast, about=str(ticket.pk), text="Asks how it stands"))
    ticket.refresh_from_db()
    assert ticket.move == "third_party"


def test_a_call_can_settle_an_open_request(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=3))
    sam.post(NEW, sent(cast, about=str(ticket.pk), text="Works again", outcome="working"))
    ticket.refresh_from_db()
    assert ticket.state == "resolved"
    topics = set(OutboxItem.objects.filter(put_at__gte=now() - dt.timedelta(minutes=1)).values_list("topic", flat=True))
    assert topics == {"support.ask_feedback", "support.settled"}  # what was said is not mailed besides


def test_what_was_settled_meanwhile_is_said(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=3))
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=now())
    response = sam.post(NEW, sent(cast, about=str(ticket.pk), text="Still"))
    assert response.status_code == 422
    assert "That one is not open any more." in response.content.decode()


def test_nobody_is_told_of_what_was_settled_in_the_call(cast: Cast, sam: Client) -> None:
    sam.post(NEW, sent(cast, outcome="for_good"))
    before = OutboxItem.objects.filter(topic="outbox.send_mail").count()
    tell_opened(ticket_id=Ticket.objects.get(subject="Cannot print").pk, now=now())
    assert OutboxItem.objects.filter(topic="outbox.send_mail").count() == before


def test_the_same_form_sent_twice_is_one_call(cast: Cast, sam: Client) -> None:
    ticket = asked(cast, at=now() - dt.timedelta(hours=3))
    for about in ("", str(ticket.pk)):
        form = sent(cast, about=about, text="Twice", minutes="3", token=token_of(sam.get(NEW).content.decode()))
        first, second = sam.post(NEW, form), sam.post(NEW, form)
        assert (first.status_code, first["Location"]) == (303, second["Location"])
    assert Ticket.objects.filter(subject="Cannot print").count() == 1
    assert sorted(Message.objects.filter(text__contains="Twice").values_list("text", flat=True)) == [
        "Cannot print\n\nTwice",
        "Twice",
    ]
    assert TimeEntry.objects.count() == 2


def test_somebody_who_is_not_on_record_is_added_with_the_call(cast: Cast, sam: Client) -> None:
    form = sent(cast, q="nia", caller="new", name="Nia Cole", client=str(cast.oakhurst.pk), phone="020 7946 0777")
    assert sam.post(NEW, form).status_code == 303
    nia = Person.objects.get(name="Nia Cole")
    assert (nia.business_id, nia.phone) == (cast.oakhurst.pk, "020 7946 0777")
    assert Ticket.objects.get(subject="Cannot print").requester_id == nia.pk
    assert "Nia Cole" in sam.get(f"{NEW}?q=0777").content.decode()


def test_who_bears_the_name_of_somebody_on_record_is_not_added_twice(cast: Cast, sam: Client) -> None:
    """The supplier has not met Bill, so the form does not show him."""
    assert "Bill Hartley" not in sam.get(f"{NEW}?q=bill").content.decode()
    sam.post(NEW, sent(cast, q="bill", caller="new", name="bill  HARTLEY", client=str(cast.oakhurst.pk)))
    assert Ticket.objects.get(subject="Cannot print").requester_id == cast.bill.person.pk


def test_of_two_who_bear_the_name_neither_is_guessed(cast: Cast, sam: Client) -> None:
    for _ in range(2):
        Person.objects.create(business=cast.oakhurst, name="Pat Lee", since=now())
    sam.post(NEW, sent(cast, q="pat", caller="new", name="Pat Lee", client=str(cast.oakhurst.pk)))
    assert Person.objects.filter(name="Pat Lee").count() == 3


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"caller": "", "q": ""}, "Say who is calling."),
        ({"caller": ""}, "Look whether it is them, then send it again."),
        ({"caller": str(uuid.uuid4())}, "Look whether it is them, then send it again."),
        ({"caller": "new", "q": "xyz"}, "Write the name of who is calling."),
        ({"subject": " "}, "Say in one line what it is."),
        ({"outcome": ""}, "Say what came of it."),
        ({"outcome": "promised"}, "Say by when you speak again."),
        ({"outcome": "promised", "next_word": "2020-01-01T10:00:00+00:00"}, "Choose a time that is still to come."),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "1441"}, "That is more than a day"),
        ({"began": "2999-01-01T10:00"}, "still to come"),
        ({"began": "2020-01-01T10:00"}, "more than a month ago"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cast: Cast, sam: Client, more: dict[str, str], says: str
) -> None:
    response = sam.post(NEW, sent(cast, text="Typed already", **more))
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert "Typed already" in page
    assert not Ticket.objects.filter(subject="Cannot print").exists()


def test_looking_somebody_up_without_scripts_keeps_what_was_typed(cast: Cast, sam: Client) -> None:
    response = sam.post(NEW, sent(cast, caller="", text="Typed already", find="1"))
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(rf'value="{cast.dele.person.pk}"[^>]*checked', page)
    assert "Typed already" in page
    assert "Cannot print" in page
    assert "another look" not in page


def test_enter_after_the_name_shows_who_fits_and_goes_on_to_the_subject(cast: Cast, sam: Client) -> None:
    response = sam.post(NEW, {"q": "dele", "kind": "incident", "priority": "3", "minutes": ""})
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(rf'value="{cast.dele.person.pk}"[^>]*checked', page)
    assert re.search(r'name="subject"[^>]*autofocus', page)


def test_an_older_choice_does_not_outlive_what_is_typed_now(cast: Cast, sam: Client) -> None:
    response = sam.post(NEW, sent(cast, q="ruth"))
    assert response.status_code == 422
    assert re.search(rf'value="{cast.ruth.person.pk}"[^>]*checked', response.content.decode())


@pytest.mark.parametrize("typed", ["zzz", "Tilden", "Kim", "Jo Marsh", "ruth lindqvist"])
def test_nobody_is_found_whom_the_supplier_has_not_met(cast: Cast, sam: Client, typed: str) -> None:
    page = sam.get(NEW, {"q": typed}).content.decode()
    assert "Nobody you know fits." in page
    assert not {"Kim Vale", "Jo Marsh", "Bill Hartley"} & set(re.findall(r"<span>([\w ]+),", page))


def test_the_id_of_somebody_of_another_business_is_nobody(cast: Cast, sam: Client) -> None:
    for who in (cast.kim, cast.bill):
        response = sam.post(NEW, sent(cast, q="", caller=str(who.person.pk)))
        assert response.status_code == 422
        assert who.person.name not in response.content.decode()


def test_a_newcomer_works_for_a_client_of_ours(cast: Cast, sam: Client) -> None:
    response = sam.post(NEW, sent(cast, caller="new", name="Nia", client=str(cast.tilden.pk)))
    assert response.status_code == 422
    assert not Person.objects.filter(name="Nia").exists()


def test_somebody_at_two_clients_is_two_entries_to_choose_from(cast: Cast, sam: Client) -> None:
    ashby = type(cast.oakhurst).objects.create(name="Ashby Dental", zone="Europe/Paris", began_at=now())
    from quietmonday.people.actions.engagements import engage

    other = Person.objects.create(business=ashby, name="Dele Adeyemi", since=now())
    engage(business=ashby, supplier=cast.fennimore, country="GB", actor=actor(cast.asha), now=now(), owner=other)
    page = sam.get(f"{NEW}?q=adeyemi").content.decode()
    assert "2 people fit." in page
    assert "checked" not in page.partition('id="callers"')[2].partition("</fieldset>")[0]
    assert "Dele Adeyemi, Ashby Dental" in page
    assert sam.get(f"{NEW}?q=adeyemi+ash").content.decode().count("Dele Adeyemi, ") == 1


@pytest.mark.parametrize("who", ["dele", "ruth", "jo", "ada"])
def test_only_who_works_for_clients_logs_calls(cast: Cast, who: str) -> None:
    assert client_of(getattr(cast, who)).get(NEW).status_code == 403


def test_an_ended_engagement_is_not_called_for(cast: Cast, sam: Client) -> None:
    end_engagement(engagement=cast.engagement, actor=actor(cast.asha), now=now())
    assert sam.post(NEW, sent(cast)).status_code == 403
    assert not Ticket.objects.filter(subject="Cannot print").exists()


def test_the_page_costs_the_same_for_one_and_many(cast: Cast, sam: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert sam.get(f"{NEW}?q=dele").status_code == 200
        return len(queries)

    asked(cast, at=now())
    cost()
    one = cost()
    for number in range(3):
        asked(cast, f"More {number}", at=now())
    assert (one, cost()) == (one, one)
    assert one <= 12
