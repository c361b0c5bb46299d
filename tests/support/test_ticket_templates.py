"""Common requests: what they hold, whose they are, and the ticket that comes of one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quietmonday.journal.models import Entry
from quietmonday.kit.records import CrossBusinessReference
from quietmonday.people.models import Engagement
from quietmonday.support.actions.erasing import erase_message, erase_words
from quietmonday.support.actions.handing import NotOfThisSupplier
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.steps import TooManySteps
from quietmonday.support.actions.ticket_templates import (
    Content,
    TooManyQuestions,
    add_template,
    change_template,
    open_by_template,
)
from quietmonday.support.logic.ticket_templates import Answer, Question, StepLine
from quietmonday.support.models import FilledForm, Step, Ticket, TicketTemplate
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, asked, words

pytestmark = pytest.mark.django_db

STARTER = Content(
    title="New starter",
    subject="New starter: {Name}",
    questions=[
        Question("Name", required=True),
        Question("First day", "date"),
        Question("PC", "choice", ("new", "old")),
    ],
    steps=[StepLine("Make the account"), StepLine("Check the licence", internal=True)],
    priority=4,
)
ANSWERS = [Answer("Name", "text", "Ada"), Answer("First day", "date", "2026-12-01"), Answer("PC", "choice", "new")]


def opened(cast: Cast, template: TicketTemplate, engagements: list[Engagement] | None = None, **more: Any) -> Ticket:
    return open_by_template(
        template=template,
        answers=ANSWERS,
        engagements=engagements or [cast.engagement],
        words=words(cast.dele, "Desk by the window", TUESDAY),
        actor=actor(cast.dele),
        now=TUESDAY,
        source="web",
        requester=cast.dele.person,
        reported_at=TUESDAY,
        **more,
    )


def of_supplier(cast: Cast, content: Content = STARTER) -> TicketTemplate:
    return add_template(place=cast.fennimore, content=content, actor=actor(cast.asha), now=TUESDAY)


def of_business(cast: Cast, content: Content = STARTER) -> TicketTemplate:
    return add_template(place=cast.oakhurst, content=content, actor=actor(cast.ruth), now=TUESDAY)


def test_answers_become_the_subject_and_the_first_words_and_stay_data(cast: Cast) -> None:
    ticket = opened(cast, of_supplier(cast))
    assert (ticket.subject, ticket.kind, ticket.priority) == ("New starter: Ada", "service_request", 4)
    assert ticket.messages.get().text == "Name: Ada\nFirst day: 1 December 2026\nPC: new\n\nDesk by the window"
    form = FilledForm.objects.get(ticket=ticket)
    assert form.title == "New starter"
    assert form.answers[1] == {"question": "First day", "kind": "date", "answer": "2026-12-01"}


def test_what_whoever_opens_it_says_goes_before_the_template(cast: Cast) -> None:
    ticket = opened(cast, of_supplier(cast), subject="Ada comes", priority=1)
    assert (ticket.subject, ticket.priority) == ("Ada comes", 1)


def test_whom_it_hits_decides_how_urgent_it_is_where_the_template_says_so(cast: Cast) -> None:
    content = Content(title="No line", subject="No line", kind="incident", impact="all", priority=4)
    ticket = opened(cast, of_supplier(cast, content), can_work="no")
    assert (ticket.impact, ticket.priority) == ("all", 1)
    assert opened(cast, of_supplier(cast, content), priority=3).priority == 3


def test_the_internal_steps_of_a_supplier_are_its_own(cast: Cast) -> None:
    ticket = opened(cast, of_supplier(cast), [cast.engagement, cast.line_engagement])
    assert [(s.text, s.supplier_id) for s in Step.objects.filter(ticket=ticket)] == [
        ("Make the account", None),
        ("Check the licence", cast.fennimore.pk),
    ]


def test_a_request_of_another_supplier_gets_no_internal_steps(cast: Cast) -> None:
    ticket = opened(cast, of_supplier(cast), [cast.line_engagement])
    assert [s.text for s in Step.objects.filter(ticket=ticket)] == ["Make the account"]


def test_the_steps_of_a_business_are_never_internal(cast: Cast) -> None:
    ticket = opened(cast, of_business(cast))
    assert [(s.text, s.supplier_id) for s in Step.objects.filter(ticket=ticket)] == [
        ("Make the account", None),
        ("Check the licence", None),
    ]


def test_it_is_handed_to_the_assignee_where_they_work(cast: Cast) -> None:
    content = Content(title="Printer", subject="Printer", assignee=cast.sam.person)
    template = of_supplier(cast, content)
    assert opened(cast, template).assignee_id == cast.sam.person.pk
    assert opened(cast, template, [cast.line_engagement]).assignee_id is None


def test_a_change_leaves_earlier_requests_alone(cast: Cast) -> None:
    template = of_supplier(cast)
    ticket = opened(cast, template)
    change_template(
        template=template, content=Content(title="Starter", subject="x"), actor=actor(cast.asha), now=TUESDAY
    )
    template.refresh_from_db()
    assert (template.title, template.questions, template.steps) == ("Starter", [], [])
    assert FilledForm.objects.get(ticket=ticket).title == "New starter"
    assert Step.objects.filter(ticket=ticket).count() == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (Content(title="x", subject="x", questions=[Question(str(n)) for n in range(21)]), TooManyQuestions),
        (
            Content(title="x", subject="x", questions=[Question("q", "choice", tuple(map(str, range(21))))]),
            TooManyQuestions,
        ),
        (Content(title="x", subject="x", steps=[StepLine(str(n)) for n in range(1_000)]), TooManySteps),
    ],
)
def test_more_than_anybody_fills_in_is_refused(cast: Cast, content: Content, why: type[Exception]) -> None:
    with pytest.raises(why):
        of_supplier(cast, content)
    assert not TicketTemplate.objects.exists()


def test_nobody_else_s_people_are_handed_it(cast: Cast) -> None:
    with pytest.raises(NotOfThisSupplier):
        of_supplier(cast, Content(title="x", subject="x", assignee=cast.lee.person))
    with pytest.raises(NotOfThisSupplier):
        of_business(cast, Content(title="x", subject="x", assignee=cast.sam.person))


def test_a_business_names_no_engagement_of_another(cast: Cast) -> None:
    with pytest.raises(CrossBusinessReference):
        of_business(cast, Content(title="x", subject="x", engagement=cast.tilden_engagement))


def test_the_journal_of_the_installation_holds_no_word_of_a_suppliers_template(cast: Cast) -> None:
    rows = [of_supplier(cast), of_business(cast)]
    entries = [Entry.objects.select_related("payload").get(subject_id=row.pk) for row in rows]
    assert "New starter" not in str(entries[0].payload.body)
    assert (entries[0].business_id, entries[1].business_id) == (None, cast.oakhurst.pk)
    assert (entries[1].payload.body or {})["title"] == "New starter"


def test_what_was_answered_is_erased_with_the_words_it_became(cast: Cast) -> None:
    template = of_supplier(cast)
    first, second, other = opened(cast, template), opened(cast, template), opened(cast, template)
    erase_message(message=first.messages.get(), actor=actor(cast.ruth), reason="asked", now=TUESDAY)
    later = TUESDAY + dt.timedelta(hours=1)
    resolve(ticket=second, kind="fixed", actor=actor(cast.sam), now=later)
    erase_words(tickets=[second.pk], business=cast.oakhurst, actor=actor(cast.ruth), reason="asked", now=later)
    answers = dict(FilledForm.objects.values_list("ticket", "answers"))
    assert (answers[first.pk], answers[second.pk]) == ([], [])
    assert answers[other.pk]
    assert asked(cast).pk not in answers
