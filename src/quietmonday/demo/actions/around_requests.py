"""What stands around a request in the story: links, tags, watchers, steps, time, a snooze, a line for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quietmonday.demo.logic.steps import Step
from quietmonday.demo.queries.firms import Firms
from quietmonday.kit.actors import Actor
from quietmonday.support.actions.behalf import ask_for
from quietmonday.support.actions.known_faults import say_me_too, show_to_everybody
from quietmonday.support.actions.linking import link
from quietmonday.support.actions.merging import merge
from quietmonday.support.actions.snoozing import snooze
from quietmonday.support.actions.steps import add_steps, tick_step
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.actions.watching import watch
from quietmonday.support.models import KnownFault, Ticket


def _merge(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    merge(one=ticket, other=firms.ticket(step.more["into"]), actor=actor, now=step.at)


def _link(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    other = firms.ticket(step.more["to"])
    link(one=ticket, other=other, kind=step.more["how"], note=step.text, actor=actor, now=step.at)


def _tag(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    tag(ticket=ticket, names=step.more["names"], actor=actor, now=step.at)


def _watch(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    persons = [firms.persons[key] for key in step.more["who"]]
    watch(ticket=ticket, persons=persons, why="added", actor=actor, now=step.at)


def _on_behalf(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    ask_for(ticket=ticket, person=firms.persons[step.more["of"]], actor=actor, now=step.at)


def _snooze(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    person = firms.persons[step.by]
    if person.supplier_id is None:
        raise ValueError(f"only suppliers snooze: {step}")
    until = step.more["due"]
    snooze(
        ticket=ticket, person=person, supplier_id=person.supplier_id, until=until, why=step.text, actor=actor,
        now=step.at,
    )  # fmt: skip


def _tick(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    for each in ticket.steps.filter(ticked_at=None)[: step.more["steps"]]:
        tick_step(step=each, actor=actor, now=step.at)


def _list_steps(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    add_steps(ticket=ticket, texts=step.more["steps"], supplier=None, actor=actor, now=step.at)


def _time(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    person = firms.persons[step.by]
    spend_time(
        ticket=ticket,
        engagement=firms.engagement_with(ticket, person),
        person=person,
        minutes=step.more["minutes"],
        at=step.at,
        note=step.text,
        actor=actor,
        now=step.at,
    )


def _show(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    show_to_everybody(ticket=ticket, title=step.text, actor=actor, now=step.at)


def _me_too(firms: Firms, step: Step, ticket: Ticket, actor: Actor) -> None:
    fault = KnownFault.objects.get(ticket=ticket, ended_at=None)
    say_me_too(fault=fault, person=firms.persons[step.by], actor=actor, now=step.at)


AROUND_REQUESTS: dict[str, Callable[[Firms, Step, Ticket, Actor], Any]] = {
    "merge": _merge,
    "link": _link,
    "tag": _tag,
    "watch": _watch,
    "on_behalf": _on_behalf,
    "snooze": _snooze,
    "tick": _tick,
    "list": _list_steps,
    "time": _time,
    "show": _show,
    "me_too": _me_too,
}
