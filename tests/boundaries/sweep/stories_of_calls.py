"""How requests come into being quickly, in the world of the sweep: common requests, steps, time, faults, schedules."""

from __future__ import annotations

import datetime as dt

from quietmonday.support.actions.known_faults import say_me_too, show_to_everybody
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.recurring import begin_recurring, end_recurring, pause_recurring
from quietmonday.support.actions.routing import change_rule
from quietmonday.support.actions.steps import add_steps, tick_step
from quietmonday.support.actions.ticket_templates import Content, add_template, end_template, open_by_template
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.logic.recurring import Rule
from quietmonday.support.logic.ticket_templates import Answer, Question, StepLine
from tests.boundaries.sweep.stories import DAY, HOUR, NOW, Holder, Table, actor_of

MONTHLY = Rule(every="month", day=31, next_open_day=True)


def common_requests(world: Holder, table: Table, copies: int = 1) -> None:
    """Everything of one business and its supplier, `copies` times; the last one has the names."""
    for _ in range(copies):
        _templates(world, table)
        _on_a_request(world, table)


def _templates(world: Holder, table: Table) -> None:
    p, at = table.prefix, NOW - 4 * DAY
    manager, owner = actor_of(table.technician), actor_of(table.owner)
    rule = world.objects[f"{p}_rule"]
    asks = [Question("Name", required=True), Question("PC", "choice", ("new", "old")), Question("Day", "date")]
    content = Content(
        title=f"New starter {p}",
        subject="New starter {Name}",
        text="Two days ahead, please.",
        questions=asks,
        steps=[StepLine(table.says("step")), StepLine(table.notes("step"), internal=True)],
        assignee=table.technician.person,
    )
    offered = add_template(place=table.supplier, content=content, actor=manager, now=at)
    hidden = add_template(
        place=table.supplier, content=Content(title=table.notes("title"), subject="x", offered=False), actor=manager,
        now=at,
    )  # fmt: skip
    change_rule(rule=rule, values={"template": hidden}, actor=manager, now=at)
    own = add_template(
        place=table.business, content=Content(title=f"Leaver {p}", subject="Leaver", engagement=table.engagement),
        actor=owner, now=at,
    )  # fmt: skip
    ended = add_template(place=table.supplier, content=Content(title="Old", subject="Old"), actor=manager, now=at)
    end_template(template=ended, actor=manager, now=at)
    answers = [Answer("Name", "text", table.says("answer")), Answer("PC", "choice", "new"), Answer("Day", "date", "")]
    open_by_template(
        template=offered, answers=answers, engagements=[table.engagement], actor=actor_of(table.staff), now=at,
        source="web", requester=table.staff.person, reported_at=at,
        words=Words(text="", channel="web", author=table.staff.person, author_name="", occurred_at=at),
    )  # fmt: skip
    recurring = [
        begin_recurring(
            template=template, engagement=table.engagement, rule=MONTHLY, starts_on=dt.date(2026, 11, 26),
            ends_on=None, answers=[], actor=who, now=at,
        )
        for template, who in ((offered, manager), (own, owner), (own, owner), (offered, manager))
    ]  # fmt: skip
    pause_recurring(recurrence=recurring[2], actor=owner, now=at)
    end_recurring(recurrence=recurring[3], actor=manager, now=at)
    world.objects |= {
        f"{p}_template": offered,
        f"{p}_hidden_template": hidden,
        f"{p}_own_template": own,
        f"{p}_ended_template": ended,
        f"{p}_recurring": recurring[0],
        f"{p}_own_recurring": recurring[1],
        f"{p}_resting": recurring[2],
    }


def _on_a_request(world: Holder, table: Table) -> None:
    """Steps, time and a fault that everybody may know of, on the request that is open."""
    p, ticket, by = table.prefix, world[table.prefix], actor_of(table.technician)
    shared = add_steps(ticket=ticket, texts=[table.says("step"), "Second", "Third"], supplier=None, actor=by, now=NOW)
    internal = add_steps(ticket=ticket, texts=[table.notes("step")], supplier=table.supplier, actor=by, now=NOW)
    tick_step(step=shared[1], actor=by, now=NOW)
    time = spend_time(
        ticket=ticket, engagement=table.engagement, person=table.technician.person, minutes=25, at=NOW - HOUR,
        note=table.notes("time"), actor=by, now=NOW,
    )  # fmt: skip
    gone = show_to_everybody(ticket=ticket, title="Wi-Fi is slow", actor=by, now=NOW - 2 * HOUR)
    fault = show_to_everybody(ticket=ticket, title="Wi-Fi is down", actor=by, now=NOW - HOUR)
    say_me_too(fault=fault, person=table.owner.person, actor=actor_of(table.owner), now=NOW - HOUR)
    world.objects |= {
        f"{p}_step": shared[0],
        f"{p}_ticked_step": shared[1],
        f"{p}_internal_step": internal[0],
        f"{p}_time": time,
        f"{p}_fault": fault,
        f"{p}_gone_fault": gone,
    }


def on_the_shared_request(world: Holder) -> None:
    """Two of one supplier worked on what another supplier works on too."""
    cast = world.cast
    for name, member in (("ours_time_of_sam", cast.sam), ("ours_time_of_asha", cast.asha)):
        world.objects[name] = spend_time(
            ticket=world["shared"], engagement=cast.engagement, person=member.person, minutes=5, at=NOW - HOUR,
            note="marknotefennimorex", actor=actor_of(member), now=NOW,
        )  # fmt: skip
