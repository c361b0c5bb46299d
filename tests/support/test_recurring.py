"""Requests that come by themselves: once a turn, honestly late, and never counted as calls for help."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.support.actions.recurring import (
    NothingToCome,
    ask_for_what_is_due,
    begin_recurring,
    end_recurring,
    make_due,
    pause_recurring,
    resume_recurring,
)
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.statements import freeze_statement
from quietmonday.support.actions.ticket_templates import Content, add_template, end_template
from quietmonday.support.logic.recurring import Rule
from quietmonday.support.logic.ticket_templates import Answer, Question, StepLine
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import FilledForm, Recurrence, Ticket
from quietmonday.support.queries.told import words_as_told
from quietmonday.work.models import WorkItem
from tests.cast import Cast
from tests.support.scene import actor, asked

pytestmark = pytest.mark.django_db

BEGAN = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)  # a Monday
MONDAYS = Rule(every="week", weekdays=(0,))


def on(day: int, hour: int = 9, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def weekly(cast: Cast, rule: Rule = MONDAYS, **more: Any) -> Recurrence:
    template = add_template(
        place=cast.fennimore,
        content=Content(
            title="Check the backup",
            subject="Backup of {business}, {date}, {Which}",
            text="Restore one file.",
            questions=[Question("Which")],
            steps=[StepLine("Choose a file"), StepLine("Note the time", internal=True)],
            assignee=cast.sam.person,
        ),
        actor=actor(cast.asha),
        now=BEGAN,
    )
    return begin_recurring(
        template=template,
        engagement=cast.engagement,
        rule=rule,
        answers=[Answer("Which", "text", "OAK-SQL1")],
        actor=actor(cast.asha),
        now=BEGAN,
        **{"starts_on": dt.date(2026, 11, 2), "ends_on": None, **more},
    )


def made(row: Recurrence) -> list[str]:
    """Return the days of which a ticket was made."""
    origins = WorkItem.objects.filter(origin__startswith=f"recurring:{row.pk}").order_by("number")
    return [str(origin).rpartition(":")[2] for origin in origins.values_list("origin", flat=True)]


def test_what_was_due_before_it_began_is_not_made(cast: Cast) -> None:
    row = weekly(cast)
    assert row.next_at == on(9)
    assert make_due(recurrence_id=row.pk, now=on(8)) is None
    assert made(row) == []


def test_it_comes_at_its_time_with_everything_its_template_says(cast: Cast) -> None:
    row = weekly(cast)
    ticket = make_due(recurrence_id=row.pk, now=on(9))
    assert ticket is not None
    assert ticket.subject == "Backup of Oakhurst Joinery, 9 November 2026, OAK-SQL1"
    assert (ticket.source, ticket.requester, ticket.assignee_id) == ("schedule", None, cast.sam.person.pk)
    message = ticket.messages.get()
    assert (message.side, message.automatic, message.author_name) == ("system", True, SYSTEM.name)
    assert message.text == "Which: OAK-SQL1\n\nRestore one file.\n\nPlanned for Mon 9 Nov 2026 by its schedule."
    assert [(s.text, s.supplier_id) for s in ticket.steps.all()] == [
        ("Choose a file", None),
        ("Note the time", cast.fennimore.pk),
    ]
    assert FilledForm.objects.get(ticket=ticket).answers == [
        {"question": "Which", "kind": "text", "answer": "OAK-SQL1"}
    ]
    row.refresh_from_db()
    assert (row.last_on, row.next_at) == (dt.date(2026, 11, 9), on(16))


def test_however_many_schedulers_look_it_comes_once(cast: Cast) -> None:
    row = weekly(cast)
    for _ in range(3):
        ask_for_what_is_due(now=on(9))
    assert OutboxItem.objects.filter(topic="support.make_recurring").count() == 1
    assert make_due(recurrence_id=row.pk, now=on(9)) is not None
    assert make_due(recurrence_id=row.pk, now=on(9, 10)) is None
    assert made(row) == ["2026-11-09"]


def test_a_day_that_was_made_before_a_backup_was_restored_is_not_made_again(cast: Cast) -> None:
    row = weekly(cast)
    make_due(recurrence_id=row.pk, now=on(9))
    Recurrence.objects.filter(pk=row.pk).update(last_on=None, next_at=on(9))
    assert make_due(recurrence_id=row.pk, now=on(9)) is None
    row.refresh_from_db()
    assert (made(row), row.next_at) == (["2026-11-09"], on(16))


def test_the_origin_is_a_constraint(cast: Cast) -> None:
    row = weekly(cast)
    make_due(recurrence_id=row.pk, now=on(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(cast, origin=f"recurring:{row.pk}:2026-11-09")


def test_the_scheduler_makes_it(cast: Cast) -> None:
    row = weekly(cast)
    tick(now=on(9, 9))
    tick(now=on(9, 10))
    assert made(row) == ["2026-11-09"]


def test_after_a_silence_the_newest_comes_and_says_how_many_were_left_out(cast: Cast) -> None:
    row = weekly(cast)
    ticket = make_due(recurrence_id=row.pk, now=on(25, 12))
    assert ticket is not None
    assert made(row) == ["2026-11-23"]
    assert "2 earlier ones were left out: nothing ran when they were due." in ticket.messages.get().text


def test_while_it_rests_nothing_comes_and_nothing_is_made_up_for(cast: Cast) -> None:
    row = weekly(cast)
    assert pause_recurring(recurrence=row, actor=actor(cast.asha), now=on(5))
    assert not pause_recurring(recurrence=row, actor=actor(cast.asha), now=on(5))
    assert ask_for_what_is_due(now=on(9)) == 0
    assert make_due(recurrence_id=row.pk, now=on(9)) is None
    assert resume_recurring(recurrence=row, actor=actor(cast.asha), now=on(18))
    assert not resume_recurring(recurrence=row, actor=actor(cast.asha), now=on(18))
    row.refresh_from_db()
    assert (made(row), row.next_at) == ([], on(23))


def test_what_has_ended_comes_no_more(cast: Cast) -> None:
    row = weekly(cast)
    assert end_recurring(recurrence=row, actor=actor(cast.asha), now=on(5))
    assert not end_recurring(recurrence=row, actor=actor(cast.asha), now=on(5))
    assert not resume_recurring(recurrence=row, actor=actor(cast.asha), now=on(6))
    assert make_due(recurrence_id=row.pk, now=on(9)) is None
    verbs = Entry.objects.filter(subject_id=row.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["recurring.begun", "recurring.ended"]


def test_where_the_supplier_has_gone_it_ends_and_says_why(cast: Cast) -> None:
    row = weekly(cast)
    end_engagement(engagement=cast.engagement, actor=actor(cast.asha), now=on(5))
    assert make_due(recurrence_id=row.pk, now=on(9)) is None
    row.refresh_from_db()
    assert (row.ended_why, row.next_at, made(row)) == ("engagement_ended", None, [])


def test_a_template_that_is_offered_no_longer_goes_on_recurring(cast: Cast) -> None:
    row = weekly(cast)
    assert end_template(template=row.template, actor=actor(cast.asha), now=on(5))
    assert not end_template(template=row.template, actor=actor(cast.asha), now=on(5))
    assert make_due(recurrence_id=row.pk, now=on(9)) is not None


def test_after_its_last_day_there_is_nothing_to_come(cast: Cast) -> None:
    row = weekly(cast, ends_on=dt.date(2026, 11, 9))
    make_due(recurrence_id=row.pk, now=on(9))
    row.refresh_from_db()
    assert row.next_at is None
    with pytest.raises(NothingToCome):
        weekly(cast, ends_on=dt.date(2026, 11, 3))


def test_the_hour_is_the_clients_summer_and_winter(cast: Cast) -> None:
    row = weekly(cast, rule=Rule(every="month", day=31, at="02:30"), starts_on=dt.date(2027, 2, 1))
    assert row.next_at == dt.datetime(2027, 2, 28, 2, 30, tzinfo=dt.UTC)
    make_due(recurrence_id=row.pk, now=dt.datetime(2027, 3, 31, 3, tzinfo=dt.UTC))
    row.refresh_from_db()
    assert row.next_at == dt.datetime(2027, 4, 30, 1, 30, tzinfo=dt.UTC)


def test_planned_work_promises_nothing_and_is_judged_by_nobody(cast: Cast) -> None:
    ticket = make_due(recurrence_id=weekly(cast).pk, now=on(9))
    assert ticket is not None
    ticket.refresh_from_db()
    assert (ticket.respond_by, ticket.restore_by) == (None, None)
    assert ticket.verdict.findings["quick"] == {
        "value": "no_verdict", "rule": "P", "params": {}, "facts": [str(ticket.pk)], "disputes": [],
    }  # fmt: skip
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=on(10))
    ticket.verdict.refresh_from_db()
    assert ticket.verdict.effective == "no_verdict"


def test_planned_work_is_listed_in_its_week_and_counted_apart(cast: Cast) -> None:
    make_due(recurrence_id=weekly(cast).pk, now=on(9))
    asked(cast, at=on(10))
    stated = freeze_statement(
        engagement=cast.engagement, week=week_from_key("2026-W46"), kind="provisional", now=on(16, 8)
    )
    assert {row["group"] for row in stated.rows} == {"planned", "overdue"}
    assert [(line["rule"], line["params"]["n"]) for line in stated.headline] == [
        ("H.asked", 1),
        ("H.overdue", 1),
        ("H.planned", 1),
    ]


def test_what_the_journal_says_of_planned_work_fits_its_request(cast: Cast) -> None:
    ticket = make_due(recurrence_id=weekly(cast).pk, now=on(9))
    assert ticket is not None
    assert list(words_as_told(cast.oakhurst.pk)) == []
    entry = Entry.objects.select_related("payload").get(subject_id=ticket.pk, verb="ticket.opened")
    assert "Restore one file." in (entry.payload.body or {})["note"]
    assert Ticket.objects.count() == 1
