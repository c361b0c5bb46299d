"""The page of one request: who sees what of it, what it shows, what it costs."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def page_of(ticket: Ticket) -> str:
    return reverse("support:ticket", args=[ticket.id])


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def talked_over(cast: Cast, messages: int) -> Ticket:
    ticket = asked(cast, at=ago(300))
    for number in range(messages - 1):
        answered(cast, ticket, f"Word {number}", at=ago(250 - number))
    return ticket


@pytest.mark.parametrize("who", ["sam", "asha", "dele", "ruth", "maria"])
def test_both_sides_of_a_request_see_its_page(cast: Cast, who: str) -> None:
    ticket = asked(cast, at=ago(60))
    response = client_of(getattr(cast, who)).get(page_of(ticket))
    assert response.status_code == 200
    assert "Scanners lose Wi-Fi" in response.content.decode()


@pytest.mark.parametrize("who", ["sam", "dele", "ruth"])
def test_whoever_asks_for_a_request_by_another_id_of_theirs_finds_their_requests_afterwards(
    cast: Cast, who: str
) -> None:
    ticket = asked(cast, at=ago(60))
    client = client_of(getattr(cast, who))
    for ref in (cast.oakhurst.pk, cast.engagement.pk, cast.fennimore.pk, getattr(cast, who).person.pk):
        assert client.get(reverse("support:ticket", args=[ref])).status_code == 404
    assert client.get(page_of(ticket)).status_code == 200


@pytest.mark.parametrize("who", ["bill", "ines", "jo", "kim", "lee", "ada"])
def test_an_outsider_gets_the_404_of_an_absent_page(cast: Cast, who: str) -> None:
    ticket = asked(cast, at=ago(60))
    client = client_of(getattr(cast, who))
    outside, absent = client.get(page_of(ticket)), client.get(reverse("support:ticket", args=[uuid.uuid4()]))
    assert (outside.status_code, absent.status_code) == (404, 404)
    assert "Scanners" not in outside.content.decode()


def test_who_is_signed_out_or_has_left_goes_to_sign_in(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60))
    for client in (Client(), client_of(cast.finn)):
        response = client.get(page_of(ticket))
        assert response.status_code == 302
        assert "sign-in" in response["Location"]


@pytest.mark.parametrize("who", ["sam", "dele", "ruth"])
def test_the_page_costs_the_same_few_queries_at_one_and_at_three_messages(cast: Cast, who: str) -> None:
    counts = []
    for messages in (1, 3):
        ticket = talked_over(cast, messages)
        client = client_of(getattr(cast, who))
        client.get(page_of(ticket))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(ticket)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_two_requests_of_one_shape_say_each_its_own_and_to_each_viewer_theirs(cast: Cast) -> None:
    """What happened is asked by one query for all requests of a business of which the same tables have something."""
    pages = {}
    for name in ("scanner", "printer"):
        ticket = asked(cast, f"The {name}", at=ago(60))
        answered(cast, ticket, f"I look at the {name}", at=ago(50))
        resolve(ticket=ticket, kind="fixed", note=f"{name} mended", actor=actor(cast.sam), now=ago(40))
        tag(ticket=ticket, names=[f"tag-{name}"], actor=actor(cast.sam), now=ago(39))
        spend_time(
            ticket=ticket, engagement=cast.engagement, person=cast.sam.person, minutes=len(name), at=ago(40),
            actor=actor(cast.sam), now=ago(38), note=f"time-{name}",
        )  # fmt: skip
        pages[name] = page_of(ticket)
    for who in (cast.sam, cast.ruth, cast.asha, cast.maria):
        html = {name: client_of(who).get(url).content.decode() for name, url in pages.items()}
        for name, other in (("scanner", "printer"), ("printer", "scanner")):
            for words_of in (f"{name} mended", f"tag-{name}"):
                assert words_of in html[name], (who.person.name, name)
            assert f"{other} mended" not in html[name] and f"tag-{other}" not in html[name]
            assert (f"time-{name}" in html[name]) is (who in (cast.sam, cast.asha))


def test_a_note_is_seen_by_its_own_supplier_only(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60), engagements=[cast.engagement, cast.line_engagement])
    note_for_colleagues(
        ticket=ticket,
        words=words(cast.sam, "Their switch is ancient", ago(50)),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=ago(50),
    )
    assert "Their switch is ancient" in client_of(cast.asha).get(page_of(ticket)).content.decode()
    for other in (cast.dele, cast.ruth, cast.ines):
        shown = client_of(other).get(page_of(ticket)).content.decode()
        assert "Scanners lose Wi-Fi" in shown
        assert "Their switch is ancient" not in shown


def test_a_question_and_its_answer_say_what_the_clock_did(cast: Cast) -> None:
    ticket = asked(cast, at=ago(300))
    answered(cast, ticket, "Which one?", at=ago(240), waits_for="customer")
    wrote(ticket, cast.dele, "All of them", at=ago(165))
    ours = client_of(cast.sam).get(page_of(ticket)).content.decode()
    assert "Question to Dele Adeyemi. Our clock stopped here." in ours
    assert "Answered after 1 h 15. Our clock runs again." in ours
    theirs = client_of(cast.dele).get(page_of(ticket)).content.decode()
    assert "Fennimore IT’s clock stopped here." in theirs


def test_the_customer_gets_no_verb_of_the_supplier(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60))
    shown = client_of(cast.dele).get(page_of(ticket)).content.decode()
    for verb in ("resolution", "notes", "calls", "promise", "waiting", "assignment", "priority", "disputes", "repeat"):
        assert reverse(f"support:{verb}", args=[ticket.id]) not in shown
    assert reverse("support:messages", args=[ticket.id]) in shown


def test_the_requester_of_a_settled_request_is_asked_whether_it_is_solved(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60))
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(30))
    action = reverse("support:feedback_signed_in", args=[ticket.id])
    assert action in client_of(cast.dele).get(page_of(ticket)).content.decode()
    assert action not in client_of(cast.ruth).get(page_of(ticket)).content.decode()


def test_mail_that_nobody_vouches_for_says_so(cast: Cast) -> None:
    ticket = asked(cast, at=ago(60))
    Message.objects.filter(ticket=ticket).update(verified=False)
    shown = client_of(cast.sam).get(page_of(ticket)).content.decode()
    assert "By mail; only the mail says who wrote it." in shown


def test_the_verdict_is_worked_out_as_of_now_not_as_stored(cast: Cast) -> None:
    ticket = asked(cast, at=dt.datetime.now(dt.UTC) - dt.timedelta(days=40))
    assert ticket.verdict.quick == "too_early"
    shown = client_of(cast.ruth).get(page_of(ticket)).content.decode()
    assert "nobody has answered" in shown
