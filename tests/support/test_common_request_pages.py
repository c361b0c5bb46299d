"""Pages of common requests, of what comes by itself, and of steps; the reports that are filled in by them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from quietmonday.people.actions.engagements import end_engagement
from quietmonday.support.actions.steps import add_steps, tick_step
from quietmonday.support.actions.ticket_templates import Content, add_template
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.logic.ticket_templates import Question, StepLine
from quietmonday.support.models import FilledForm, Recurrence, Step, Ticket, TicketTemplate
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def rows(*questions: dict[str, str], count: int | None = None) -> dict[str, str]:
    """Return the rows of questions as the form sends them."""
    sent = {
        "questions-TOTAL_FORMS": str(len(questions) if count is None else count),
        "questions-INITIAL_FORMS": "0",
        "questions-MIN_NUM_FORMS": "0",
        "questions-MAX_NUM_FORMS": "20",
    }
    for number, question in enumerate(questions):
        sent |= {f"questions-{number}-{name}": value for name, value in question.items()}
    return sent


def written(**more: str) -> dict[str, str]:
    return {
        "title": "New starter",
        "subject": "New starter: {Name}",
        "kind": "service_request",
        "priority": "3",
        "steps": "Make the account\n\n Make  the account \nHand over",
        "internal": "Check the licence",
        "offered": "on",
        **rows(
            {"label": "Name", "kind": "text", "required": "on"},
            {"label": "PC", "kind": "choice", "choices": "new, old,, new"},
            {"label": "", "kind": "text"},
        ),
        **more,
    }


@pytest.fixture
def asha(cast: Cast) -> Client:
    """The manager of Fennimore."""
    return client_of(cast.asha)


def starter(cast: Cast, **more: Any) -> TicketTemplate:
    content = Content(
        title="New starter",
        subject="New starter: {Name}",
        questions=[Question("Name", required=True), Question("Day", "date")],
        steps=[StepLine("Make the account")],
        **more,
    )
    return add_template(place=cast.fennimore, content=content, actor=actor(cast.asha), now=now())


def test_a_manager_writes_one_and_finds_it_as_it_was_written(cast: Cast, asha: Client) -> None:
    assert asha.post("/common/new/", written(assignee=str(cast.sam.person.pk))).status_code == 303
    row = TicketTemplate.objects.get()
    assert row.questions == [
        {"label": "Name", "kind": "text", "choices": [], "required": True},
        {"label": "PC", "kind": "choice", "choices": ["new", "old"], "required": False},
    ]
    assert [(step["text"], step["internal"]) for step in row.steps] == [
        ("Make the account", False),
        ("Hand over", False),
        ("Check the licence", True),
    ]
    assert (row.supplier_id, row.assignee_id, row.offered) == (cast.fennimore.pk, cast.sam.person.pk, True)
    page = asha.get(f"/common/{row.pk}/").content.decode()
    for text in ('value="Name"', 'value="new, old"', "Make the account\nHand over", "Check the licence"):
        assert text in page


def test_an_owner_writes_one_for_the_business(cast: Cast) -> None:
    sent = written(engagement=str(cast.engagement.pk))
    assert client_of(cast.ruth).post("/common/new/", sent).status_code == 303
    row = TicketTemplate.objects.get()
    assert (row.business_id, row.engagement_id, row.assignee) == (cast.oakhurst.pk, cast.engagement.pk, None)
    assert [step["internal"] for step in row.steps] == [False, False]  # a business keeps nothing from itself


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"subject": "New starter: {Room}"}, "No question is called “Room”."),
        ({"title": " "}, "This field is required."),
        (rows({"label": "PC", "kind": "choice", "choices": "one"}), "Give between 2 and 20 choices."),
        (rows({"label": "", "kind": "choice", "choices": "a, b"}), "Write the question that these answer."),
        (rows({"label": "a{b"}), "A question cannot hold braces"),
        (rows({"label": "Who"}, {"label": "WHO"}), "Two questions have the same words"),
        (rows(*({"label": f"Q{n}"} for n in range(21))), "submit at most 20 forms"),
        ({"questions-TOTAL_FORMS": ""}, "ManagementForm data is missing"),
        ({"steps": "\n".join(f"Step {n}" for n in range(1_000))}, "That is 1000 steps; a checklist has at most 100."),
        ({"steps": "x" * 301}, "longer than 300 characters"),
        ({"steps": "\n".join(f"a{n}" for n in range(60)), "internal": "\n".join(f"b{n}" for n in range(60))},
         "A checklist has at most 100 steps."),
        ({"assignee": "00000000-0000-7000-8000-000000000000"}, "Select a valid choice."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    cast: Cast, asha: Client, more: dict[str, str], says: str
) -> None:
    response = asha.post("/common/new/", written(text="Typed already", **more))
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert "Typed already" in page
    assert not TicketTemplate.objects.exists()


def test_more_questions_come_with_what_was_typed(cast: Cast, asha: Client) -> None:
    response = asha.post("/common/new/", written(more="1", text="Typed already"))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="questions-4-label"' in page
    assert "Typed already" in page
    assert 'value="new, old,, new"' in page
    assert "another look" not in page


def test_it_is_offered_where_it_belongs(cast: Cast) -> None:
    row, hidden = starter(cast), starter(cast, offered=False)
    for who, told in ((cast.dele, 1), (cast.ruth, 1), (cast.kim, 0)):
        page = client_of(who).get("/report/").content.decode()
        assert page.count("New starter") == told, who.email
        assert str(hidden.pk) not in page
    page = client_of(cast.sam).get(f"/report/?for={cast.oakhurst.pk}").content.decode()
    assert (str(row.pk) in page, str(hidden.pk) in page) == (True, True)
    assert client_of(cast.kim).get(f"/report/?template={row.pk}").status_code == 404


def test_staff_fill_it_in(cast: Cast) -> None:
    row = starter(cast)
    dele = client_of(cast.dele)
    where = f"/report/?for={cast.oakhurst.pk}&template={row.pk}"
    response = dele.post(where, {"q0": "", "q1": "soon", "text": "Desk"})
    assert response.status_code == 422
    assert "Write a date, such as" in response.content.decode()
    assert dele.post(where, {"q0": "Ada", "q1": "2026-12-01", "text": "Desk"}).status_code == 303
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.requester_id) == ("New starter: Ada", cast.dele.person.pk)
    assert ticket.messages.get().text == "Name: Ada\nDay: 1 December 2026\n\nDesk"
    assert [party.engagement_id for party in ticket.parties.all()] == [cast.engagement.pk]  # whose template it is
    assert FilledForm.objects.get().ticket_id == ticket.pk


def test_a_supplier_fills_it_in_for_a_client(cast: Cast) -> None:
    row = starter(cast, priority=4)
    where = f"/report/?for={cast.oakhurst.pk}&template={row.pk}"
    sent = {"source": "phone", "somebody": "Nia", "kind": "service_request", "priority": "2", "q0": "Ada"}
    assert client_of(cast.sam).post(where, sent).status_code == 303
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.priority, ticket.source) == ("New starter: Ada", 2, "phone")


def test_a_supplier_that_has_gone_offers_nothing(cast: Cast) -> None:
    row = starter(cast)
    end_engagement(engagement=cast.engagement, actor=actor(cast.asha), now=now())
    assert "New starter" not in client_of(cast.dele).get("/report/").content.decode()
    assert client_of(cast.dele).get(f"/report/?template={row.pk}").status_code == 404


def test_a_business_whose_supplier_has_gone_reports_to_the_others(cast: Cast) -> None:
    content = Content(title="Leaver", subject="Leaver", engagement=cast.engagement)
    row = add_template(place=cast.oakhurst, content=content, actor=actor(cast.ruth), now=now())
    end_engagement(engagement=cast.engagement, actor=actor(cast.asha), now=now())
    assert client_of(cast.dele).post(f"/report/?template={row.pk}", {"text": "Soon"}).status_code == 303
    assert Ticket.objects.get().parties.get().engagement_id == cast.line_engagement.pk


def due(cast: Cast, **more: Any) -> dict[str, Any]:
    start = now().date() + dt.timedelta(days=1)
    return {
        "engagement": str(cast.engagement.pk),
        "every": "month",
        "day": "31",
        "at": "09:00",
        "starts_on": start.isoformat(),
        "q0": "Backup",
    } | more


def test_a_schedule_is_looked_at_before_it_begins(cast: Cast) -> None:
    where = f"/recurring/new/?template={starter(cast).pk}"
    sam = client_of(cast.sam)
    response = sam.post(where, due(cast, look="1"))
    assert response.status_code == 200
    assert response.content.decode().count("<li>") >= 5
    assert not Recurrence.objects.exists()
    assert sam.post(where, due(cast)).status_code == 303
    row = Recurrence.objects.get()
    assert (row.rule["every"], row.rule["day"], row.engagement_id) == ("month", 31, cast.engagement.pk)
    assert "every month on day 31, 09:00" in sam.get("/recurring/").content.decode()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"every": "year", "year_month": "2"}, "That month never has such a day"),
        ({"every": "week"}, "Choose at least one day of the week."),
        ({"day": ""}, "Say either a day of the month or a weekday, not both."),
        ({"nth": "1", "weekday": "0"}, "Say either a day of the month or a weekday, not both."),
        ({"day": "32"}, "less than or equal to 31"),
        ({"at": "25:00"}, "Write a time, such as 09:00."),
        ({"starts_on": "2020-01-01"}, "Choose today or a day to come."),
        ({"starts_on": "2999-01-01"}, "within the next two years"),
        ({"ends_on": "2020-01-01"}, "The last day comes before the first."),
        ({"engagement": ""}, "This field is required."),
        ({"q0": ""}, "This field is required."),
    ],
)
def test_a_schedule_that_never_comes_is_refused_in_words(cast: Cast, more: dict[str, str], says: str) -> None:
    response = client_of(cast.sam).post(f"/recurring/new/?template={starter(cast).pk}", due(cast, **more))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Recurrence.objects.exists()


def test_a_span_without_a_day_of_it_is_refused(cast: Cast) -> None:
    start = now().date() + dt.timedelta(days=1)
    sent = due(cast, every="week", weekdays=[str((start.weekday() + 1) % 7)], ends_on=start.isoformat())
    response = client_of(cast.sam).post(f"/recurring/new/?template={starter(cast).pk}", sent)
    assert response.status_code == 422
    assert "Between these two days it never comes." in response.content.decode()


def test_both_sides_see_what_recurs_and_its_own_side_stops_it(cast: Cast) -> None:
    client_of(cast.sam).post(f"/recurring/new/?template={starter(cast).pk}", due(cast))
    row = Recurrence.objects.get()
    page = client_of(cast.ruth).get("/recurring/").content.decode()
    assert "New starter" in page
    assert "Let it rest" not in page
    assert client_of(cast.ruth).post(f"/recurring/{row.pk}/end/").status_code == 404
    assert client_of(cast.dele).get("/recurring/").status_code == 404
    assert "New starter" not in client_of(cast.ines).get("/recurring/").content.decode()
    sam = client_of(cast.sam)
    assert sam.post(f"/recurring/{row.pk}/pause/").status_code == 303
    assert "Rests since" in sam.get("/recurring/").content.decode()
    assert sam.post(f"/recurring/{row.pk}/resume/").status_code == 303
    assert sam.post(f"/recurring/{row.pk}/end/").status_code == 303
    assert "1 is over" in sam.get("/recurring/").content.decode()


def test_steps_are_ticked_where_they_are_read(cast: Cast) -> None:
    ticket = asked(cast)
    steps = [
        add_steps(ticket=ticket, texts=[text], supplier=supplier, actor=actor(cast.sam), now=now())[0]
        for text, supplier in (("Order it", None), ("Count the licence", cast.fennimore))
    ]
    page = client_of(cast.sam).get(f"/requests/{ticket.pk}/").content.decode()
    assert "Steps: 2 of 2 to do" in page
    assert "2 steps are not ticked" in page
    for who in (cast.ruth, cast.dele):
        seen = client_of(who).get(f"/requests/{ticket.pk}/").content.decode()
        assert "Steps: 1 of 1 to do" in seen
        assert "Count the licence" not in seen
    assert client_of(cast.dele).post(f"/steps/{steps[0].pk}/tick/").status_code == 403
    assert client_of(cast.ruth).post(f"/steps/{steps[1].pk}/tick/").status_code == 404
    response = client_of(cast.ruth).post(f"/steps/{steps[0].pk}/tick/")
    assert response["Location"] == f"/requests/{ticket.pk}/#steps"
    assert Step.objects.get(pk=steps[0].pk).ticked_by == "Ruth Okafor"
    response = client_of(cast.sam).post(f"/requests/{ticket.pk}/resolution/", {"kind": "fixed"}, follow=True)
    assert "1 step is not ticked." in response.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


def test_the_history_tells_each_side_of_the_steps_it_sees_and_a_supplier_of_its_time(cast: Cast) -> None:
    ticket = asked(cast)
    for supplier in (None, cast.fennimore):
        steps = add_steps(ticket=ticket, texts=["Order"], supplier=supplier, actor=actor(cast.sam), now=now())
        tick_step(step=steps[0], actor=actor(cast.sam), now=now())
    spend_time(
        ticket=ticket, engagement=cast.engagement, person=cast.sam.person, minutes=25, at=now(), note="x",
        actor=actor(cast.sam), now=now(),
    )  # fmt: skip
    where = f"/requests/{ticket.pk}/history/"
    for who, ticked, worked in ((cast.sam, 2, True), (cast.ruth, 1, False), (cast.dele, 1, False)):
        page = client_of(who).get(where).content.decode()
        assert page.count("Sam Kessler ticked a step.") == ticked, who.email
        assert ("Sam Kessler worked on it: 25" in page) is worked


def test_a_thousand_steps_at_once_are_refused_on_the_page(cast: Cast) -> None:
    ticket = asked(cast)
    sam = client_of(cast.sam)
    thousand = "\n".join(f"Step {n}" for n in range(1_000))
    response = sam.post(f"/requests/{ticket.pk}/steps/", {"steps": thousand})
    assert response.status_code == 422
    assert "Step 999" in response.content.decode()
    for start in (0, 60):
        some = "\n".join(f"Step {n}" for n in range(start, start + 60))
        response = sam.post(f"/requests/{ticket.pk}/steps/", {"steps": some})
    assert response.status_code == 422
    assert Step.objects.count() == 60
