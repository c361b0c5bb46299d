"""Somebody else hears of a ticket, or no longer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.logic.watching import MOST_SUGGESTED, MOST_WATCHERS
from quietmonday.support.models import CopySuggestion, Ticket, Watcher
from quietmonday.support.queries.tickets import locked


class TooManyWatch(ValueError):
    """So many hear of one ticket that a mail to all of them would be a circular."""


@transaction.atomic
def watch(*, ticket: Ticket, persons: Sequence[Person], why: str, actor: Actor, now: dt.datetime) -> list[Watcher]:
    """Let persons hear of the ticket, and see it; return who begins. `why`: self, added, copied.

    Whether they may is the caller's to know (access). All or none. Raises TooManyWatch.
    """
    ticket = locked(ticket.id)
    begun = begin_watching(ticket=ticket, persons=persons, why=why, by_name=actor.name, now=now)
    if begun:
        write_entry(
            ticket=ticket,
            verb="watched",
            actor=actor,
            payload={"persons": _told(begun), "why": why},
            occurred_at=now,
            now=now,
        )
    return begun


@transaction.atomic
def stop_watching(*, ticket: Ticket, person_ids: Iterable[uuid.UUID], actor: Actor, now: dt.datetime) -> int:
    """They no longer hear of the ticket; return how many did. Twice is once."""
    ticket = locked(ticket.id)
    open_ones = Watcher.objects.filter(ticket=ticket, person__in=list(person_ids), ended_at=None)
    rows = list(open_ones.select_related("person"))
    end_watching(rows, by_name=actor.name, now=now)
    if rows:
        write_entry(
            ticket=ticket,
            verb="unwatched",
            actor=actor,
            payload={"persons": _told(rows)},
            occurred_at=now,
            now=now,
        )
    return len(rows)


@transaction.atomic
def answer_copy(*, suggestion: CopySuggestion, take: bool, actor: Actor, now: dt.datetime) -> CopySuggestion:
    """Say whether somebody who stood in copy shall hear of the ticket. The first answer counts. Raises TooManyWatch."""
    ticket = locked(suggestion.ticket_id)
    row = CopySuggestion.objects.select_related("person").get(pk=suggestion.pk)
    if row.answered_at is not None:
        return row
    row.answered_at, row.answered_by, row.taken = now, actor.name, take
    row.save(update_fields=["answered_at", "answered_by", "taken"])
    if take:
        watch(ticket=ticket, persons=[row.person], why="copied", actor=actor, now=now)
    else:
        payload = {"person": str(row.person_id), "name": row.person.name}
        write_entry(ticket=ticket, verb="copy_declined", actor=actor, payload=payload, occurred_at=now, now=now)
    return row


def begin_watching(
    *, ticket: Ticket, persons: Sequence[Person], why: str, by_name: str, now: dt.datetime
) -> list[Watcher]:
    """Store who begins to hear of a locked ticket, in the caller's transaction; return them. Raises TooManyWatch."""
    hear = set(Watcher.objects.filter(ticket=ticket, ended_at=None).values_list("person_id", flat=True))
    new = {person.id: person for person in persons if person.id not in hear}
    if len(hear) + len(new) > MOST_WATCHERS:
        raise TooManyWatch(f"at most {MOST_WATCHERS} people can hear of one request")
    return Watcher.objects.bulk_create(
        [
            Watcher(business=ticket.business, ticket=ticket, person=person, why=why, by_name=by_name, since=now)
            for person in new.values()
        ]
    )


def end_watching(rows: Sequence[Watcher], *, by_name: str, now: dt.datetime) -> None:
    """End these, in the caller's transaction."""
    Watcher.objects.filter(pk__in=[row.pk for row in rows], ended_at=None).update(ended_at=now, ended_by=by_name)


def suggest_copied(*, ticket: Ticket, persons: Sequence[Person], by: Person, now: dt.datetime) -> list[CopySuggestion]:
    """Keep that a mail had these persons in copy, in the caller's transaction; each is suggested once a ticket.

    It gives them nothing: no mail, no sight of the ticket. Whoever may add them is asked on its page.
    """
    known = {ticket.requester_id, ticket.reported_by_id, by.id}
    known |= set(CopySuggestion.objects.filter(ticket=ticket).values_list("person_id", flat=True))
    room = MOST_SUGGESTED - CopySuggestion.objects.filter(ticket=ticket).count()
    known |= set(Watcher.objects.filter(ticket=ticket, ended_at=None).values_list("person_id", flat=True))
    new = {person.id: person for person in persons if person.id not in known}
    return CopySuggestion.objects.bulk_create(
        [
            CopySuggestion(business=ticket.business, ticket=ticket, person=person, by_name=by.name, at=now)
            for person in list(new.values())[: max(room, 0)]
        ]
    )


def _told(rows: Sequence[Watcher]) -> list[dict[str, str]]:
    return [{"person": str(row.person_id), "name": row.person.name} for row in rows]
