"""The checklist of a request: ticked on its page, kept on a page of its own."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    engagement_worked,
    step_kept_by,
    step_ticked_by,
    steps_visible_to,
    supplier_side,
    ticket_worked_by,
    voice_of,
)
from quietmonday.support.actions.steps import TooManySteps, add_steps, move_step, remove_step, tick_step, untick_step
from quietmonday.support.forms.steps import StepsForm
from quietmonday.support.logic.ticket_templates import MOST_STEPS
from quietmonday.support.models import Step, Ticket
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def steps(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show the checklist to whoever works on the request, and add to it."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = engagement_worked(request.viewer, ticket).supplier
    form = StepsForm(request.POST) if request.method == "POST" else StepsForm()
    if request.method == "POST" and form.is_valid():
        _person, actor = voice_of(request.viewer, ticket, supplier.id)
        own = supplier if form.cleaned_data["internal"] else None
        try:
            add_steps(ticket=ticket, texts=form.cleaned_data["steps"], supplier=own, actor=actor, now=request.moment)
        except TooManySteps:
            form.add_error("steps", _("A checklist has at most %(most)d steps.") % {"most": MOST_STEPS})
        else:
            return _to_steps(ticket)
    found = list(steps_visible_to(request.viewer, ticket))
    context = {
        "ticket": ticket,
        "form": form,
        "steps": found,
        "left": sum(step.ticked_at is None for step in found),
        "firm": supplier.name,
        "zone": ticket.business.zone,
        "now": request.moment,
    }
    return render(request, "support/steps.html", context, status=REFUSED if form.errors else 200)


@require_POST
@signed_in
def tick(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Somebody has done a step."""
    step = step_ticked_by(request.viewer, ref)
    tick_step(step=step, actor=_actor(request, step), now=request.moment)
    return _back(request, step)


@require_POST
@signed_in
def untick(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """A step is not done after all."""
    step = step_ticked_by(request.viewer, ref)
    untick_step(step=step, actor=_actor(request, step), now=request.moment)
    return _back(request, step)


@require_POST
@signed_in
def move(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """One place up, or down."""
    step = step_kept_by(request.viewer, ref)
    by = -1 if request.POST.get("to") == "up" else 1
    move_step(step=step, by=by, actor=_actor(request, step), now=request.moment)
    return _to_steps(step.ticket)


@require_POST
@signed_in
def remove(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a step off the list."""
    step = step_kept_by(request.viewer, ref)
    if remove_step(step=step, actor=_actor(request, step), now=request.moment):
        messages.success(request, _("Taken off the list: %(step)s") % {"step": step.text})
    return _to_steps(step.ticket)


def _actor(request: ViewerRequest, step: Step) -> Actor:
    supplier = supplier_side(request.viewer, step.ticket)
    _person, actor = voice_of(request.viewer, step.ticket, supplier)
    return actor


def _back(request: ViewerRequest, step: Step) -> HttpResponse:
    """Where the step was ticked: the page of the request, or of its checklist."""
    if request.POST.get("on") == "steps":
        return _to_steps(step.ticket)
    return see_other(reverse("support:ticket", args=[step.ticket_id]) + "#steps")


def _to_steps(ticket: Ticket) -> HttpResponse:
    return see_other(reverse("support:steps", args=[ticket.id]))
