"""What can be done to a request from its page: each verb, who may, what is refused and how."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import Dispute, Feedback, Message, Pause, Promise, Repeat, Resolution, Ticket
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, wrote

pytestmark = pytest.mark.django_db

SUPPLIER_VERBS = (
    *("notes", "calls", "promise", "waiting", "move", "assignment", "priority"),
    *("resolution", "permanent_fix", "disputes", "repeat"),
)
ALL_VERBS = (*SUPPLIER_VERBS, "messages", "reopening", "aside", "feedback_signed_in")


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Dele asked an hour ago."""
    return asked(cast, at=ago(60))


@pytest.fixture
def post(cast: Cast, ticket: Ticket) -> Callable[..., HttpResponse]:
    """Send a form of the request's page."""

    def send(who: Member, verb: str, **fields: object) -> HttpResponse:
        return client_of(who).post(reverse(f"support:{verb}", args=[ticket.id]), fields)

    return send


Post = Callable[..., HttpResponse]


def taken(response: HttpResponse, ticket: Ticket) -> bool:
    """Return whether the form was taken and the browser sent back to the request."""
    return (response.status_code, response["Location"]) == (303, reverse("support:ticket", args=[ticket.id]))


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_no_verb_answers_to_get(cast: Cast, ticket: Ticket, verb: str) -> None:
    assert client_of(cast.sam).get(reverse(f"support:{verb}", args=[ticket.id])).status_code == 405


@pytest.mark.parametrize("verb", SUPPLIER_VERBS)
def test_the_customer_is_refused_every_verb_of_the_supplier(cast: Cast, ticket: Ticket, post: Post, verb: str) -> None:
    assert {post(who, verb).status_code for who in (cast.dele, cast.ruth)} == {403}


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_an_outsider_gets_404_from_every_verb(cast: Cast, ticket: Ticket, post: Post, verb: str) -> None:
    assert {post(who, verb, text="x").status_code for who in (cast.bill, cast.ines, cast.jo, cast.lee)} == {404}
    assert Message.objects.count() == 1


def test_the_supplier_writes_promises_and_waits_in_one_form(cast: Cast, ticket: Ticket, post: Post) -> None:
    due = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).replace(microsecond=0)
    response = post(cast.sam, "messages", text="Which one?", next_word=due.isoformat(), after="customer")
    assert taken(response, ticket)
    message = Message.objects.get(side="supplier")
    assert (message.text, message.public, message.supplier_id) == ("Which one?", True, cast.fennimore.id)
    assert Promise.objects.get().due_at == due
    assert Pause.objects.get().question_id == message.id


def test_ones_own_time_takes_the_place_of_the_chosen_one(cast: Cast, ticket: Ticket, post: Post) -> None:
    wall = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).strftime("%Y-%m-%dT10:30")
    assert taken(post(cast.sam, "messages", text="Soon.", own_time=wall), ticket)
    assert Promise.objects.get().due_at.strftime("%Y-%m-%dT%H:%M") == wall


def test_a_refused_message_keeps_what_was_typed(cast: Cast, ticket: Ticket, post: Post) -> None:
    response = post(cast.sam, "messages", text="A long answer that took an hour", after="agreed_date")
    shown = response.content.decode()
    assert response.status_code == 422
    assert "A long answer that took an hour" in shown
    assert "Say until when it is put off." in shown
    assert 'href="#message_until"' in shown
    assert Message.objects.count() == 1


@pytest.mark.parametrize("moment", ["2020-01-01T10:00", "2999-01-01T10:00", "yesterday", "9999-12-31T23:59"])
def test_a_time_that_is_no_time_to_come_is_refused(cast: Cast, ticket: Ticket, post: Post, moment: str) -> None:
    assert post(cast.sam, "promise", own_time=moment).status_code == 422
    assert not Promise.objects.exists()


