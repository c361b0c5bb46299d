"""One tap from a mail: whose link it is, whose answer counts, until when."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from quietmonday.kit.signing import sign
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.telling import feedback_path
from quietmonday.support.models import Feedback, FeedbackQuestion
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(cast: Cast) -> FeedbackQuestion:
    """Dele is asked whether the scanners work again."""
    cache.clear()
    return question_of(cast)


def question_of(cast: Cast) -> FeedbackQuestion:
    now = dt.datetime.now(dt.UTC)
    ticket = asked(cast, at=now - dt.timedelta(hours=2))
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=now - dt.timedelta(hours=1))
    return FeedbackQuestion.objects.get(ticket=ticket)


def answers() -> list[str]:
    return list(Feedback.objects.order_by("at").values_list("answer", flat=True))


def test_a_tap_counts_without_signing_in_and_can_be_changed(question: FeedbackQuestion) -> None:
    client, link = Client(), feedback_path(question)
    assert "Is it solved?" in client.get(link).content.decode()
    assert client.post(link, {"answer": "solved"}).status_code == 303
    assert "You said: solved." in client.get(link).content.decode()
    assert client.post(link, {"answer": "not_solved", "text": "Back again"}).status_code == 303
    assert answers() == ["solved", "not_solved"]


def test_looking_changes_nothing(question: FeedbackQuestion) -> None:
    Client().get(feedback_path(question))  # a scanner of mails follows links
    question.refresh_from_db()
    assert (answers(), question.bound_to) == ([], "")
    assert Client().post(feedback_path(question), {"answer": "solved"}).status_code == 303


def test_the_first_tap_binds_the_link_to_its_device(question: FeedbackQuestion) -> None:
    link = feedback_path(question)
    Client().post(link, {"answer": "solved"})
    other = Client()
    shown = other.get(link).content.decode()
    assert "This was answered on another device." in shown
    assert "You said" not in shown
    assert other.post(link, {"answer": "not_solved"}).status_code == 403
    assert answers() == ["solved"]


def test_the_cookie_fits_this_link_only(question: FeedbackQuestion, cast: Cast) -> None:
    link = feedback_path(question)
    client = Client()
    client.post(link, {"answer": "solved"})
    cookie = client.cookies["quietmonday_answer"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (link, True, "Lax")
    assert len(cookie.value) >= 22
    question.refresh_from_db()
    assert cookie.value not in question.bound_to


def test_after_fourteen_days_the_question_is_closed(question: FeedbackQuestion) -> None:
    FeedbackQuestion.objects.filter(pk=question.pk).update(closes_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))
    link = feedback_path(question)
    assert "This question is closed." in Client().get(link).content.decode()
    assert Client().post(link, {"answer": "solved"}).status_code == 403
    assert answers() == []


def test_a_link_for_another_question_or_purpose_is_a_404(question: FeedbackQuestion, cast: Cast) -> None:
    other = question_of(cast)
    for mac in (sign("feedback", str(other.id)), sign("sign-in", str(question.id)), "x", "A" * 22, "ä"):
        link = reverse("support:feedback", args=[question.id, mac])
        assert Client().get(link).status_code == 404
        assert Client().post(link, {"answer": "solved"}).status_code == 404
    assert answers() == []


def test_an_answer_that_is_none_is_asked_again(question: FeedbackQuestion) -> None:
    response = Client().post(feedback_path(question), {"answer": "perhaps", "text": "I am not sure"})
    assert response.status_code == 422
    assert "I am not sure" in response.content.decode()


def test_answers_of_one_question_are_limited(question: FeedbackQuestion) -> None:
    client, link = Client(), feedback_path(question)
    codes = [client.post(link, {"answer": "solved"}).status_code for _ in range(22)]
    assert codes == [303] * 20 + [429] * 2


def test_the_requester_signed_in_changes_an_answer_from_any_device(question: FeedbackQuestion, cast: Cast) -> None:
    Client().post(feedback_path(question), {"answer": "not_solved"})
    path = reverse("support:feedback_signed_in", args=[question.ticket_id])
    assert client_of(cast.dele).post(path, {"answer": "solved"}).status_code == 303
    assert answers() == ["not_solved", "solved"]
