"""What somebody of a business sees of requests who is not in charge of them: their own, and known faults."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from quietmonday.people.access import Viewer
from quietmonday.people.models import Business
from quietmonday.support.access import faults_shown_at, tickets_visible_to
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.plain_status import Status, status_of
from quietmonday.support.models import AlsoAffected, KnownFault, Ticket, TicketState
from quietmonday.support.queries.requests import Line

RECENT = 3
ASKED_FOR = dt.timedelta(days=14)
FAULTS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Own:
    """One request as whoever asked for it reads it."""

    ticket: Ticket | Line
    number: int
    supplier: str
    status: Status


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """A known fault; `mine`: the viewer said to have it too."""

    fault: KnownFault
    mine: bool


def own_of(ticket: Ticket | Line, number: int, inputs: Mapping[str, Any] | None, now: dt.datetime) -> Own:
    """Return a ticket as whoever asked for it reads it; `inputs`: the facts of its verdict as stored.

    Who has not said within two weeks whether it is solved is not asked in a list any more; the request still asks.
    """
    facts = facts_from_json(inputs) if inputs is not None else None
    answers = facts.feedback if facts else ()
    latest = max(answers, key=lambda each: each.at, default=None)
    reopened = max((each.at for each in facts.reopenings), default=None) if facts else None
    still = latest is not None and (reopened is None or latest.at >= reopened)
    return Own(
        ticket=ticket,
        number=number,
        supplier=facts.supplier_name if facts else "",
        status=status_of(
            state=ticket.state,
            move=ticket.move,
            answer=latest.answer.value if latest is not None and still else "",
            asked=ticket.resolved_at is not None and now - ticket.resolved_at < ASKED_FOR,
            held=ticket.workaround_until is not None,
            next_word_by=ticket.next_word_by,
            respond_by=ticket.respond_by,
        ),
    )


def recent_of(viewer: Viewer, business: Business, now: dt.datetime) -> list[Own]:
    """Return the newest that the viewer asked for and that are open, or were settled within a week: one query."""
    person = viewer.person_at.get(business.id)
    if person is None:
        return []
    rows = tickets_visible_to(viewer).filter(business=business, requester=person)
    lately = rows.exclude(state__in=[TicketState.CANCELLED, TicketState.DUPLICATE, TicketState.SPAM])
    lately = lately.exclude(resolved_at__lt=now - dt.timedelta(days=7))
    found = lately.select_related("work_item", "verdict").order_by("-opened_at", "-id")[:RECENT]
    return [
        own_of(
            ticket, ticket.work_item.number, ticket.verdict.inputs if getattr(ticket, "verdict", None) else None, now
        )
        for ticket in found
    ]


def faults_heard_at(viewer: Viewer, businesses: Iterable[uuid.UUID]) -> list[Heard]:
    """Return the known faults that are shown at these businesses, newest first, and which of them the viewer has too:
    two queries."""
    faults = list(faults_shown_at(viewer, businesses)[:FAULTS])
    if not faults:
        return []
    said = AlsoAffected.objects.filter(person__in=list(viewer.persons), ticket__in=[f.ticket_id for f in faults])
    mine = set(said.values_list("ticket_id", flat=True))
    return [Heard(fault, fault.ticket_id in mine) for fault in faults]
