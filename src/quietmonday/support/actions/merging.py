"""Two tickets are one call: one becomes part of the other, and comes out again if that was wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Person
from quietmonday.support.actions.linking import CannotLink, locked_pair, tell_both
from quietmonday.support.actions.settling import set_aside
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.actions.watching import begin_watching, end_watching
from quietmonday.support.logic.linking import why_not_merged
from quietmonday.support.logic.watching import MOST_WATCHERS
from quietmonday.support.models import LinkKind, Ticket, TicketLink, TicketState, Watcher
from quietmonday.support.queries.linking import standings
from quietmonday.support.queries.tickets import locked
from quietmonday.work.actions.items import close_item


@transaction.atomic
def merge(*, one: Ticket, other: Ticket, actor: Actor, now: dt.datetime) -> TicketLink:
    """Make `one` a part of `other`; return the link.

    Nothing is moved: the messages stay where they were said and are shown in the conversation of `other`, where it goes
    on; later mail to `one` joins it. It counts as one call from the first report of the two, with every answer, promise
    and broken promise of both; `one` gets no verdict of its own. Who asked there, and who heard, hears of `other`.
    Raises CannotLink.
    """
    one, other = locked_pair(one, other)
    rule = why_not_merged(*standings([one, other]))
    if rule:
        raise CannotLink(rule)
    set_aside(ticket=one, state=TicketState.DUPLICATE, actor=actor, now=now)
    one = Ticket.objects.select_related("business", "work_item", "requester", "reported_by").get(pk=one.pk)
    for each in (one, *Ticket.objects.filter(part_of=one)):
        each.part_of = other
        each.save(update_fields=["part_of"])
    row = TicketLink.objects.create(
        business=one.business, one=one, other=other, kind=LinkKind.PART_OF, by_name=actor.name, at=now
    )
    _come_along(one, other, actor.name, now)
    refresh(ticket=other, now=now)
    tell_both(row, "merged", {}, actor, now)
    return row


@transaction.atomic
def take_apart(*, row: TicketLink, actor: Actor, now: dt.datetime) -> Ticket:
    """Undo a merge: the part is open again from its own start, with what was said in it; return it. Twice is once.

    What was said in the whole since stays there. What had been part of the part goes with it.
    Raises CannotLink (kind) for a link that is no merge.
    """
    if row.kind != LinkKind.PART_OF:
        raise CannotLink("kind")
    one, other = locked_pair(row.one, row.other)
    whole = locked(other.part_of_id) if other.part_of_id else other
    current = TicketLink.objects.select_related("one__work_item", "other__work_item").get(pk=row.pk)
    if current.ended_at is not None:
        return one
    current.ended_at, current.ended_by = now, actor.name
    current.save(update_fields=["ended_at", "ended_by"])
    _lead_anew(whole)
    one.part_of = None
    one.state, one.resolved_at = TicketState.OPEN, None
    one.save(update_fields=["part_of", "state", "resolved_at"])
    close_item(item=one.work_item, closed_at=None)
    came = Watcher.objects.filter(ticket=other, why="merged", since=current.at, ended_at=None)
    end_watching(list(came), by_name=actor.name, now=now)
    for ticket in (one, whole):
        refresh(ticket=ticket, now=now)
    tell_both(current, "taken_apart", {}, actor, now)
    return one


def _come_along(one: Ticket, other: Ticket, by_name: str, now: dt.datetime) -> None:
    """Who asked and heard there hears here, as far as there is room; what was asked for there stands in `one`."""
    hears: set[Any] = {other.requester_id, other.reported_by_id}
    watching = Watcher.objects.filter(ticket=one, ended_at=None).select_related("person").order_by("since", "id")
    people: list[Person | None] = [one.requester, one.reported_by, *(row.person for row in watching)]
    room = MOST_WATCHERS - Watcher.objects.filter(ticket=other, ended_at=None).count()
    coming = [person for person in people if person and person.pk not in hears][: max(room, 0)]
    begin_watching(ticket=other, persons=coming, why="merged", by_name=by_name, now=now)


def _lead_anew(whole: Ticket) -> None:
    """Work out of which ticket each part is a part, from the links that stand."""
    parts = {part.pk: part for part in Ticket.objects.filter(part_of=whole)}
    links = TicketLink.objects.filter(one__in=list(parts), kind=LinkKind.PART_OF, ended_at=None)
    leads = dict(links.values_list("one_id", "other_id"))
    for part in parts.values():
        top = part.pk
        while top in leads:
            top = leads[top]
        part.part_of_id = None if top == part.pk else top
        part.save(update_fields=["part_of"])
