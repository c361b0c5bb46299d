"""Tickets: listed, read, opened; what is said about them; what is judged."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router
from pydantic import Field

from quietmonday.integrations.access import verdicts_seen_by
from quietmonday.integrations.forms.api import tickets as shapes
from quietmonday.integrations.forms.api.base import Moment
from quietmonday.integrations.logic.problems import Problem
from quietmonday.integrations.queries.below_tickets import as_it_stands
from quietmonday.integrations.queries.paging import Order, page
from quietmonday.integrations.queries.told.tickets import (
    TICKET_JOINS,
    messages_told,
    tickets_told,
    verdicts_told,
)
from quietmonday.integrations.views.api.files import files_named
from quietmonday.integrations.views.api.lists import Paged, asked
from quietmonday.integrations.views.api.offering import ApiRequest, offers
from quietmonday.kit.clock import ClockQuality
from quietmonday.people.models import Business, Engagement, Person
from quietmonday.support.access import (
    business_reported_by,
    business_served_by,
    engagements_open_at,
    engagements_served,
    messages_visible_to,
    person_reporting,
    requesters_known_to,
    supplier_side,
    ticket_for,
    tickets_visible_to,
    voice_of,
)
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer, say_to_supplier
from quietmonday.support.models import Ticket, TicketState

router = Router(tags=["Tickets"])

CHANGED = Order(("changed_at", "id"), falling=False)
OPENED = Order(("opened_at", "id"))
RECORDED = Order(("recorded_at", "id"), falling=False)
COMPUTED = Order(("computed_at", "id"), falling=False)
LONG_AGO = dt.timedelta(days=31)
FAR_AHEAD = dt.timedelta(days=730)


class TicketFilter(Paged):
    """Which tickets."""

    business: uuid.UUID | None = None
    engagement: uuid.UUID | None = None
    number: (
        Annotated[int, Field(ge=1, le=2_000_000_000, description="With `business`: the one of this number.")] | None
    ) = None
    state: shapes.State | None = None
    move: shapes.Move | None = None
    priority: Annotated[int, Field(ge=1, le=4)] | None = None
    assignee: uuid.UUID | None = None
    requester: uuid.UUID | None = None
    opened_since: Moment | None = None
    updated_since: (
        Annotated[
            Moment,
            Field(description="Only what changed at this moment or later, the longest unchanged first: to follow."),
        ]
        | None
    ) = None


@offers(router, "GET", "/tickets", scope="tickets:read", gives=shapes.TicketPage)
def list_tickets(request: ApiRequest, paged: Query[TicketFilter]) -> Any:
    """The tickets that you see, newest first."""
    rows = tickets_visible_to(request.viewer).select_related(*TICKET_JOINS)
    equal = {
        "business": paged.business,
        "work_item__number": paged.number,
        "state": paged.state,
        "move": paged.move,
        "priority": paged.priority,
        "assignee": paged.assignee,
        "requester": paged.requester,
        "opened_at__gte": paged.opened_since,
        "changed_at__gte": paged.updated_since,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    if paged.engagement:
        rows = rows.filter(parties__engagement=paged.engagement)
    return page(rows, asked(request, paged), CHANGED if paged.updated_since else OPENED, tickets_told)


@offers(
    router, "POST", "/tickets", scope="tickets:write", gives=shapes.TicketOut, status=201, refuses=(409,), tagged=True
)
def open_a_ticket(request: ApiRequest, body: shapes.TicketIn) -> Any:
    """Open a ticket.
    A member of the business asks for help in their own name; a supplier logs what somebody there said."""
    viewer = request.viewer
    if body.business in viewer.leads | viewer.staff_of:
        ticket = _own(request, business_reported_by(viewer, body.business), body)
    else:
        ticket = _for_client(request, business_served_by(viewer, body.business), body)
    return told(request, ticket)


@offers(router, "GET", "/tickets/{uuid:ticket_id}", scope="tickets:read", gives=shapes.TicketOut, tagged=True)
def get_ticket(request: ApiRequest, ticket_id: uuid.UUID) -> Any:
    """One ticket."""
    return told(request, ticket_for(request.viewer, ticket_id))


class MessageFilter(Paged):
    """Which messages."""

    updated_since: Annotated[Moment, Field(description="Only what was recorded at this moment or later.")] | None = None


@offers(router, "GET", "/tickets/{uuid:ticket_id}/messages", scope="tickets:read", gives=shapes.MessagePage)
def list_messages(request: ApiRequest, ticket_id: uuid.UUID, paged: Query[MessageFilter]) -> Any:
    """What was said about a ticket, in the order in which it was recorded, with the notes of your own supplier."""
    rows = messages_visible_to(request.viewer, ticket_for(request.viewer, ticket_id))
    if paged.updated_since:
        rows = rows.filter(recorded_at__gte=paged.updated_since)
    return page(rows, asked(request, paged), RECORDED, messages_told)


@offers(
    router,
    "POST",
    "/tickets/{uuid:ticket_id}/messages",
    scope="tickets:write",
    gives=shapes.MessageOut,
    status=201,
    refuses=(409,),
)
def say(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.MessageIn) -> Any:
    """Write to the other side: as the business to its suppliers, as a supplier to the client."""
    ticket = ticket_for(request.viewer, ticket_id)
    supplier = supplier_side(request.viewer, ticket)
    person, actor = voice_of(request.viewer, ticket, supplier)
    words = words_of(request, ticket.business, person, body.text, body.files)
    if supplier is None:
        _refuse_what_only_suppliers_say(body)
        message = say_to_supplier(ticket=ticket, words=words, actor=actor, now=request.moment)
        return messages_told([message])[0]
    if ticket.state != TicketState.OPEN and (body.next_word_by or body.waits_for):
        raise Problem("refused", "It is settled, so there is nothing to promise or to wait for. Reopen it first.")
    if body.waits_for == "agreed_date" and body.until is None:
        raise Problem("refused", "Say in `until` until when it is put off.")
    for moment in (body.next_word_by, body.until):
        refuse_unless_to_come(moment, request.moment)
    message = say_to_customer(
        ticket=ticket,
        words=words,
        supplier_id=supplier,
        actor=actor,
        now=request.moment,
        next_word_by=body.next_word_by,
        waits_for=body.waits_for or "",
        until=body.until if body.waits_for == "agreed_date" else None,
    )
    return messages_told([message])[0]


@offers(
    router,
    "POST",
    "/tickets/{uuid:ticket_id}/notes",
    scope="tickets:write",
    gives=shapes.MessageOut,
    status=201,
    refuses=(409,),
)
def note(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.NoteIn) -> Any:
    """Write down what only your own supplier sees. It never counts as an answer."""
    ticket = ticket_for(request.viewer, ticket_id)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        raise Problem("forbidden", "Notes are for those who work on the ticket.")
    person, actor = voice_of(request.viewer, ticket, supplier)
    words = words_of(request, ticket.business, person, body.text, body.files)
    said = note_for_colleagues(ticket=ticket, words=words, supplier_id=supplier, actor=actor, now=request.moment)
    return messages_told([said])[0]


@offers(router, "GET", "/tickets/{uuid:ticket_id}/verdict", scope="tickets:read", gives=shapes.VerdictOut)
def get_verdict(request: ApiRequest, ticket_id: uuid.UUID) -> Any:
    """Was it quick, does it stay fixed? As of this moment."""
    ticket = ticket_for(request.viewer, ticket_id)
    found = _verdicts(request).filter(ticket=ticket).first()
    if found is None:
        raise Http404
    return verdicts_told([found], request.moment)[0]


class VerdictFilter(Paged):
    """Which verdicts."""

    business: uuid.UUID | None = None
    updated_since: Annotated[Moment, Field(description="Only those whose facts changed since.")] | None = None


@offers(router, "GET", "/verdicts", scope="tickets:read", gives=shapes.VerdictPage)
def list_verdicts(request: ApiRequest, paged: Query[VerdictFilter]) -> Any:
    """The verdicts on the tickets that you see, the longest unchanged first."""
    rows = _verdicts(request)
    if paged.business:
        rows = rows.filter(business=paged.business)
    if paged.updated_since:
        rows = rows.filter(computed_at__gte=paged.updated_since)
    return page(rows, asked(request, paged), COMPUTED, lambda found: verdicts_told(found, request.moment))


def refuse_silence(text: str) -> None:
    """Raise Problem (refused) for a text that says nothing."""
    if not text.strip():
        raise Problem("refused", "The text says nothing. Write a sentence.")


def refuse_unless_to_come(moment: dt.datetime | None, now: dt.datetime) -> None:
    """Raise Problem (refused) for a moment that is over, or more than two years away."""
    if moment is not None and not now < moment <= now + FAR_AHEAD:
        raise Problem("refused", "Choose a time that is still to come, within the next two years.")


def told(request: ApiRequest, ticket: Ticket) -> dict[str, Any]:
    """Return a visible ticket as it stands now."""
    return tickets_told([as_it_stands(ticket)])[0]


def words_of(request: ApiRequest, business: Business, person: Person, text: str, files: list[str]) -> Words:
    """Return what the caller says, with the files that it sent in before."""
    refuse_silence(text)
    return Words(
        text=text,
        channel="api",
        author=person,
        author_name=person.name,
        occurred_at=request.moment,
        files=files_named(request, business, files),
    )


def _verdicts(request: ApiRequest) -> Any:
    return verdicts_seen_by(request.viewer).select_related("ticket__work_item", "business")


def _refuse_what_only_suppliers_say(body: shapes.MessageIn) -> None:
    if body.next_word_by or body.waits_for or body.until:
        raise Problem("refused", "Only those who work on the ticket promise a next word or say what they wait for.")


def _own(request: ApiRequest, business: Business, body: shapes.TicketIn) -> Ticket:
    if body.requester or body.requester_name or body.told_at or body.source != "api":
        raise Problem("refused", "You ask in your own name, now. Only suppliers log what others said.")
    if body.kind != "incident" or body.priority != 3:
        raise Problem("refused", "Kind and priority are the supplier's to say.")
    person = person_reporting(request.viewer, business)
    return open_ticket(
        business=business,
        engagements=_chosen(engagements_open_at(business, request.moment), body.engagements),
        subject=body.subject or "",
        words=words_of(request, business, person, body.text, body.files),
        source="api",
        actor=request.viewer.actor(business.id),
        now=request.moment,
        requester=person,
        reported_at=request.moment,
        can_work=body.can_work or "",
        first_noticed=body.first_noticed or "",
    )


def _for_client(request: ApiRequest, business: Business, body: shapes.TicketIn) -> Ticket:
    told_at = body.told_at
    if told_at is not None and not request.moment - LONG_AGO <= told_at <= request.moment:
        raise Problem("refused", "`told_at` must lie within the last 31 days. Leave it out if it is now.")
    refuse_silence(body.text)
    if body.requester is None and body.requester_name is None:
        raise Problem("refused", "Say who asks: a person as `requester`, or a name as `requester_name`.")
    requester = None
    if body.requester is not None:
        known = requesters_known_to(request.viewer, business)
        requester = next((each for each in known if each.pk == body.requester), None)
        if requester is None:
            raise Problem("not_found", "You know no such person at this business. Give the name as `requester_name`.")
    return open_ticket(
        business=business,
        engagements=_chosen(engagements_served(request.viewer, business), body.engagements),
        subject=body.subject or "",
        words=Words(
            text=body.text,
            channel="phone" if body.source == "phone" else "api",
            author=requester,
            author_name=requester.name if requester else body.requester_name or "",
            occurred_at=told_at or request.moment,
            quality=ClockQuality.STATED if told_at else ClockQuality.EXACT,
            files=files_named(request, business, body.files),
        ),
        source=body.source,
        actor=request.viewer.actor(business.id),
        now=request.moment,
        requester=requester,
        reported_at=told_at or request.moment,
        kind=body.kind,
        priority=body.priority,
        can_work=body.can_work or "",
        first_noticed=body.first_noticed or "",
    )


def _chosen(open_now: list[Engagement], chosen: list[uuid.UUID]) -> list[Engagement]:
    """Return the engagements that a new ticket concerns: those chosen, or all."""
    if not chosen:
        return open_now
    by_id = {each.pk: each for each in open_now}
    if any(ref not in by_id for ref in chosen):
        raise Problem("not_found", "One of these engagements is not open there for you.")
    return [by_id[ref] for ref in dict.fromkeys(chosen)]
