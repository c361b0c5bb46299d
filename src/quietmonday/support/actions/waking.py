"""What ends a snooze, and what it does to a ticket. Runs in the transaction of the verb that calls it."""

import datetime as dt
import uuid

from quietmonday.support.logic.snoozing import comes_back
from quietmonday.support.models import Snooze, Ticket, TicketState


def woken(*, ticket: Ticket, because: str, at: dt.datetime) -> bool:
    """End the running snooze of a locked ticket; return whether there was one."""
    if ticket.snoozed_for_id is None:
        return False
    _end(ticket, because, at)
    return True


def woken_by_words(*, ticket: Ticket, author: uuid.UUID | None, supplier: uuid.UUID | None, at: dt.datetime) -> None:
    """End the running snooze because somebody wrote; what the snoozer writes leaves it.

    `supplier`: whose people alone see what was written; a note of another supplier wakes nobody.
    """
    if ticket.snoozed_for_id is None or supplier not in (None, ticket.snoozed_for_id):
        return
    snoozer = Snooze.objects.filter(ticket=ticket, ended_at=None).values_list("person", flat=True).first()
    if author is None or author != snoozer:
        _end(ticket, "written", at)


def keep_asleep(ticket: Ticket, now: dt.datetime) -> None:
    """Set on a ticket with a snooze when it comes back, from its deadlines; one that is settled has none."""
    if ticket.snoozed_for_id is None:
        return
    if ticket.state != TicketState.OPEN:
        _end(ticket, "settled", now)
        return
    until = Snooze.objects.filter(ticket=ticket, ended_at=None).values_list("until", flat=True).first()
    if until is not None:
        ticket.snoozed_until = comes_back(until, (ticket.next_word_by, ticket.respond_by, ticket.restore_by))


def asleep_again(*, ticket: Ticket, ended_at: dt.datetime, now: dt.datetime) -> None:
    """Undo that the snooze of a locked ticket ended at a moment, unless it is over by now or another one runs."""
    row = Snooze.objects.filter(ticket=ticket, ended_at=ended_at, until__gt=now).order_by("at", "pk").last()
    if row is None or ticket.state != TicketState.OPEN or ticket.snoozed_for_id is not None:
        return
    row.ended_at, row.ended_because = None, ""
    row.save(update_fields=["ended_at", "ended_because"])
    ticket.snoozed_for_id = row.supplier_id
    keep_asleep(ticket, now)
    ticket.save(update_fields=["snoozed_until", "snoozed_for"])


def _end(ticket: Ticket, because: str, at: dt.datetime) -> None:
    Snooze.objects.filter(ticket=ticket, ended_at=None).update(ended_at=at, ended_because=because)
    ticket.snoozed_until = ticket.snoozed_for = None
    ticket.save(update_fields=["snoozed_until", "snoozed_for"])
