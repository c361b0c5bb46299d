"""Whose move it is, and when the next word comes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import supplier_side, ticket_worked_by, voice_of
from quietmonday.support.actions.waiting import promise_word, take_move_back, wait_without_asking
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def promise(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Promise the next word by a time."""
    ticket = ticket_worked_by(request.viewer, ref)
    if ticket.state != TicketState.OPEN:
        return _settled(request, ticket)
    form = filled_form("promise", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, promise=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    due_at = form.cleaned_data["due_at"]
    promise_word(ticket=ticket, due_at=due_at, actor=actor, now=request.moment)
    by = in_words(due_at, ticket.business.zone, request.moment)
    messages.success(request, _("Promised: next word by %(by)s.") % {"by": by})
    return to_ticket(ticket)


@require_POST
@signed_in
def wait(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Set it to waiting without a question."""
    ticket = ticket_worked_by(request.viewer, ref)
    if ticket.state != TicketState.OPEN:
        return _settled(request, ticket)
    form = filled_form("waiting", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, waiting=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    wait_without_asking(ticket=ticket, reason=form.cleaned_data["reason"], actor=actor, now=request.moment)
    messages.warning(request, _("Set to waiting. Nobody was asked, so the clock runs on, and the client sees that."))
    return to_ticket(ticket)


@require_POST
@signed_in
def take_back(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It is the supplier's move again."""
    ticket = ticket_worked_by(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    take_move_back(ticket=ticket, actor=actor, now=request.moment)
    messages.success(request, _("It is your move again, and the clock runs."))
    return to_ticket(ticket)


def _settled(request: ViewerRequest, ticket: Ticket) -> HttpResponse:
    messages.warning(request, _("It is settled, so there is nothing to wait for. Open it again first."))
    return to_ticket(ticket)
