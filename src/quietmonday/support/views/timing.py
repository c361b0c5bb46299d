"""Time spent on a request is written down, and taken back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import engagement_worked, person_working, ticket_for, time_taken_back_by
from quietmonday.support.actions.timing import spend_time, take_time_back
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def spend(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """So many minutes, until now."""
    ticket = ticket_for(request.viewer, ref)
    engagement = engagement_worked(request.viewer, ticket)
    form = filled_form("time", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, time=form)
    person = person_working(request.viewer, engagement.supplier_id)
    spend_time(
        ticket=ticket,
        engagement=engagement,
        person=person,
        minutes=form.cleaned_data["minutes"],
        at=form.began(request.moment),
        note=form.cleaned_data["note"],
        actor=Actor(id=person.id, name=person.name),
        now=request.moment,
    )
    messages.success(request, _("The time is on record."))
    return to_ticket(ticket)


@require_POST
@signed_in
def take_back(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It was written down by mistake."""
    entry = time_taken_back_by(request.viewer, ref)
    person = person_working(request.viewer, entry.engagement.supplier_id)
    take_time_back(entry=entry, actor=Actor(id=person.id, name=person.name), now=request.moment)
    messages.success(request, _("Taken back. The record keeps that it stood there."))
    return to_ticket(entry.work_item.ticket)
