"""Somebody reports for another person: whose problem it is, and who said so."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.people.models import Person
from quietmonday.support.actions.behalf import NotOfThisBusiness, ask_for
from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import FeedbackQuestion, Message, Ticket
from tests.cast import SINCE, Cast
from tests.support.mailed import tell_all
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(hours=1)


def reported(cast: Cast, who: str, **fields: str) -> Ticket:
    """Return what came of the report form."""
    form = {"text": "The screen is black", "which": str(cast.engagement.id), **fields}
    response = client_of(getattr(cast, who)).post("/report/", form)
    assert response.status_code == 303, response.content.decode()
    return Ticket.objects.latest("id")


def test_staff_reports_for_a_colleague_by_name(cast: Cast) -> None:
    ticket = reported(cast, "dele", whose="bill hartley")
    assert (ticket.requester, ticket.reported_by) == (cast.bill.person, cast.dele.person)
    assert Message.objects.get().author == cast.dele.person  # who said it
    mails = {mail.to: mail.text for mail in tell_all(dt.datetime.now(dt.UTC))}
    assert "Dele Adeyemi reported for you: The screen is black." in mails["bill@oakhurst.example"]
    assert "we have what you wrote" in mails["dele@oakhurst.example"]
    for who in (cast.bill, cast.dele):
        assert (
            "Dele Adeyemi reported it for Bill Hartley."
            in client_of(who).get(f"/requests/{ticket.id}/").content.decode()
        )
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=dt.datetime.now(dt.UTC))
    assert FeedbackQuestion.objects.get().person == cast.bill.person  # who has the problem says whether it is solved


@pytest.mark.parametrize("name", ["Nobody Here", "Jo Marsh", "Sam Kessler", "x" * 99, "Bill Hartley, Maria Lindqvist"])
def test_whom_nobody_knows_there_is_refused_and_nothing_typed_is_lost(cast: Cast, name: str) -> None:
    page = client_of(cast.dele).post("/report/", {"text": "The screen is black", "whose": name})
    assert (page.status_code, "The screen is black" in page.content.decode()) == (422, True)
    assert not Ticket.objects.exists()


def test_the_form_shows_nobody_who_works_there(cast: Cast) -> None:
    assert "Bill Hartley" not in client_of(cast.dele).get("/report/").content.decode()


def test_reporting_for_oneself_is_a_report_of_ones_own(cast: Cast) -> None:
    ticket = reported(cast, "dele", whose="Dele Adeyemi")
    assert (ticket.requester, ticket.reported_by) == (cast.dele.person, None)


def test_a_supplier_puts_down_who_told_it_and_whose_problem_it_is(cast: Cast) -> None:
    asked(cast, by=cast.bill)
    form = {
        "source": "phone", "person": str(cast.ruth.person.id), "whose": str(cast.bill.person.id), "subject": "Screen",
        "text": "Bill’s screen is black", "kind": "incident", "priority": "3",
    }  # fmt: skip
    response = client_of(cast.sam).post(f"/report/?for={cast.oakhurst.id}", form)
    assert response.status_code == 303
    ticket = Ticket.objects.latest("id")
    assert (ticket.requester, ticket.reported_by) == (cast.bill.person, cast.ruth.person)


def test_it_can_be_said_afterwards_and_said_back(cast: Cast) -> None:
    ticket = asked(cast, by=cast.dele)
    url = f"/requests/{ticket.id}/people/requester/"
    assert client_of(cast.ruth).post(url, {"whose": "Bill Hartley"}).status_code == 303
    ticket.refresh_from_db()
    assert (ticket.requester, ticket.reported_by) == (cast.bill.person, cast.dele.person)
    assert client_of(cast.bill).get(f"/requests/{ticket.id}/").status_code == 200
    ask_for(ticket=ticket, person=cast.dele.person, actor=actor(cast.ruth), now=LATER)
    ticket.refresh_from_db()
    assert (ticket.requester, ticket.reported_by) == (cast.dele.person, None)
    assert client_of(cast.bill).get(f"/requests/{ticket.id}/").status_code == 404


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("ruth", "Bill Hartley", 303),
        ("ruth", "Jo Marsh", 422),
        ("sam", "Maria Lindqvist", 303),  # met: she stands in for the relationship
        ("sam", "Bill Hartley", 422),  # never met
        ("dele", "Bill Hartley", 403),
        ("bill", "Bill Hartley", 404),
    ],
)
def test_who_may_say_whose_it_is(cast: Cast, who: str, name: str, status: int) -> None:
    ticket = asked(cast, by=cast.dele)
    response = client_of(getattr(cast, who)).post(f"/requests/{ticket.id}/people/requester/", {"whose": name})
    assert response.status_code == status


def test_a_problem_of_another_business_is_refused(cast: Cast) -> None:
    with pytest.raises(NotOfThisBusiness):
        ask_for(ticket=asked(cast), person=cast.jo.person, actor=actor(cast.ruth), now=LATER)


def test_somebody_without_an_account_can_have_the_problem(cast: Cast) -> None:
    ana = Person.objects.create(business=cast.oakhurst, name="Ana Pole", since=SINCE)
    assert reported(cast, "ruth", whose="Ana Pole").requester == ana


def test_both_sides_say_whom_it_hits_from_the_page(cast: Cast) -> None:
    ticket = asked(cast, impact="one", can_work="partly")
    url, said = f"/requests/{ticket.id}/weight/", {"kind": "incident", "impact": "all", "can_work": "no"}
    assert client_of(cast.dele).post(url, said).status_code == 303
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.priority) == ("all", 1)
    assert client_of(cast.sam).post(url, {**said, "impact": "several"}).status_code == 303
    assert client_of(cast.bill).post(url, said).status_code == 404
    assert client_of(cast.sam).post(url, {**said, "impact": "everybody"}).status_code == 422
    refused = client_of(cast.sam).post(f"/requests/{ticket.id}/priority/", {"priority": "4", "reason": ""})
    assert (refused.status_code, "Say why" in refused.content.decode()) == (422, True)
    told = {"priority": "4", "reason": "They have a spare"}
    assert client_of(cast.sam).post(f"/requests/{ticket.id}/priority/", told).status_code == 303
    page = client_of(cast.dele).get(f"/requests/{ticket.id}/").content.decode()
    assert "They have a spare" in page
