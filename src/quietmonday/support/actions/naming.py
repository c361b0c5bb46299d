"""Who is named in what somebody writes (@Sam): they are told, and hear of the ticket from then on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from quietmonday.outbox.actions import put
from quietmonday.people.models import Person
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.watching import begin_watching
from quietmonday.support.logic.mentions import mentions_in
from quietmonday.support.logic.watching import MOST_WATCHERS
from quietmonday.support.models import Message, Ticket, Watcher
from quietmonday.support.queries.ticket_page import colleagues_of
from quietmonday.support.queries.watchers import members_of_suppliers, who_may_see


def name_people(*, ticket: Ticket, message: Message, words: Words, by_name: str, now: dt.datetime) -> list[Person]:
    """Keep who is named in a message that was just said, and have them told; in the caller's transaction.

    Only who may see the message is found; a name that could be two people is nobody's. What a machine wrote, what came
    out of a file, and what only the mail itself says who wrote, names nobody.
    """
    from_file = words.inbox_item is not None and words.inbox_item.source == "file"
    if "@" not in message.text or words.automatic or not words.verified or from_file:
        return []
    people = {person.id: person for person in readers_of(ticket, message, now)}
    people.pop(message.author_id, None)  # type: ignore[arg-type]  # None is nobody's id
    found = mentions_in(message.text, [(person.id, person.name) for person in people.values()])
    if not found:
        return []
    message.mentioned = [[written, str(ref)] for written, ref in found]
    message.save(update_fields=["mentioned"])
    named = [people[ref] for _written, ref in found]
    _watch(ticket, named, by_name, now)
    for person in named:
        put(
            topic="support.named",
            ids={"message": str(message.id), "person": str(person.id)},
            now=now,
            business_id=ticket.business_id,
        )
    return named


def told_of_named(named: Iterable[Person]) -> dict[str, list[dict[str, str]]]:
    """Return what the journal says of who was named; nothing if nobody was."""
    persons = [{"person": str(person.id), "name": person.name} for person in named]
    return {"named": persons} if persons else {}


def readers_of(ticket: Ticket, message: Message, now: dt.datetime) -> Iterable[Person]:
    """Return whom its writer can name: of a note the colleagues; else who of the business sees the ticket, and of the
    suppliers the writer's colleagues, or everybody there if it is the business that writes."""
    if not message.public:
        return colleagues_of(message.supplier_id, now) if message.supplier_id else []
    ours = colleagues_of(message.supplier_id, now) if message.supplier_id else members_of_suppliers(ticket, now)
    return [*who_may_see(ticket, now), *ours]


def _watch(ticket: Ticket, named: list[Person], by_name: str, now: dt.datetime) -> None:
    """They watch, as far as there is room; told they are anyway. Who asks hears already."""
    hears: set[uuid.UUID | None] = {ticket.requester_id, ticket.reported_by_id}
    room = MOST_WATCHERS - Watcher.objects.filter(ticket=ticket, ended_at=None).count()
    new = [person for person in named if person.id not in hears][: max(room, 0)]
    begin_watching(ticket=ticket, persons=new, why="mentioned", by_name=by_name, now=now)
