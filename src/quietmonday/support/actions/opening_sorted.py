"""A mail becomes a request as the rule says that sorted it: by a common request, as urgent, with tags, handed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.people.models import Engagement
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.sorting import may_be_handed, template_of
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.ticket_templates import open_by_template
from quietmonday.support.logic.tags import tags_in
from quietmonday.support.models import RoutingRule, Ticket


def open_sorted(
    *,
    rule: RoutingRule | None,
    engagements: Sequence[Engagement],
    words: Words,
    subject: str,
    actor: Actor,
    now: dt.datetime,
    **opening: Any,
) -> Ticket:
    """Open a ticket as `open_ticket` does, and give it what `rule` says; in the caller's transaction."""
    given = {**opening, **({"priority": rule.priority} if rule and rule.priority else {})}
    template = template_of(rule)
    if template is not None:
        ticket = open_by_template(
            template=template, answers=(), engagements=engagements, words=words, subject=subject, actor=actor, now=now,
            **given,
        )  # fmt: skip
    else:
        ticket = open_ticket(
            business=engagements[0].business, engagements=engagements, words=words, subject=subject, actor=actor,
            now=now, **given,
        )  # fmt: skip
    if rule is not None and rule.tags:
        tag(ticket=ticket, names=tags_in(rule.tags), actor=SYSTEM, now=now)
    if rule is not None and may_be_handed(rule.assignee, engagements, now):
        assign(ticket=ticket, person=rule.assignee, actor=SYSTEM, now=now)
    return ticket
