"""What one does with a ticket: each verb is a resource below it, and each answers with the ticket as it stands then."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from ninja import Query, Router

from quietmonday.integrations.forms.api import tickets as shapes
from quietmonday.integrations.logic.problems import Problem
from quietmonday.integrations.queries.below_tickets import disputes_on, feedback_on
from quietmonday.integrations.queries.paging import NEWEST, page
from quietmonday.integrations.queries.told.tickets import disputes_told, feedback_told
from quietmonday.integrations.views.api.lists import Paged, asked
from quietmonday.integrations.views.api.offering import ApiRequest, Operation, offers
from quietmonday.integrations.views.api.tickets import FAR_AHEAD, refuse_silence, refuse_unless_to_come, told
from quietmonday.kit.actors import Actor
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.access import (
    asked_for,
    question_asked_of,
    supplier_side,
    ticket_for,
    ticket_worked_by,
    voice_of,
)
from quietmonday.support.actions.answering import dispute, give_feedback
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import fix_permanently, reopen, resolve, set_aside
from quietmonday.support.actions.waiting import promise_word, take_move_back, wait_without_asking
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.queries.ticket_page import colleagues_of

router = Router(tags=["What one does with a ticket"])


def verb(
    name: str, *, method: str = "POST", gives: Any = shapes.TicketOut, status: int = 200
) -> Callable[[Operation], Operation]:
    """Register a verb: a resource of this name below the ticket."""

    def register(view: Operation) -> Operation:
        path = f"/tickets/{{uuid:ticket_id}}/{name}"
        tagged = gives is shapes.TicketOut
        return offers(
            router, method, path, scope="tickets:write", gives=gives, status=status, refuses=(409,), tagged=tagged
        )(view)

    return register


@verb("promise")
def promise(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.PromiseIn) -> Any:
    """Promise when you speak next."""
    ticket, actor = _worked(request, ticket_id)
    _refuse_settled(ticket)
    refuse_unless_to_come(body.due_at, request.moment)
    promise_word(ticket=ticket, due_at=body.due_at, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("waiting")
def wait(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.WaitingIn) -> Any:
    """Say that you wait for somebody, without asking.
    The clock runs on, and the client sees that. Better: ask in a message with `waits_for`."""
    ticket, actor = _worked(request, ticket_id)
    _refuse_settled(ticket)
    wait_without_asking(ticket=ticket, reason=body.reason, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("waiting", method="DELETE")
def stop_waiting(request: ApiRequest, ticket_id: uuid.UUID) -> Any:
    """It is your move again."""
    ticket, actor = _worked(request, ticket_id)
    take_move_back(ticket=ticket, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("assignment")
def assign_to(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.AssignmentIn) -> Any:
    """Hand it over to a colleague, or to nobody in particular."""
    ticket, actor = _worked(request, ticket_id)
    supplier = supplier_side(request.viewer, ticket)
    colleagues = {each.pk: each for each in colleagues_of(supplier, request.moment)} if supplier else {}
    if body.person is not None and body.person not in colleagues:
        raise Problem("not_found", "Nobody of your supplier who could work on it has this id.")
    person = colleagues[body.person] if body.person else None
    assign(ticket=ticket, person=person, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("priority")
def prioritise(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.PriorityIn) -> Any:
    """Say how urgent it is. The promised times count from the start of the ticket."""
    ticket, actor = _worked(request, ticket_id)
    set_priority(ticket=ticket, priority=body.priority, reason=body.reason, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("resolution")
def settle(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.ResolutionIn) -> Any:
    """Say that it works again. The requester is asked whether it is solved."""
    ticket, actor = _worked(request, ticket_id)
    today = request.moment.astimezone(zone_named(ticket.business.zone)).date()
    if body.kind == "workaround" and not _is_day_to_come(body.workaround_until, today):
        raise Problem("refused", "A workaround needs `workaround_until`: today or a day within the next two years.")
    resolve(
        ticket=ticket,
        kind=body.kind,
        note=body.note,
        workaround_until=body.workaround_until if body.kind == "workaround" else None,
        actor=actor,
        now=request.moment,
    )
    return told(request, ticket)


@verb("permanent-fix")
def fix_for_good(request: ApiRequest, ticket_id: uuid.UUID) -> Any:
    """The fix for good of a workaround is in."""
    ticket, actor = _worked(request, ticket_id)
    fix_permanently(ticket=ticket, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("reopening")
def open_again(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.ReopeningIn) -> Any:
    """It is not solved after all. Both sides may say so; its clock counts from its first start."""
    ticket = ticket_for(request.viewer, ticket_id)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and not asked_for(request.viewer, ticket):
        raise Problem("forbidden", "Only those who asked, and those who work on it, open it again.")
    _person, actor = voice_of(request.viewer, ticket, supplier)
    reopen(ticket=ticket, note=body.note, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("aside")
def put_aside(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.AsideIn) -> Any:
    """It is no call for help: it stays listed and gets no verdict."""
    ticket = ticket_for(request.viewer, ticket_id)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and ticket.business_id not in request.viewer.leads:
        raise Problem("forbidden", "Only the supplier, and who leads the business, set a ticket aside.")
    _person, actor = voice_of(request.viewer, ticket, supplier)
    set_aside(ticket=ticket, state=body.state, note=body.note, actor=actor, now=request.moment)
    return told(request, ticket)


@verb("feedback", gives=shapes.FeedbackOut, status=201)
def answer(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.FeedbackIn) -> Any:
    """Say whether it is solved: only whoever was asked. The last answer counts."""
    ticket, question = question_asked_of(request.viewer, ticket_id)
    _person, actor = voice_of(request.viewer, ticket, None)
    given = give_feedback(
        question=question, answer=body.answer, text=body.text, actor=actor, now=request.moment, signed_in=True
    )
    return feedback_told([given])[0]


@verb("disputes", gives=shapes.DisputeOut, status=201)
def object_to(request: ApiRequest, ticket_id: uuid.UUID, body: shapes.DisputeIn) -> Any:
    """Object to a verdict, in words that the owner reads beside it. The verdict stays."""
    ticket, actor = _worked(request, ticket_id)
    refuse_silence(body.note)
    row = dispute(ticket=ticket, about=body.about, note=body.note, actor=actor, now=request.moment)
    return disputes_told([row])[0]


@offers(router, "GET", "/tickets/{uuid:ticket_id}/feedback", scope="tickets:read", gives=shapes.FeedbackPage)
def list_feedback(request: ApiRequest, ticket_id: uuid.UUID, paged: Query[Paged]) -> Any:
    """What the requester said of the outcome, newest first; the first one counts."""
    rows = feedback_on(ticket_for(request.viewer, ticket_id))
    return page(rows, asked(request, paged), NEWEST, feedback_told)


@offers(router, "GET", "/tickets/{uuid:ticket_id}/disputes", scope="tickets:read", gives=shapes.DisputePage)
def list_disputes(request: ApiRequest, ticket_id: uuid.UUID, paged: Query[Paged]) -> Any:
    """What suppliers say of the verdicts, newest first."""
    rows = disputes_on(ticket_for(request.viewer, ticket_id))
    return page(rows, asked(request, paged), NEWEST, disputes_told)


def _worked(request: ApiRequest, ref: uuid.UUID) -> tuple[Ticket, Actor]:
    """Return a ticket on which the caller works for a supplier, and who acts."""
    ticket = ticket_worked_by(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    return ticket, actor


def _refuse_settled(ticket: Ticket) -> None:
    if ticket.state != TicketState.OPEN:
        raise Problem("refused", "It is settled, so there is nothing to wait for. Reopen it first.")


def _is_day_to_come(day: dt.date | None, today: dt.date) -> bool:
    return day is not None and today <= day <= today + FAR_AHEAD
