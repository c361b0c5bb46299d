"""What is said about a request: messages, notes, logged calls."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Person
from quietmonday.support.access import supplier_side, ticket_for, ticket_worked_by, voice_of
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer, say_to_supplier
from quietmonday.support.actions.uploads import store_uploads
from quietmonday.support.models import Ticket, TicketState
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def say(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Write to the other side."""
    ticket = ticket_for(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        voice_of(request.viewer, ticket, None)  # a reader has none, whatever the form says
        return _customer_says(request, ticket)
    form = filled_form("message", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, message=form)
    person, actor = voice_of(request.viewer, ticket, supplier)
    waits_for = form.cleaned_data["after"]
    # A settled request has no next word and no pause: they would count against nobody, and look like a promise.
    still_open = ticket.state == TicketState.OPEN
    say_to_customer(
        ticket=ticket,
        words=_words(request, ticket, person, form.cleaned_data),
        supplier_id=supplier,
        actor=actor,
        now=request.moment,
        next_word_by=form.cleaned_data["next_word"] if still_open else None,
        waits_for=waits_for if still_open else "",
        until=form.cleaned_data["until"] if still_open and waits_for == "agreed_date" else None,
    )
    who = ticket.requester.name if ticket.requester else ticket.business.name
    messages.success(request, _("Sent to %(who)s.") % {"who": who})
    return to_ticket(ticket)


@require_POST
@signed_in
def note(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Write down what only the own supplier sees."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("message", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, message=form)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        raise PermissionDenied
    person, actor = voice_of(request.viewer, ticket, supplier)
    words = _words(request, ticket, person, form.cleaned_data)
    note_for_colleagues(ticket=ticket, words=words, supplier_id=supplier, actor=actor, now=request.moment)
    firm = request.viewer.place_names[supplier]
    messages.success(request, _("Noted. Only %(firm)s sees it.") % {"firm": firm})
    return to_ticket(ticket)


@require_POST
@signed_in
def call(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Log a call: a public message that was said on the phone."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("call", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, call=form)
    supplier = supplier_side(request.viewer, ticket)
    person, actor = voice_of(request.viewer, ticket, supplier)
    say_to_customer(
        ticket=ticket,
        words=_words(request, ticket, person, form.cleaned_data, channel="phone"),
        supplier_id=supplier,
        actor=actor,
        now=request.moment,
    )
    messages.success(request, _("The call is on record, and the client can read it."))
    return to_ticket(ticket)


def _customer_says(request: ViewerRequest, ticket: Ticket) -> HttpResponse:
    form = filled_form("write", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, write=form)
    person, actor = voice_of(request.viewer, ticket, None)
    words = _words(request, ticket, person, form.cleaned_data)
    say_to_supplier(ticket=ticket, words=words, actor=actor, now=request.moment)
    messages.success(request, _("Sent. It stands on the request for everybody who works on it."))
    return to_ticket(ticket)


def _words(
    request: ViewerRequest, ticket: Ticket, person: Person, cleaned: dict[str, Any], channel: str = "web"
) -> Words:
    files = store_uploads(business=ticket.business, uploads=cleaned.get("attached", []), now=request.moment)
    return Words(
        text=cleaned["text"],
        channel=channel,
        author=person,
        author_name=person.name,
        occurred_at=request.moment,
        files=files,
        token=cleaned.get("token"),
    )
