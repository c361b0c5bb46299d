"""Out of "My move" for a while, and back."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import supplier_side, ticket_worked_by, voice_of
from quietmonday.support.actions.snoozing import CannotSnooze, snooze, wake
from quietmonday.support.models import Ticket
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def put_off(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Snooze it without a word."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None:
        raise PermissionDenied
    form = filled_form("snooze", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, snooze=form)
    person, actor = voice_of(request.viewer, ticket, supplier)
    until = form.cleaned_data["moment"]
    try:
        snooze(
            ticket=ticket,
            person=person,
            supplier_id=supplier,
            until=until,
            why=form.cleaned_data["why"],
            actor=actor,
            now=request.moment,
        )
    except CannotSnooze:
        messages.warning(request, _("It is settled, so there is nothing to snooze. Open it again first."))
        return to_ticket(ticket)
    messages.success(request, snoozed_words(ticket, until, request.moment))
    return to_ticket(ticket)


@require_POST
@signed_in
def wake_up(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """End the snooze of one's own supplier."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    if ticket.snoozed_for_id == supplier:
        wake(ticket=ticket, actor=actor, now=request.moment)
    messages.success(request, _("It is in “My move” again."))
    return to_ticket(ticket)


def snoozed_words(ticket: Ticket, until: dt.datetime | None, now: dt.datetime) -> str:
    """Return what is said after a request was snoozed: also that nothing due is hidden by it."""
    if until is None:
        said = _("Snoozed until they answer, two weeks at most.")
    else:
        said = _("Snoozed until %(at)s.") % {"at": in_words(until, ticket.business.zone, now)}
    clock = _("The clock runs on, and it comes back two hours before anything is due.")
    return f"{said} {clock}"
