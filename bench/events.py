"""What the journal is told of one request: the verbs and payloads of the product's actions."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from bench.stories import Story
from quietmonday.journal.actions import Event
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Person
from quietmonday.support.models import Message, Resolution, Side, Ticket


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A request with the rows that its entries name."""

    story: Story
    ticket: Ticket
    engagement_id: uuid.UUID
    technician: Person
    messages: list[Message]
    resolution: Resolution | None


def told(known: Told) -> Iterator[Event]:
    """Yield the events of one request in the order of time."""
    story, ticket, settled = known.story, known.ticket, known.story.settled
    technician = Actor(id=known.technician.id, name=known.technician.name)
    requester = Actor(id=ticket.requester_id, name=ticket.requester.name if ticket.requester else "")
    first = known.messages[0]
    opening = {"subject": ticket.subject, "text": first.text, "source": ticket.source, "priority": ticket.priority}
    yield _event(known, "opened", requester, story.opened, opening)
    assigned = {"person": str(known.technician.id), "name": known.technician.name}
    yield _event(known, "assigned", technician, story.answered, assigned)
    for message in known.messages[1:]:
        by_customer = message.side == Side.CUSTOMER
        yield _event(
            known,
            "said_to_supplier" if by_customer else "said_to_customer",
            requester if by_customer else technician,
            message.occurred_at,
            {
                "message": str(message.id),
                "text": message.text,
                "channel": message.channel,
                "verified": True,
                "automatic": False,
            },
        )
    if settled is None or known.resolution is None:
        return
    until = settled.until.isoformat() if settled.until else None
    ending = {"kind": settled.kind, "note": "", "until": until, "automatic": False}
    yield _event(known, "resolved", technician, settled.at, ending)
    if settled.answer:
        yield _event(known, "answered", requester, settled.answered_at, {"answer": settled.answer, "text": ""})
    if settled.fixed_at:
        yield _event(known, "fixed_permanently", technician, settled.fixed_at, {})


def _event(known: Told, verb: str, actor: Actor, at: dt.datetime, payload: dict[str, Any]) -> Event:
    return Event(
        verb=f"ticket.{verb}",
        actor=actor,
        business_id=known.ticket.business_id,
        engagement_ids=(known.engagement_id,),
        subject=("ticket", known.ticket.id),
        payload={"number": known.ticket.work_item.number, **payload},
        occurred_at=at,
        recorded_at=at,
    )
