"""A reply or a note, and with it, in one transaction: whose the request is from now on, and a snooze."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import told_together
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.scheduling import When, schedule
from quietmonday.support.actions.snoozing import snooze
from quietmonday.support.actions.talking import note_for_colleagues, said_before, say_to_customer
from quietmonday.support.models import CannedReply, Message, ScheduledReply, Ticket, TicketState
from quietmonday.support.queries.tickets import locked


@dataclasses.dataclass(frozen=True, kw_only=True)
class Besides:
    """What happens with the words. `hand_over`: to `to`, None for nobody in particular. `snoozes`: `until`, None for
    until they answer. `canned`: ids of the texts kept ready that went into it."""

    hand_over: bool = False
    to: Person | None = None
    snoozes: bool = False
    until: dt.datetime | None = None
    why: str = ""
    canned: Collection[uuid.UUID] = ()


@transaction.atomic
def reply(
    *,
    ticket: Ticket,
    words: Words,
    person: Person,
    supplier_id: uuid.UUID,
    besides: Besides,
    when: When,
    actor: Actor,
    now: dt.datetime,
) -> Message | ScheduledReply:
    """Write to the customer, at once or (`when.send_at`) later; return the message, or the reply that waits.

    What is besides happens at once in either case. The same form sent twice does all of it once. Raises what the verbs
    raise, and then nothing has happened.
    """
    ticket = locked(ticket.id)
    if said := said_before(ticket, words) or _scheduled_before(ticket, words):
        return said
    # A settled request has no next word and no pause: they would count against nobody, and look like a promise.
    still_open = ticket.state == TicketState.OPEN
    _count_uses(besides.canned, person)
    written: Message | ScheduledReply
    with told_together():
        if when.send_at is not None:
            written = schedule(
                ticket=ticket, words=words, person=person, supplier_id=supplier_id, when=when, actor=actor, now=now
            )
        else:
            written = say_to_customer(
                ticket=ticket,
                words=words,
                supplier_id=supplier_id,
                actor=actor,
                now=now,
                next_word_by=when.next_word_by if still_open else None,
                waits_for=when.waits_for if still_open else "",
                until=when.until if still_open and when.waits_for == "agreed_date" else None,
            )
        _also(ticket, person, supplier_id, besides, actor, now)
    return written


@transaction.atomic
def note_with(
    *,
    ticket: Ticket,
    words: Words,
    person: Person,
    supplier_id: uuid.UUID,
    besides: Besides,
    actor: Actor,
    now: dt.datetime,
) -> Message:
    """Write down what only colleagues see, with what is besides; return the note."""
    ticket = locked(ticket.id)
    if said := said_before(ticket, words):
        return said
    _count_uses(besides.canned, person)
    with told_together():
        written = note_for_colleagues(ticket=ticket, words=words, supplier_id=supplier_id, actor=actor, now=now)
        _also(ticket, person, supplier_id, besides, actor, now)
    return written


def _also(
    ticket: Ticket, person: Person, supplier_id: uuid.UUID, besides: Besides, actor: Actor, now: dt.datetime
) -> None:
    if besides.hand_over:
        assign(ticket=ticket, person=besides.to, actor=actor, now=now)
    if besides.snoozes:
        snooze(
            ticket=ticket,
            person=person,
            supplier_id=supplier_id,
            until=besides.until,
            why=besides.why,
            actor=actor,
            now=now,
        )


def _scheduled_before(ticket: Ticket, words: Words) -> ScheduledReply | None:
    return ScheduledReply.objects.filter(ticket=ticket, token=words.token).first() if words.token else None


def _count_uses(canned: Collection[uuid.UUID], person: Person) -> None:
    """Count one use of each; an id that is none of theirs is passed over."""
    theirs = CannedReply.objects.filter(pk__in=canned, supplier=person.supplier_id)
    for row in theirs.select_for_update().order_by("pk"):
        if row.person_id in (None, person.pk):
            CannedReply.objects.filter(pk=row.pk).update(used=F("used") + 1)
