"""Who has to do with a request: who hears of it, whose problem it is, which suppliers work on it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    copy_answered_by,
    persons_added_by,
    persons_asked_for_by,
    supplier_side,
    ticket_arranged_by,
    ticket_for,
    voice_of,
    watcher_ended_by,
)
from quietmonday.support.actions.behalf import ask_for
from quietmonday.support.actions.watching import TooManyWatch, answer_copy, stop_watching, watch
from quietmonday.support.forms.company import (
    AnswerForm,
    BehalfForm,
    CallInForm,
    WatchersForm,
    WouldCallInForm,
    names_offered,
)
from quietmonday.support.logic.watching import MOST_WATCHERS
from quietmonday.support.models import Ticket
from quietmonday.support.queries.people_page import people_page
from quietmonday.support.views.ticket import REFUSED, see_other


@require_GET
@signed_in
def people(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show who has to do with a request, to whom may see it."""
    return draw_people(request, ticket_for(request.viewer, ref))


def draw_people(request: ViewerRequest, ticket: Ticket, **refused: forms.Form) -> HttpResponse:
    """Draw the page. `refused`: forms by name that were sent and not taken."""
    page = people_page(request.viewer, ticket, request.moment)
    drawn: dict[str, Any] = {}
    if page.arranges:
        drawn["watchers"] = WatchersForm(people=page.addable, auto_id="watchers_%s")
        drawn["behalf"] = BehalfForm(people=page.theirs, auto_id="behalf_%s")
    if page.others:
        drawn["call_in"] = CallInForm(engagements=page.others, auto_id="call_in_%s")
    if page.works and not page.leads:
        drawn["would"] = WouldCallInForm(auto_id="would_%s")
    context = {
        "page": page,
        "ticket": ticket,
        "now": request.moment,
        "zone": ticket.business.zone,
        "f": drawn | refused,
        "refused": next(iter(refused.values()), None),
        "refused_name": next(iter(refused), ""),
        "names": names_offered(page.addable) if page.arranges else [],
        "their_names": names_offered(page.theirs) if page.arranges else [],
    }
    return render(request, "support/people.html", context, status=REFUSED if refused else 200)


def to_people(ticket: Ticket) -> HttpResponse:
    """Go on to the page of people after a form was taken."""
    return see_other(reverse("support:people", args=[ticket.id]))


@require_POST
@signed_in
def watch_it(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hear of it oneself."""
    ticket = ticket_for(request.viewer, ref)
    person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        watch(ticket=ticket, persons=[person], why="self", actor=actor, now=request.moment)
        messages.success(request, _("You hear of it by mail from now on."))
    except TooManyWatch:
        messages.warning(request, _too_many())
    return to_people(ticket)


@require_POST
@signed_in
def unwatch_it(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hear of it no longer. Whoever saw it only because of that goes on to their own requests."""
    ticket = ticket_for(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    stop_watching(ticket=ticket, person_ids=request.viewer.persons, actor=actor, now=request.moment)
    messages.success(request, _("You hear of request %(n)d no longer.") % {"n": ticket.work_item.number})
    sees_anyway = ticket.business_id not in request.viewer.staff_of or supplier_side(request.viewer, ticket)
    if sees_anyway or {ticket.requester_id, ticket.reported_by_id} & request.viewer.persons.keys():
        return to_people(ticket)
    return see_other(reverse("support:requests"))


@require_POST
@signed_in
def add_watchers(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let others hear of it too."""
    ticket = ticket_arranged_by(request.viewer, ref)
    addable = persons_added_by(request.viewer, ticket, request.moment)
    form = WatchersForm(request.POST, people=addable, auto_id="watchers_%s")
    if not form.is_valid():
        return draw_people(request, ticket, watchers=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    chosen = form.cleaned_data["who"]
    try:
        begun = watch(ticket=ticket, persons=chosen, why="added", actor=actor, now=request.moment)
    except TooManyWatch:
        form.add_error("who", _too_many())
        return draw_people(request, ticket, watchers=form)
    said = ngettext("%(n)d more person hears of it.", "%(n)d more people hear of it.", len(begun))
    messages.success(request, said % {"n": len(begun)} if begun else _("They hear of it already."))
    return to_people(ticket)


@require_POST
@signed_in
def end_watcher(request: ViewerRequest, ref: uuid.UUID, watcher: uuid.UUID) -> HttpResponse:
    """Somebody hears of it no longer."""
    ticket = ticket_for(request.viewer, ref)
    row = watcher_ended_by(request.viewer, ticket, watcher)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    stop_watching(ticket=ticket, person_ids=[row.person_id], actor=actor, now=request.moment)
    messages.success(request, _("%(name)s hears of it no longer.") % {"name": row.person.name})
    return to_people(ticket)


@require_POST
@signed_in
def answer_copied(request: ViewerRequest, ref: uuid.UUID, suggestion: uuid.UUID) -> HttpResponse:
    """Say whether somebody who stood in copy of a mail shall hear."""
    ticket = ticket_arranged_by(request.viewer, ref)
    row = copy_answered_by(request.viewer, ticket, suggestion, request.moment)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return draw_people(request, ticket, answer=form)
    take = form.cleaned_data["answer"] == "yes"
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        answer_copy(suggestion=row, take=take, actor=actor, now=request.moment)
    except TooManyWatch:
        messages.warning(request, _too_many())
        return to_people(ticket)
    name = row.person.name
    said = _("%(name)s hears of it from now on.") if take else _("%(name)s does not hear of it.")
    messages.success(request, said % {"name": name})
    return to_people(ticket)


@require_POST
@signed_in
def change_requester(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Say whose problem it is."""
    ticket = ticket_arranged_by(request.viewer, ref)
    form = BehalfForm(request.POST, people=persons_asked_for_by(request.viewer, ticket), auto_id="behalf_%s")
    if not form.is_valid():
        return draw_people(request, ticket, behalf=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    ask_for(ticket=ticket, person=form.person(), actor=actor, now=request.moment)
    messages.success(request, _("It is the problem of %(name)s.") % {"name": form.person().name})
    return to_people(ticket)


def own_side(request: ViewerRequest, ticket: Ticket) -> uuid.UUID:
    """Return the supplier for which the viewer works on the ticket. Raises PermissionDenied."""
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        raise PermissionDenied
    return supplier


def _too_many() -> str:
    return _("At most %(n)d people can hear of one request. End some first.") % {"n": MOST_WATCHERS}
