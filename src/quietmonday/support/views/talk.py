"""What is said about a request: messages, notes, logged calls."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Person
from quietmonday.support.access import supplier_side, ticket_for, ticket_worked_by, voice_of
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.replying import Besides, note_with, reply
from quietmonday.support.actions.scheduling import CannotSchedule, When
from quietmonday.support.actions.snoozing import CannotSnooze
from quietmonday.support.actions.talking import say_to_customer, say_to_supplier
from quietmonday.support.actions.uploads import store_uploads
from quietmonday.support.forms.replying import MessageForm
from quietmonday.support.models import Ticket
from quietmonday.support.queries.history import Happened, news_since
from quietmonday.support.queries.ticket_page import colleagues_of
from quietmonday.support.views.snoozing import snoozed_words
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form

SENT = "sent"
"""Tag of the toast after words were taken: the page lets go of the draft that it kept."""


@require_POST
@signed_in
def say(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Write to the other side, now or later, with what goes with it."""
    ticket = _where_it_goes_on(request, ticket_for(request.viewer, ref))
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        voice_of(request.viewer, ticket, None)  # a reader has none, whatever the form says
        return _customer_says(request, ticket)
    form = _message_form(request, ticket, supplier)
    if not form.is_valid():
        return draw_ticket(request, ticket, message=form)
    person, actor = voice_of(request.viewer, ticket, supplier)
    if news := _news(request, ticket, form, person):
        return draw_ticket(request, ticket, news=news, message=form)
    chosen = form.cleaned_data
    when = When(
        send_at=chosen["send_at"],
        next_word_by=chosen["next_word"],
        waits_for=chosen["after"],
        until=chosen["until"],
    )
    try:
        reply(
            ticket=ticket,
            words=_words(request, ticket, person, chosen),
            person=person,
            supplier_id=supplier,
            besides=_besides(form),
            when=when,
            actor=actor,
            now=request.moment,
        )
    except (CannotSchedule, CannotSnooze):
        form.add_error(None, _not_so())
        return draw_ticket(request, ticket, message=form)
    _said(request, ticket, form, _sent_or_waiting(request, ticket, form))
    return to_ticket(ticket)


@require_POST
@signed_in
def note(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Write down what only the own supplier sees."""
    ticket = _where_it_goes_on(request, ticket_worked_by(request.viewer, ref))
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        raise PermissionDenied
    form = _message_form(request, ticket, supplier)
    if form.is_valid() and form.cleaned_data["send_at"]:
        form.add_error("send_at", _("A note is written down at once. Choose “Now”, or send it as a message."))
    if not form.is_valid():
        return draw_ticket(request, ticket, message=form)
    person, actor = voice_of(request.viewer, ticket, supplier)
    if news := _news(request, ticket, form, person):
        return draw_ticket(request, ticket, news=news, message=form)
    words = _words(request, ticket, person, form.cleaned_data)
    try:
        note_with(
            ticket=ticket,
            words=words,
            person=person,
            supplier_id=supplier,
            besides=_besides(form),
            actor=actor,
            now=request.moment,
        )
    except CannotSnooze:
        form.add_error(None, _not_so())
        return draw_ticket(request, ticket, message=form)
    firm = request.viewer.place_names[supplier]
    _said(request, ticket, form, _("Noted. Only %(firm)s sees it.") % {"firm": firm})
    return to_ticket(ticket)


@require_POST
@signed_in
def call(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Log a call: a public message that was said on the phone."""
    ticket = _where_it_goes_on(request, ticket_worked_by(request.viewer, ref))
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


def _where_it_goes_on(request: ViewerRequest, ticket: Ticket) -> Ticket:
    """The request that this one has become part of since its page was drawn; itself if of none."""
    return ticket_for(request.viewer, ticket.part_of_id) if ticket.part_of_id else ticket


def _customer_says(request: ViewerRequest, ticket: Ticket) -> HttpResponse:
    form = filled_form("write", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, write=form)
    person, actor = voice_of(request.viewer, ticket, None)
    words = _words(request, ticket, person, form.cleaned_data)
    say_to_supplier(ticket=ticket, words=words, actor=actor, now=request.moment)
    said = _("Sent. It stands on the request for everybody who works on it.")
    messages.success(request, said, extra_tags=SENT)
    return to_ticket(ticket)


def _message_form(request: ViewerRequest, ticket: Ticket, supplier: uuid.UUID) -> MessageForm:
    colleagues = colleagues_of(supplier, request.moment)
    form: MessageForm = filled_form("message", request, ticket, colleagues=colleagues)
    return form


def _news(request: ViewerRequest, ticket: Ticket, form: MessageForm, person: Person) -> list[Happened]:
    """What others did since the page was read. The refused page is read anew, so sending again goes through."""
    seen = form.cleaned_data["seen"]
    return [] if seen is None else news_since(request.viewer, ticket, seen, person.id)


def _besides(form: MessageForm) -> Besides:
    chosen = form.cleaned_data
    return Besides(
        hand_over=bool(chosen["person"]),
        to=form.chosen_person(),
        snoozes=chosen["snoozes"],
        until=chosen["snooze_until"],
        why=chosen["snooze_why"],
        canned=chosen["canned"],
    )


def _not_so() -> str:
    return _("What is settled is neither snoozed nor sent later, and ten replies at most wait on a request.")


def _sent_or_waiting(request: ViewerRequest, ticket: Ticket, form: MessageForm) -> str:
    if at := form.cleaned_data["send_at"]:
        moment = in_words(at, ticket.business.zone, request.moment)
        return _("It waits, and goes out: %(at)s. It stands below the conversation.") % {"at": moment}
    who = ticket.requester.name if ticket.requester else ticket.business.name
    return _("Sent to %(who)s.") % {"who": who}


def _said(request: ViewerRequest, ticket: Ticket, form: MessageForm, first: str) -> None:
    """Say what was done, in one toast."""
    chosen, said = form.cleaned_data, [first]
    if chosen["person"]:
        to = form.chosen_person()
        said.append(_("Handed over to %(name)s.") % {"name": to.name} if to else _("It is nobody’s in particular now."))
    if chosen["snoozes"]:
        said.append(snoozed_words(ticket, chosen["snooze_until"], request.moment))
    messages.success(request, " ".join(said), extra_tags=SENT)


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
