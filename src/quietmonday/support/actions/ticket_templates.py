"""Common requests: written, ended, and used to open a ticket."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import translation

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.moments import date_in_words
from quietmonday.kit.text import clean_line, clean_text
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.models import Business, Engagement, Person, Supplier
from quietmonday.support.actions.entries import told_together
from quietmonday.support.actions.handing import NotOfThisSupplier, assign
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.steps import TooManySteps, add_steps
from quietmonday.support.logic.ticket_templates import (
    LONGEST_STEP,
    MOST_CHOICES,
    MOST_QUESTIONS,
    MOST_STEPS,
    Answer,
    Question,
    StepLine,
    as_json,
    dates_in,
    filled,
    steps_from_json,
    text_of,
)
from quietmonday.support.models import FilledForm, Ticket, TicketTemplate


class TooManyQuestions(ValueError):
    """A form that nobody would fill in."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Content:
    """What a template says. `assignee`: of the supplier; `engagement`: of the business."""

    title: str
    subject: str
    text: str = ""
    questions: Sequence[Question] = ()
    steps: Sequence[StepLine] = ()
    kind: str = "service_request"
    priority: int = 3
    impact: str = ""  # given, how urgent it is follows from it
    assignee: Person | None = None
    engagement: Engagement | None = None
    offered: bool = True


@transaction.atomic
def add_template(*, place: Business | Supplier, content: Content, actor: Actor, now: dt.datetime) -> TicketTemplate:
    """Write a new template of a business or a supplier. Raises TooManyQuestions, TooManySteps, NotOfThisSupplier."""
    business = place if isinstance(place, Business) else None
    supplier = place if isinstance(place, Supplier) else None
    row = TicketTemplate(business=business, supplier=supplier, made_at=now)
    _write(row, content, actor, now)
    _told(row, "added", actor, now)
    return row


@transaction.atomic
def change_template(*, template: TicketTemplate, content: Content, actor: Actor, now: dt.datetime) -> TicketTemplate:
    """Say anew what a template says; tickets that came of it stay as they are, recurring ones come so from now on.

    Raises what `add_template` does.
    """
    row = TicketTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    _write(row, content, actor, now)
    _told(row, "changed", actor, now)
    return row


@transaction.atomic
def end_template(*, template: TicketTemplate, actor: Actor, now: dt.datetime) -> bool:
    """Offer a template no longer. What recurs by it goes on until that is ended too. False if it has ended."""
    row = TicketTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if row.ended_at is not None:
        return False
    row.ended_at, row.ended_by = now, actor.name
    row.save(update_fields=["ended_at", "ended_by"])
    _told(row, "ended", actor, now)
    return True


@transaction.atomic
def open_by_template(
    *,
    template: TicketTemplate,
    answers: Sequence[Answer],
    engagements: Sequence[Engagement],
    words: Words,
    actor: Actor,
    now: dt.datetime,
    subject: str = "",
    **opening: Any,
) -> Ticket:
    """Open a ticket as `open_ticket` does, with what was answered, the checklist and the assignee of a template.

    `words` say what was written besides the answers. `subject`: empty for the template's own.
    """
    business = engagements[0].business
    today = now.astimezone(zone_named(business.zone)).date()
    with translation.override(business.language):
        days = {day.isoformat(): date_in_words(day, "whole") for day in dates_in(answers)}
        always = {"business": business.name, "date": date_in_words(today, "whole")}
    values = {each.question: days.get(each.answer, each.answer) for each in answers}
    told = filled(template.subject, {**always, **values})
    with told_together():
        ticket = open_ticket(
            business=business,
            engagements=engagements,
            subject=subject or told or template.title,
            words=dataclasses.replace(words, text=text_of(answers, words.text, days) or told or template.title),
            actor=actor,
            now=now,
            **{"kind": template.kind, "impact": template.impact, "priority": _priority(template), **opening},
        )
        FilledForm.objects.create(
            business=business, ticket=ticket, template=template, title=template.title, answers=as_json(answers)
        )
        _checklist(ticket, template, engagements, actor, now)
        if _works_here(template, engagements):
            assign(ticket=ticket, person=template.assignee, actor=actor, now=now)
    ticket.refresh_from_db(fields=["assignee", "has_steps"])  # both were set on a row that was locked
    return ticket


def _priority(template: TicketTemplate) -> int | None:
    """How urgent it is: as follows from whom it hits, where the template says that."""
    return None if template.impact else template.priority


def _checklist(
    ticket: Ticket, template: TicketTemplate, engagements: Sequence[Engagement], actor: Actor, now: dt.datetime
) -> None:
    """Its internal steps are its supplier's; those of a template of a business are never internal."""
    steps = steps_from_json(template.steps)
    shared = [step.text for step in steps if not step.internal or template.supplier_id is None]
    own = [step.text for step in steps if step.internal and template.supplier_id is not None]
    if shared:
        add_steps(ticket=ticket, texts=shared, supplier=None, actor=actor, now=now)
    if own and any(each.supplier_id == template.supplier_id for each in engagements):
        add_steps(ticket=ticket, texts=own, supplier=template.supplier, actor=actor, now=now)


def _works_here(template: TicketTemplate, engagements: Sequence[Engagement]) -> bool:
    assignee = template.assignee
    return assignee is not None and any(each.supplier_id == assignee.supplier_id for each in engagements)


def _write(row: TicketTemplate, content: Content, actor: Actor, now: dt.datetime) -> None:
    if len(content.questions) > MOST_QUESTIONS or any(len(each.choices) > MOST_CHOICES for each in content.questions):
        raise TooManyQuestions(f"at most {MOST_QUESTIONS} questions of at most {MOST_CHOICES} choices")
    if len(content.steps) > MOST_STEPS:
        raise TooManySteps(f"at most {MOST_STEPS} steps")
    if content.assignee is not None and content.assignee.supplier_id != row.supplier_id:
        raise NotOfThisSupplier(f"{content.assignee.name} does not work here")
    row.title, row.subject = clean_line(content.title, 120), clean_line(content.subject, 200)
    row.text = clean_text(content.text)
    row.questions = as_json(
        dataclasses.replace(
            each, label=clean_line(each.label, 120), choices=tuple(clean_line(choice, 120) for choice in each.choices)
        )
        for each in content.questions
    )
    row.steps = as_json(dataclasses.replace(each, text=clean_line(each.text, LONGEST_STEP)) for each in content.steps)
    row.kind, row.priority, row.impact = content.kind, content.priority, content.impact
    row.assignee, row.engagement, row.offered = content.assignee, content.engagement, content.offered
    row.by_name, row.changed_at = actor.name, now
    row.save()


def _told(row: TicketTemplate, verb: str, actor: Actor, now: dt.datetime) -> None:
    """In the chain of the business, or of the installation for a supplier's: there stands no word of it."""
    append(
        verb=f"ticket_template.{verb}",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("ticket_template", row.pk),
        payload={"title": row.title, "questions": len(row.questions), "steps": len(row.steps)}
        if row.business_id
        else {"supplier": str(row.supplier_id), "questions": len(row.questions), "steps": len(row.steps)},
        occurred_at=now,
        recorded_at=now,
    )