def test_nothing_said_is_refused_in_words(cast: Cast, ticket: Ticket, post: Post) -> None:
    for who, verb in ((cast.sam, "messages"), (cast.dele, "messages"), (cast.sam, "notes")):
        response = post(who, verb, text="  ")
        assert response.status_code == 422
        assert "Write a sentence or add a file." in response.content.decode()


def test_a_file_alone_is_a_message(cast: Cast, ticket: Ticket, post: Post) -> None:
    response = post(cast.dele, "messages", text="", attached=SimpleUploadedFile("shot.png", b"not really"))
    assert taken(response, ticket)
    assert Message.objects.latest("recorded_at").attachments.get().name == "shot.png"


def test_the_requesters_word_ends_the_wait(cast: Cast, ticket: Ticket, post: Post) -> None:
    answered(cast, ticket, "Which one?", at=ago(30), waits_for="customer")
    assert taken(post(cast.dele, "messages", text="All."), ticket)
    ticket.refresh_from_db()
    assert ticket.move == "supplier"
    assert Message.objects.latest("recorded_at").author_id == cast.dele.person.id


def test_a_note_stays_with_the_supplier_and_a_call_is_public(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert taken(post(cast.sam, "notes", text="Old switch"), ticket)
    assert taken(post(cast.sam, "calls", text="Rang Dele"), ticket)
    note, call = Message.objects.filter(side="supplier").order_by("recorded_at")
    assert (note.public, call.public, call.channel) == (False, True, "phone")


def test_waiting_without_asking_is_allowed_and_said(cast: Cast, ticket: Ticket, post: Post) -> None:
    response = client_of(cast.sam).post(
        reverse("support:waiting", args=[ticket.id]), {"reason": "third_party"}, follow=True
    )
    shown = response.content.decode()
    assert "the clock runs on" in shown
    assert "Set to waiting without a question. The clock ran on." in shown
    assert taken(post(cast.sam, "move"), ticket)
    ticket.refresh_from_db()
    assert ticket.move == "supplier"


def test_it_is_handed_to_a_colleague_and_to_nobody_else(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert taken(post(cast.asha, "assignment", person=str(cast.sam.person.id)), ticket)
    ticket.refresh_from_db()
    assert ticket.assignee_id == cast.sam.person.id
    for stranger in (cast.finn, cast.ines, cast.dele):
        assert post(cast.asha, "assignment", person=str(stranger.person.id)).status_code == 422
    assert taken(post(cast.asha, "assignment", person=""), ticket)


def test_priority_is_one_of_four(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert taken(post(cast.sam, "priority", priority="1"), ticket)
    ticket.refresh_from_db()
    assert ticket.priority == 1
    assert {post(cast.sam, "priority", priority=bad).status_code for bad in ("0", "5", "-1", "one")} == {422}


def test_one_tap_settles_for_good(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert taken(post(cast.sam, "resolution", kind="fixed"), ticket)
    ticket.refresh_from_db()
    assert ticket.state == "resolved"
    again = post(cast.sam, "resolution", kind="fixed")
    assert again.status_code == 422
    assert "It is settled already" in again.content.decode()
    assert Resolution.objects.count() == 1


def test_a_workaround_needs_a_day_to_come(cast: Cast, ticket: Ticket, post: Post) -> None:
    for until in ("", "2020-01-01", "2999-01-01", "soon"):
        response = post(cast.sam, "resolution", kind="workaround", until=until, note="By the office printer")
        assert response.status_code == 422
        assert "By the office printer" in response.content.decode()
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=3)).date()
    assert taken(post(cast.sam, "resolution", kind="workaround", until=until.isoformat()), ticket)
    assert Resolution.objects.get().workaround_until == until
    assert taken(post(cast.sam, "permanent_fix"), ticket)
    assert Resolution.objects.get().fixed_by_name == "Sam Kessler"


@pytest.mark.parametrize("who", ["dele", "ruth", "sam"])
def test_both_sides_may_open_it_again(cast: Cast, ticket: Ticket, post: Post, who: str) -> None:
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(10))
    assert taken(post(getattr(cast, who), "reopening", note="Still drops"), ticket)
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_who_leads_the_business_may_set_it_aside_and_staff_may_not(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert post(cast.dele, "aside", state="cancelled").status_code == 403
    assert post(cast.ruth, "aside", state="resolved").status_code == 422
    assert taken(post(cast.ruth, "aside", state="cancelled", note="The scanner was switched off."), ticket)
    ticket.refresh_from_db()
    assert ticket.state == "cancelled"
    shown = client_of(cast.dele).get(reverse("support:ticket", args=[ticket.id])).content.decode()
    assert "Ruth Okafor: set aside. Not needed any more." in shown
    assert "The scanner was switched off." in shown


def test_a_dispute_stands_beside_the_verdict(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert taken(post(cast.sam, "disputes", about="quick", note="We waited for the part."), ticket)
    assert taken(post(cast.sam, "disputes", about="quick", note="We waited for the part."), ticket)
    assert Dispute.objects.get().by_name == "Sam Kessler"
    shown = client_of(cast.ruth).get(reverse("support:ticket", args=[ticket.id])).content.decode()
    assert "Sam Kessler objects to “Quick?”:" in shown


def test_a_repeat_is_linked_by_number(cast: Cast, ticket: Ticket, post: Post) -> None:
    earlier = asked(cast, "Scanners, first time", at=ago(6000))
    foreign = asked(cast, "Theirs", by=cast.jo, engagements=[cast.tilden_engagement], at=ago(9000))
    assert foreign.work_item.number == 1
    for number in ("99", "0", str(ticket.work_item.number), "x" * 50):
        assert post(cast.sam, "repeat", number=number).status_code == 422
    assert taken(post(cast.sam, "repeat", number=str(earlier.work_item.number)), ticket)
    assert (Repeat.objects.get().earlier_id, Repeat.objects.get().later_id) == (earlier.id, ticket.id)
    later_first = client_of(cast.sam).post(
        reverse("support:repeat", args=[earlier.id]), {"number": str(ticket.work_item.number)}
    )
    assert later_first.status_code == 422


def test_only_the_requester_answers_whether_it_is_solved(cast: Cast, ticket: Ticket, post: Post) -> None:
    assert post(cast.dele, "feedback_signed_in", answer="solved").status_code == 403
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(10))
    assert {post(who, "feedback_signed_in", answer="solved").status_code for who in (cast.ruth, cast.sam)} == {403}
    assert post(cast.dele, "feedback_signed_in", answer="perhaps").status_code == 422
    assert taken(post(cast.dele, "feedback_signed_in", answer="partly", text="Slow"), ticket)
    assert (Feedback.objects.get().answer, Feedback.objects.get().text) == ("partly", "Slow")


def test_a_settled_request_takes_words_but_no_promise(cast: Cast, ticket: Ticket, post: Post) -> None:
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(10))
    due = dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)
    assert taken(post(cast.sam, "messages", text="By the way", next_word=due.isoformat(), after="customer"), ticket)
    assert taken(post(cast.sam, "promise", next_word=due.isoformat()), ticket)
    assert taken(post(cast.sam, "waiting", reason="customer"), ticket)
    assert not Promise.objects.exists()
    assert not Pause.objects.exists()


def test_a_question_stops_the_time_to_mend_at_once(cast: Cast) -> None:
    ticket = asked(cast, at=TUESDAY)
    answered(cast, ticket, "Which scanner?", at=TUESDAY + dt.timedelta(minutes=10), waits_for="customer")
    ticket.refresh_from_db()
    assert (ticket.restore_by, ticket.attention_at) == (None, None)
    wrote(ticket, cast.dele, "All of them.", at=TUESDAY + dt.timedelta(hours=3))
    ticket.refresh_from_db()
    assert ticket.restore_by is not None
    assert ticket.attention_at == ticket.restore_by
