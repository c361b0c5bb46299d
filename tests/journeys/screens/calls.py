"""The pages of calls, common requests, steps and what comes by itself, in the states that a person may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.support.actions.known_faults import say_me_too, show_to_everybody
from quietmonday.support.actions.recurring import begin_recurring, end_recurring, pause_recurring
from quietmonday.support.actions.steps import add_steps, tick_step
from quietmonday.support.actions.ticket_templates import Content, add_template
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.logic.recurring import Rule
from quietmonday.support.logic.ticket_templates import Question, StepLine
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.support.scene import actor, asked


def calls(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights; none of the others sees what is made here."""
    cast = world.cast
    dele = cast.dele.person.name.partition(" ")[0]
    yield sight("call", cast.sam, "support:log_call")
    yield sight("call-one-fits", cast.sam, "support:log_call", query=f"?q={dele}")
    yield sight("call-several-fit", cast.sam, "support:log_call", query="?q=oak")
    yield sight("call-nobody-fits", cast.sam, "support:log_call", query="?q=zeppelin")
    yield sight("call-promised", cast.sam, "support:log_call", query=f"?q={dele}", then=_promise)
    yield sight("call-refused", cast.sam, "support:log_call", query=f"?q={dele}", then=sent("main form"))
    yield sight("call-not-allowed", cast.ruth, "support:log_call", status=403)

    yield sight("common-none", cast.asha, "support:templates")
    yield sight("recurring-none", cast.sam, "support:recurring")
    yield sight("recurring-new-none", cast.sam, "support:new_recurring")
    template = add_template(place=cast.fennimore, content=STARTER, actor=actor(cast.asha), now=NOW)
    own = add_template(
        place=cast.oakhurst, content=Content(title="Leaver", subject="Leaver"), actor=actor(cast.ruth), now=NOW
    )
    yield sight("common", cast.asha, "support:templates")
    yield sight("common-new", cast.ruth, "support:new_template")
    yield sight("common-refused", cast.ruth, "support:new_template", then=sent("main form"))
    yield sight("common-change", cast.asha, "support:template", (template.pk,))
    yield sight("common-more-questions", cast.asha, "support:template", (template.pk,), then=_more_questions)
    yield sight("recurring-which", cast.sam, "support:new_recurring")
    filling = f"?template={template.pk}"
    yield sight("recurring-new", cast.sam, "support:new_recurring", query=filling)
    yield sight("recurring-new-refused", cast.sam, "support:new_recurring", query=filling, then=sent("main form"))
    yield sight("recurring-next-days", cast.ruth, "support:new_recurring", query=f"?template={own.pk}", then=_look)
    for each, by in ((template, cast.asha), (template, cast.asha), (own, cast.ruth)):
        row = begin_recurring(
            template=each, engagement=cast.engagement, rule=Rule(every="month", day=31, next_open_day=True),
            starts_on=dt.date(2026, 11, 24), ends_on=None, answers=[], actor=actor(by), now=NOW,
        )  # fmt: skip
        if each is own:
            end_recurring(recurrence=row, actor=actor(by), now=NOW)
    pause_recurring(recurrence=row, actor=actor(cast.ruth), now=NOW)
    yield sight("recurring", cast.sam, "support:recurring")
    yield sight("recurring-of-the-owner", cast.ruth, "support:recurring")

    filling = f"?for={cast.oakhurst.id}&template={template.pk}"
    yield sight("report-common", cast.dele, "support:report", query=filling)
    yield sight("report-common-refused", cast.dele, "support:report", query=filling, then=sent("main form"))
    yield sight("report-common-for-a-client", cast.sam, "support:report", query=filling)

    ticket = asked(cast, "The wireless in finishing is gone", by=cast.bill, at=NOW)
    yield sight("report-sent", cast.bill, "support:sent", (ticket.id,))
    yield sight("steps-none", cast.sam, "support:steps", (ticket.id,))
    _work_on(cast, ticket)
    yield sight("steps", cast.sam, "support:steps", (ticket.id,))
    yield sight("steps-refused", cast.sam, "support:steps", (ticket.id,), then=sent("main form.form"))
    yield sight("work-with-steps-and-time", cast.sam, "support:ticket", (ticket.id,))
    yield sight("work-time-refused", cast.sam, "support:ticket", (ticket.id,), then=sent("form[action$='/time/']"))
    yield sight("owner-with-steps-and-time", cast.ruth, "support:ticket", (ticket.id,))
    yield sight("asked-with-steps", cast.bill, "support:ticket", (ticket.id,))
    yield sight("report-known-fault", cast.dele, "support:report")
    yield sight("requests-known-fault", cast.dele, "support:requests")


STARTER = Content(
    title="New starter",
    subject="New starter: {Name}",
    text="Two days ahead is enough.",
    questions=[
        Question("Name", required=True),
        Question("First day", "date"),
        Question("Computer", "choice", ("new laptop", "one that is here", "none")),
    ],
    steps=[StepLine("Make the account"), StepLine("Show the printer"), StepLine("Count the licences", internal=True)],
)


def _work_on(cast: Any, ticket: Any) -> None:
    by = actor(cast.sam)
    steps = add_steps(ticket=ticket, texts=["Look at the access point", "Change it"], supplier=None, actor=by, now=NOW)
    add_steps(ticket=ticket, texts=["Order a spare one"], supplier=cast.fennimore, actor=by, now=NOW)
    tick_step(step=steps[0], actor=by, now=NOW)
    spend_time(
        ticket=ticket, engagement=cast.engagement, person=cast.sam.person, minutes=25, at=NOW, note="On the roof",
        actor=by, now=NOW,
    )  # fmt: skip
    fault = show_to_everybody(ticket=ticket, title="Wi-Fi is down in finishing", actor=by, now=NOW)
    say_me_too(fault=fault, person=cast.maria.person, actor=actor(cast.maria), now=NOW)


def _promise(visitor: Visitor) -> None:
    """Say that it is worked on: the time of the next word is asked for."""
    visitor.page.check("[name=outcome][value=promised]")
    visitor.page.check("[name=caller][value=new]")
    visitor.page.locator("summary").click()


def _more_questions(visitor: Visitor) -> None:
    with visitor.next_page():
        visitor.page.click("button[name=more]")


def _look(visitor: Visitor) -> None:
    visitor.page.check("[name=every][value=quarter]")
    visitor.page.fill("[name=day]", "31")
    visitor.page.select_option("[name=engagement]", index=1)
    with visitor.next_page():
        visitor.page.click("button[name=look]")
