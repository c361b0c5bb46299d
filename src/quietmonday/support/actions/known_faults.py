"""A fault is shown to everybody at the business, in one line; others say that they have it too."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.outbox.actions import put
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.models import AlsoAffected, KnownFault, Ticket, TicketState
from quietmonday.support.queries.tickets import locked

OVER = "support.known_fault_over"


class NotOpen(ValueError):
    """What is settled is no fault any more."""


@transaction.atomic
def show_to_everybody(*, ticket: Ticket, title: str, actor: Actor, now: dt.datetime) -> KnownFault:
    """Show one line about an open ticket to all staff of its business, in place of the line shown so far.

    Raises NotOpen, and ValueError for a line that says nothing.
    """
    ticket = locked(ticket.id)
    if ticket.state != TicketState.OPEN:
        raise NotOpen("only what is open is a fault")
    line = clean_line(title, 120)
    if not line:
        raise ValueError("say in a few words what everybody is to read")
    _end(ticket, actor.name, now)
    fault = KnownFault.objects.create(
        business=ticket.business, ticket=ticket, title=line, since=now, by_name=actor.name
    )
    if not ticket.was_shown:
        ticket.was_shown = True
        ticket.save(update_fields=["was_shown"])
    write_entry(ticket=ticket, verb="shown", actor=actor, payload={"text": line}, occurred_at=now, now=now)
    return fault


@transaction.atomic
def show_no_more(*, ticket: Ticket, actor: Actor, now: dt.datetime) -> bool:
    """Take the line down. False if none is shown."""
    ticket = locked(ticket.id)
    if not _end(ticket, actor.name, now):
        return False
    write_entry(ticket=ticket, verb="hidden", actor=actor, payload={}, occurred_at=now, now=now)
    return True


@transaction.atomic
def say_me_too(*, fault: KnownFault, person: Person, actor: Actor, now: dt.datetime) -> AlsoAffected | None:
    """Somebody has the fault too; None if they said so before, or it is shown no more. They hear when it is over."""
    ticket = locked(fault.ticket_id)
    if not KnownFault.objects.filter(pk=fault.pk, ended_at=None).exists():
        return None
    if AlsoAffected.objects.filter(ticket=ticket, person=person).exists():
        return None
    row = AlsoAffected.objects.create(business=ticket.business, ticket=ticket, person=person, at=now)
    write_entry(
        ticket=ticket, verb="affected", actor=actor, payload={"person": str(person.id)}, occurred_at=now, now=now
    )
    return row


def end_with_ticket(*, ticket: Ticket, by_name: str, now: dt.datetime) -> None:
    """The ticket is settled or set aside: its line goes, and who has it too is told. In the caller's transaction."""
    if not _end(ticket, by_name, now):
        return
    if ticket.state == TicketState.RESOLVED and AlsoAffected.objects.filter(ticket=ticket).exists():
        put(topic=OVER, ids={"ticket": str(ticket.id)}, now=now, business_id=ticket.business_id)


def show_again(*, ticket: Ticket, ended_at: dt.datetime) -> None:
    """Undo that the ticket's line went at a moment with the ticket. In the caller's transaction."""
    if not KnownFault.objects.filter(ticket=ticket, ended_at=None).exists():
        KnownFault.objects.filter(ticket=ticket, ended_at=ended_at).update(ended_at=None, ended_by="")


def _end(ticket: Ticket, by_name: str, now: dt.datetime) -> uuid.UUID | None:
    shown = KnownFault.objects.filter(ticket=ticket, ended_at=None).first()
    if shown is None:
        return None
    shown.ended_at, shown.ended_by = now, by_name
    shown.save(update_fields=["ended_at", "ended_by"])
    return shown.pk
