"""Out of "My move" for a while. No clock stops, no promise is put off, and the client is told nothing of it."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.waking import keep_asleep, woken
from quietmonday.support.logic.snoozing import UNTIL_ANSWER
from quietmonday.support.models import Snooze, Ticket, TicketState
from quietmonday.support.queries.tickets import locked


class CannotSnooze(ValueError):
    """What is settled waits for nobody, and a snooze ends at a time to come."""


@transaction.atomic
def snooze(
    *,
    ticket: Ticket,
    person: Person,
    supplier_id: uuid.UUID,
    until: dt.datetime | None,
    actor: Actor,
    now: dt.datetime,
    why: str = "",
) -> Snooze:
    """Put the ticket out of the supplier's "My move" until a moment, or (None) until somebody writes; return the row.

    It comes back at its time, when somebody else writes, when it is handed over, and two hours before anything is due.
    A request is snoozed by one supplier at a time: the last one. Raises CannotSnooze.
    """
    ticket = locked(ticket.id)
    if ticket.state != TicketState.OPEN:
        raise CannotSnooze("it is settled: open it again first")
    ends = until or now + UNTIL_ANSWER
    if ends <= now:
        raise CannotSnooze("choose a time that is still to come")
    woken(ticket=ticket, because="again", at=now)
    row = Snooze.objects.create(
        business=ticket.business,
        ticket=ticket,
        supplier_id=supplier_id,
        person=person,
        by_name=actor.name,
        why=clean_line(why, 300),
        at=now,
        until=ends,
        until_answer=until is None,
    )
    ticket.snoozed_for_id = supplier_id
    keep_asleep(ticket, now)
    ticket.save(update_fields=["snoozed_until", "snoozed_for"])
    # As with a note, the shared chain says that it was done, and not why.
    write_entry(
        ticket=ticket,
        verb="snoozed",
        actor=actor,
        payload={"until": None if until is None else ends.isoformat(), "supplier": str(supplier_id)},
        occurred_at=now,
        now=now,
    )
    return row


@transaction.atomic
def wake(*, ticket: Ticket, actor: Actor, now: dt.datetime) -> bool:
    """End the running snooze by hand; return whether there was one."""
    ticket = locked(ticket.id)
    supplier = ticket.snoozed_for_id
    if not woken(ticket=ticket, because="woken", at=now):
        return False
    payload = {"supplier": str(supplier)}
    write_entry(ticket=ticket, verb="woken", actor=actor, payload=payload, occurred_at=now, now=now)
    return True
