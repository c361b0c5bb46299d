"""What people of the story lay ready for later: templates, what comes round by itself, replies, views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from quietmonday.demo.logic.steps import Step
from quietmonday.demo.logic.story import Round
from quietmonday.demo.queries.firms import Firms
from quietmonday.support.actions.keeping_ready import keep_ready
from quietmonday.support.actions.recurring import begin_recurring, make_due
from quietmonday.support.actions.saved_views import Look, save_view
from quietmonday.support.actions.ticket_templates import Content, add_template
from quietmonday.support.logic.canned import NAMES, stored
from quietmonday.support.logic.recurring import Rule
from quietmonday.support.logic.ticket_templates import Question, StepLine
from quietmonday.support.queries.filters import QUEUE


def lay_template(firms: Firms, step: Step, now: dt.datetime) -> None:
    """Write a template. A supplier's stands in the installation's own chain, which is not made up: there, `now`."""
    more = step.more
    business = firms.businesses.get(more["place"])
    place = business or firms.suppliers[more["place"]]
    content = Content(
        title=more["title"],
        subject=more["subject"],
        text=more["text"],
        questions=[_question(each) for each in more.get("questions", ())],
        steps=[
            *(StepLine(text) for text in more.get("steps", ())),
            *(StepLine(text, internal=True) for text in more.get("own_steps", ())),
        ],
        priority=more.get("priority", 3),
        offered=more.get("offered", True),
    )
    moment = now if business is None else step.at
    add_template(place=place, content=content, actor=firms.actor(more["whose"]), now=moment)


def lay_reply(firms: Firms, step: Step, now: dt.datetime) -> None:
    """Keep a reply ready, for whoever writes it alone or for all at their firm."""
    more = step.more
    person = firms.persons[more["whose"]]
    if person.supplier_id is None:
        raise ValueError(f"only suppliers keep replies: {step}")
    keep_ready(
        supplier=person.supplier_id,
        person=person if more.get("own") else None,
        title=more["title"],
        text=stored(more["text"].strip(), {key: key for key in NAMES}),
        actor=firms.actor(more["whose"]),
        now=now,
    )


def lay_view(firms: Firms, step: Step, now: dt.datetime) -> None:
    """Save a view of the queue."""
    more = step.more
    save_view(
        person=firms.persons[more["whose"]],
        place=QUEUE,
        name=more["name"],
        look=Look(filters=more["filters"]),
        shared=more.get("shared", False),
        may_share=True,
        actor=firms.actor(more["whose"]),
        now=now,
    )


def begin_round(firms: Firms, step: Step) -> None:
    """Have a template come round by itself."""
    each: Round = step.more["round"]
    begin_recurring(
        template=firms.template(each.template),
        engagement=firms.engagements[each.business, each.of],
        rule=Rule(**each.rule),
        starts_on=step.at.date(),
        ends_on=None,
        answers=(),
        actor=firms.actor(each.by),
        now=step.at,
    )


def come_round(firms: Firms, step: Step) -> None:
    """Open the request that is due. Raises LookupError if none is."""
    each: Round = step.more["round"]
    if make_due(recurrence_id=firms.recurrence(each.template).pk, now=step.at) is None:
        raise LookupError(f"nothing is due: {step}")


def _question(each: Mapping[str, Any]) -> Question:
    return Question(**{**each, "choices": tuple(each.get("choices", ()))})
