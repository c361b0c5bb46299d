"""Somebody rang and was answered: one transaction writes down who, what, what came of it and how long it took."""

import dataclasses
import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.people.actions.persons import write_person
from quietmonday.people.models import Business, Engagement, Person
from quietmonday.support.actions.entries import tell, told_together
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.talking import answer_call, said_before
from quietmonday.support.actions.timing import spend_time
from quietmonday.support.actions.waiting import promise_word
from quietmonday.support.models import Ticket, TicketKind
from quietmonday.support.queries.callers import person_called
from quietmonday.support.queries.tickets import locked

SOLVED = {"for_good": "fixed", "working": "unknown"}
"""What came of a call that settled it → the kind of the resolution."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Caller:
    """Who rang: a person on record, or the name (and number) of one who is not."""

    business: Business
    person: Person | None = None
    name: str = ""
    phone: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """What was said and when, and what came of it: for_good, working, promised (with `next_word_by`) or noted."""

    subject: str
    text: str
    began_at: dt.datetime
    outcome: str
    next_word_by: dt.datetime | None = None
    minutes: int = 0  # 0: nobody counted
    mine: bool = False  # whoever answered takes it
    kind: str = TicketKind.INCIDENT
    priority: int = 3
    can_work: str = ""
    token: uuid.UUID | None = None  # of the form


@transaction.atomic
def log_call(
    *,
    caller: Caller,
    call: Call,
    engagement: Engagement,
    answered_by: Person,
    actor: Actor,
    now: dt.datetime,
    about: Ticket | None = None,
    origin: str | None = None,
) -> Ticket:
    """Write a call down: as a new ticket, or on the open one that it is `about`; return the ticket.

    Answered live, so the first answer is there. `origin`: see `open_ticket` (IntegrityError on a second).
    Raises CannotSettle when what it is about has been settled meanwhile, NoSuchTime, PromiseInThePast, and Refused for
    a caller without a name.
    """
    if about is not None and said_before(locked(about.id), _answer(call, answered_by, now)):
        return about
    with told_together():
        return _logged(caller, call, engagement, answered_by, actor, now, about, origin)


def _logged(
    caller: Caller,
    call: Call,
    engagement: Engagement,
    answered_by: Person,
    actor: Actor,
    now: dt.datetime,
    about: Ticket | None,
    origin: str | None,
) -> Ticket:
    person = caller.person or _made_known(caller, actor, now)
    if about is None:
        ticket = _opened(caller.business, person, call, engagement, actor, now, origin)
    else:
        ticket = about
        answer_call(
            ticket=ticket,
            words=_answer(call, answered_by, now),
            supplier_id=engagement.supplier_id,
            actor=actor,
            now=now,
            next_word_by=call.next_word_by if call.outcome == "promised" else None,
            settles=call.outcome in SOLVED,
        )
    if call.outcome == "promised":
        if about is None and call.next_word_by is not None:
            promise_word(ticket=ticket, due_at=call.next_word_by, actor=actor, now=now)
        if call.mine:
            assign(ticket=ticket, person=answered_by, actor=actor, now=now)
    if call.minutes:
        spend_time(
            ticket=ticket, engagement=engagement, person=answered_by, minutes=call.minutes, at=call.began_at,
            actor=actor, now=now,
        )  # fmt: skip
    if call.outcome in SOLVED:
        resolve(ticket=ticket, kind=SOLVED[call.outcome], actor=actor, now=now)
    return ticket


def _made_known(caller: Caller, actor: Actor, now: dt.datetime) -> Person:
    """Somebody new, unless exactly one person of the business bears this name already."""
    known = person_called(caller.business, caller.name)
    if known is not None:
        return known
    person, events = write_person(
        place=caller.business, name=caller.name, job="", phone=caller.phone, emails=(), role=None, actor=actor, now=now
    )
    tell(events)
    return person


def _opened(
    business: Business,
    person: Person,
    call: Call,
    engagement: Engagement,
    actor: Actor,
    now: dt.datetime,
    origin: str | None,
) -> Ticket:
    return open_ticket(
        business=business,
        engagements=[engagement],
        subject=call.subject,
        words=Words(
            text=call.text or call.subject,
            channel="phone",
            author=person,
            author_name=person.name,
            occurred_at=call.began_at,
            quality=ClockQuality.EXACT if call.began_at == now else ClockQuality.STATED,
            token=call.token,
        ),
        source="phone",
        actor=actor,
        now=now,
        requester=person,
        reported_at=call.began_at,
        kind=call.kind,
        priority=call.priority,
        can_work=call.can_work,
        origin=origin,
    )


def _answer(call: Call, said_by: Person, now: dt.datetime) -> Words:
    """What is written down of a call about an open ticket. It counts from now: a time that somebody states would keep
    promises that were broken."""
    return Words(
        text="\n\n".join(part for part in (call.subject, call.text) if part),
        channel="phone",
        author=said_by,
        author_name=said_by.name,
        occurred_at=now,
        token=call.token,
    )
