"""Which suppliers work on a request."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    call_in_of,
    engagements_called_in_by,
    party_of,
    ticket_led_by,
    ticket_worked_by,
    voice_of,
)
from quietmonday.support.actions.calling_in import (
    MOST_SUPPLIERS,
    CannotCallIn,
    decline_call_in,
    involve,
    let_go,
    would_call_in,
)
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import say_to_supplier
from quietmonday.support.forms.company import CallInForm, WouldCallInForm
from quietmonday.support.views.people import draw_people, own_side, to_people


@require_POST
@signed_in
def call_in(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The business has another supplier look at it too, with a word if there is one."""
    ticket = ticket_led_by(request.viewer, ref)
    others = engagements_called_in_by(request.viewer, ticket, request.moment)
    form = CallInForm(request.POST, engagements=others, auto_id="call_in_%s")
    if not form.is_valid():
        return draw_people(request, ticket, call_in=form)
    person, actor = voice_of(request.viewer, ticket, None)
    chosen = form.chosen()
    try:
        involve(
            ticket=ticket,
            engagement=chosen,
            sees_all=form.cleaned_data["past"] == "all",
            actor=actor,
            now=request.moment,
        )
    except CannotCallIn:
        form.add_error(None, _("At most %(n)d suppliers can work on one request.") % {"n": MOST_SUPPLIERS})
        return draw_people(request, ticket, call_in=form)
    note = form.cleaned_data["note"]
    if note.strip():
        words = Words(text=note, channel="web", author=person, author_name=person.name, occurred_at=request.moment)
        say_to_supplier(ticket=ticket, words=words, actor=actor, now=request.moment)
    messages.success(request, _("%(firm)s looks at it too from now on.") % {"firm": chosen.supplier.name})
    return to_people(ticket)


@require_POST
@signed_in
def end_party(request: ViewerRequest, ref: uuid.UUID, party: uuid.UUID) -> HttpResponse:
    """A supplier works on it no longer, says the business."""
    ticket = ticket_led_by(request.viewer, ref)
    row = party_of(ticket, party)
    _person, actor = voice_of(request.viewer, ticket, None)
    firm = row.engagement.supplier.name
    try:
        let_go(party=row, actor=actor, now=request.moment)
        messages.success(request, _("%(firm)s works on it no longer, and does not see it.") % {"firm": firm})
    except CannotCallIn:
        messages.warning(request, _("Somebody must work on it: call in another supplier first."))
    return to_people(ticket)


@require_POST
@signed_in
def would(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """A supplier says who else should look at it; the business decides."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = WouldCallInForm(request.POST, auto_id="would_%s")
    if not form.is_valid():
        return draw_people(request, ticket, would=form)
    supplier = own_side(request, ticket)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    would_call_in(ticket=ticket, supplier_id=supplier, note=form.cleaned_data["note"], actor=actor, now=request.moment)
    messages.success(request, _("Asked. %(business)s decides.") % {"business": ticket.business.name})
    return to_people(ticket)


@require_POST
@signed_in
def decline(request: ViewerRequest, ref: uuid.UUID, call_in: uuid.UUID) -> HttpResponse:
    """Nobody else shall look at it, says the business."""
    ticket = ticket_led_by(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, None)
    decline_call_in(row=call_in_of(ticket, call_in), actor=actor, now=request.moment)
    messages.success(request, _("Nobody else is called in."))
    return to_people(ticket)
