"""Somebody says something about a ticket."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.outbox.actions import put
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.naming import name_people, told_of_named
from quietmonday.support.actions.opening import Words, add_words
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.actions.waiting import begin_pause, begin_promise, end_pause, end_promise
from quietmonday.support.actions.waking import woken_by_words
from quietmonday.support.models import Message, Side, Ticket
from quietmonday.support.queries.tickets import locked


class NothingSaid(ValueError):
    """A message without text and without a file."""


@transaction.atomic
def say_to_customer(
    *,
    ticket: Ticket,
    words: Words,
    supplier_id: uuid.UUID | None,
    actor: Actor,
    now: dt.datetime,
    next_word_by: dt.datetime | None = None,
    waits_for: str = "",
    until: dt.datetime | None = None,
) -> Message:
    """The supplier writes to the customer; return the message.

    Word given ends the running promise; `next_word_by` makes the next. `waits_for` (customer, third_party,
    agreed_date) begins a pause whose visible question is this message; empty: it stays the supplier's move.
    """
    refuse_silence(words)
    ticket = locked(ticket.id)
    if said := said_before(ticket, words):
        return said
    message = add_words(ticket=ticket, words=words, side=Side.SUPPLIER, public=True, now=now, supplier_id=supplier_id)
    end_promise(ticket=ticket, at=words.occurred_at)
    if next_word_by is not None:
        begin_promise(ticket=ticket, due_at=next_word_by, by_name=actor.name, now=words.occurred_at)
    end_pause(ticket=ticket, at=words.occurred_at)
    if waits_for:
        begin_pause(
            ticket=ticket, reason=waits_for, question=message, until=until, by_name=actor.name, at=words.occurred_at
        )
    _recorded(ticket=ticket, message=message, words=words, verb="said_to_customer", actor=actor, now=now)
    return message


@transaction.atomic
def answer_call(
    *,
    ticket: Ticket,
    words: Words,
    supplier_id: uuid.UUID,
    actor: Actor,
    now: dt.datetime,
    next_word_by: dt.datetime | None = None,
    settles: bool = False,
) -> Message:
    """The customer rang about the ticket and was answered; return what the supplier wrote down of it.

    Word was given, so a running promise is kept or broken by it, and whatever was waited for from the customer has
    come; what is waited for from others still is. `settles`: the settlement that follows is mailed, this is not.
    """
    refuse_silence(words)
    ticket = locked(ticket.id)
    message = add_words(ticket=ticket, words=words, side=Side.SUPPLIER, public=True, now=now, supplier_id=supplier_id)
    end_promise(ticket=ticket, at=words.occurred_at)
    if next_word_by is not None:
        begin_promise(ticket=ticket, due_at=next_word_by, by_name=actor.name, now=words.occurred_at)
    end_pause(ticket=ticket, at=words.occurred_at, reason="customer")
    _recorded(
        ticket=ticket,
        message=message,
        words=words,
        verb="said_to_customer",
        actor=actor,
        now=now,
        mailed=not settles,
    )
    return message


@transaction.atomic
def say_to_supplier(*, ticket: Ticket, words: Words, actor: Actor, now: dt.datetime) -> Message:
    """The customer writes; return the message. Whatever the supplier waited for from the customer has come."""
    refuse_silence(words)
    ticket = locked(ticket.id)
    if said := said_before(ticket, words):
        return said
    message = add_words(ticket=ticket, words=words, side=Side.CUSTOMER, public=True, now=now)
    end_pause(ticket=ticket, at=words.occurred_at, reason="customer")
    _recorded(ticket=ticket, message=message, words=words, verb="said_to_supplier", actor=actor, now=now)
    return message


@transaction.atomic
def note_for_colleagues(
    *, ticket: Ticket, words: Words, supplier_id: uuid.UUID, actor: Actor, now: dt.datetime
) -> Message:
    """The supplier writes down what only its own people see; return the message. It never counts as an answer."""
    refuse_silence(words)
    ticket = locked(ticket.id)
    if said := said_before(ticket, words):
        return said
    message = add_words(ticket=ticket, words=words, side=Side.SUPPLIER, public=False, now=now, supplier_id=supplier_id)
    name_people(ticket=ticket, message=message, words=words, by_name=actor.name, now=now)
    woken_by_words(ticket=ticket, author=message.author_id, supplier=supplier_id, at=now)
    # The text of a note stays out of the shared chain: the journal says that there was one, not what it says.
    write_entry(
        ticket=ticket,
        verb="noted",
        actor=actor,
        payload={"message": str(message.id)},
        occurred_at=words.occurred_at,
        now=now,
        quality=words.quality,
    )
    return message


def said_before(ticket: Ticket, words: Words) -> Message | None:
    """Return the message that the same form made when it was sent before: the answer to it was lost on its way."""
    return Message.objects.filter(ticket=ticket, token=words.token).first() if words.token else None


def says_something(words: Words) -> bool:
    """Return whether there is a text or a file."""
    return bool(words.text.strip() or words.files)


def refuse_silence(words: Words) -> None:
    """Raise NothingSaid for a message that says nothing and carries nothing."""
    if not says_something(words):
        raise NothingSaid("write a sentence or add a file")


def _recorded(
    *, ticket: Ticket, message: Message, words: Words, verb: str, actor: Actor, now: dt.datetime, mailed: bool = True
) -> None:
    named = name_people(ticket=ticket, message=message, words=words, by_name=actor.name, now=now)
    if not message.automatic:
        woken_by_words(ticket=ticket, author=message.author_id, supplier=None, at=now)
    refresh(ticket=ticket, now=now)
    if mailed:
        put(topic="support.message_said", ids={"message": str(message.id)}, now=now, business_id=ticket.business_id)
    write_entry(
        ticket=ticket,
        verb=verb,
        actor=actor,
        payload=told_when_said(message) | told_of_named(named),
        occurred_at=message.occurred_at,
        now=now,
        quality=message.clock_quality,
    )


def told_when_said(message: Message) -> dict[str, Any]:
    """Return what the journal says of a public message."""
    return {
        "message": str(message.id),
        "text": message.text,
        "channel": message.channel,
        "verified": message.verified,
        "automatic": message.automatic,
    }
