"""Who works on a request, and how urgent it is."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import asked_for, supplier_side, ticket_for, ticket_worked_by, voice_of
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.weighing import CannotWeigh, set_priority, weigh
from quietmonday.support.queries.ticket_page import colleagues_of
from quietmonday.support.templatetags.support_words import priority_word
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def assignment(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hand it over."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    colleagues = colleagues_of(supplier, request.moment) if supplier else []
    form = filled_form("assignment", request, ticket, colleagues=colleagues)
    if not form.is_valid():
        return draw_ticket(request, ticket, assignment=form)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    chosen = form.chosen()
    assign(ticket=ticket, person=chosen, actor=actor, now=request.moment)
    said = _("Handed over to %(name)s.") % {"name": chosen.name} if chosen else _("It is nobody’s in particular now.")
    messages.success(request, said)
    return to_ticket(ticket)


@require_POST
@signed_in
def weight(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Say whether something is broken or wanted, whom it hits, and how hard. Both sides may."""
    ticket = ticket_for(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and not asked_for(request.viewer, ticket):
        raise PermissionDenied
    form = filled_form("weight", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, weight=form)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    told = {name: form.cleaned_data[name] for name in ("kind", "impact", "can_work")}
    weighed = weigh(ticket=ticket, actor=actor, now=request.moment, **told)
    if weighed.priority == ticket.priority:
        messages.success(request, _("Put down. How urgent it is stays as it was."))
    else:
        said = _("How urgent: %(word)s. The promised times count from the start of the request.")
        messages.success(request, said % {"word": priority_word(weighed.priority)})
    return to_ticket(ticket)


@require_POST
@signed_in
def priority(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Say how urgent it is."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("priority", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, priority=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    chosen = form.cleaned_data["priority"]
    try:
        set_priority(
            ticket=ticket,
            priority=chosen,
            reason=form.cleaned_data["reason"],
            actor=actor,
            now=request.moment,
        )
    except CannotWeigh:
        form.add_error("reason", _("Say why: whom it hits and whether they can work make it something else."))
        return draw_ticket(request, ticket, priority=form)
    said = _("How urgent: %(word)s. The promised times count from the start of the request.")
    messages.success(request, said % {"word": priority_word(chosen)})
    return to_ticket(ticket)
