"""A fault is shown to everybody at the business; others say that they have it too."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import fault_shared_by, person_reporting, supplier_side, ticket_for, voice_of
from quietmonday.support.actions.known_faults import NotOpen, say_me_too, show_no_more, show_to_everybody
from quietmonday.support.models import Ticket
from quietmonday.support.views.ticket import draw_ticket, see_other, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def show(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show one line about the request to all staff: its supplier may, and who leads the business."""
    ticket, actor = _shown_by(request, ref)
    form = filled_form("known_fault", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, known_fault=form)
    try:
        show_to_everybody(ticket=ticket, title=form.cleaned_data["title"], actor=actor, now=request.moment)
    except NotOpen:
        form.add_error("title", _("It is settled, so it is no fault any more. Open it again first."))
        return draw_ticket(request, ticket, known_fault=form)
    messages.success(request, _("Everybody at %(business)s reads it now.") % {"business": ticket.business.name})
    return to_ticket(ticket)


@require_POST
@signed_in
def hide(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take the line down."""
    ticket, actor = _shown_by(request, ref)
    if show_no_more(ticket=ticket, actor=actor, now=request.moment):
        messages.success(request, _("Nobody but those who may read the request is shown it any more."))
    return to_ticket(ticket)


@require_POST
@signed_in
def me_too(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Somebody of the business has it too."""
    fault = fault_shared_by(request.viewer, ref)
    person = person_reporting(request.viewer, fault.business)
    said = say_me_too(fault=fault, person=person, actor=Actor(id=person.id, name=person.name), now=request.moment)
    if said is not None:
        messages.success(request, _("Noted: you have it too. You hear by mail when it works again."))
    else:
        messages.info(request, _("You said so already. You hear by mail when it works again."))
    return see_other(reverse("support:requests"))


def _shown_by(request: ViewerRequest, ref: uuid.UUID) -> tuple[Ticket, Actor]:
    ticket = ticket_for(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and ticket.business_id not in request.viewer.leads:
        raise PermissionDenied
    _person, actor = voice_of(request.viewer, ticket, supplier)
    return ticket, actor
