"""Whose problem a ticket is, if somebody else said so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.indexing import index_again
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.models import Ticket
from quietmonday.support.queries.tickets import locked


class NotOfThisBusiness(ValueError):
    """Only somebody of the business can have a problem there."""


@transaction.atomic
def ask_for(*, ticket: Ticket, person: Person, actor: Actor, now: dt.datetime) -> Ticket:
    """Say that it is `person` who has the problem: whoever asked until now has reported it for them, and hears on.

    Feedback that was asked for stays asked of whom it was. Raises NotOfThisBusiness.
    """
    if person.business_id != ticket.business_id:
        raise NotOfThisBusiness(f"{person.name} is not of this business")
    ticket = locked(ticket.id)
    before = ticket.requester
    if before == person:
        return ticket
    if ticket.reported_by_id is None:
        ticket.reported_by = before
    elif ticket.reported_by == person:
        ticket.reported_by = None
    ticket.requester = person
    ticket.save(update_fields=["requester", "reported_by"])
    refresh(ticket=ticket, now=now)
    index_again(tickets=[ticket.pk])  # who asked may find it
    write_entry(
        ticket=ticket,
        verb="asked_for",
        actor=actor,
        payload={"person": str(person.pk), "name": person.name, "reported_by": str(ticket.reported_by_id or "")},
        occurred_at=now,
        now=now,
    )
    return ticket
