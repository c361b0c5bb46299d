"""What the requester says of the outcome, and what the supplier says of a verdict."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import question_asked_of, supplier_side, ticket_worked_by, voice_of
from quietmonday.support.actions.answering import AnswerRefused, give_feedback
from quietmonday.support.actions.answering import dispute as dispute_verdict
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def feedback(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The requester, signed in, says whether it is solved."""
    ticket, question = question_asked_of(request.viewer, ref)
    form = filled_form("feedback", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, feedback=form)
    _person, actor = voice_of(request.viewer, ticket, None)
    try:
        give_feedback(
            question=question,
            answer=form.cleaned_data["answer"],
            text=form.cleaned_data["text"],
            actor=actor,
            now=request.moment,
            signed_in=True,
        )
    except AnswerRefused:
        form.add_error(None, _("This question is closed. Write a message instead; it is read all the same."))
        return draw_ticket(request, ticket, feedback=form)
    messages.success(request, _("Thank you. Your answer counts; you can change it for 14 days."))
    return to_ticket(ticket)


@require_POST
@signed_in
def dispute(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The supplier objects to a verdict."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("dispute", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, dispute=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    dispute_verdict(
        ticket=ticket,
        about=form.cleaned_data["about"],
        note=form.cleaned_data["note"],
        actor=actor,
        now=request.moment,
    )
    messages.success(request, _("Your objection stands beside the verdict. The verdict stays."))
    return to_ticket(ticket)
