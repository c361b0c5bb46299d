"""How a request ends, and how it comes back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    asked_for,
    steps_visible_to,
    supplier_side,
    ticket_by_number,
    ticket_for,
    ticket_worked_by,
    voice_of,
)
from quietmonday.support.actions.settling import (
    CannotSettle,
    fix_permanently,
    link_repeat,
    reopen,
    resolve,
    set_aside,
)
from quietmonday.support.models import Ticket
from quietmonday.support.views.ticket import draw_ticket, to_ticket
from quietmonday.support.views.ticket_forms import filled_form


@require_POST
@signed_in
def resolution(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Working again: for good, by a workaround, or nobody knows why."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("resolution", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, resolution=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        resolve(
            ticket=ticket,
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            workaround_until=form.cleaned_data["until"],
            actor=actor,
            now=request.moment,
        )
    except CannotSettle:
        form.add_error(None, _("It is settled already. Look at it below; open it again first if that was wrong."))
        return draw_ticket(request, ticket, resolution=form)
    who = ticket.requester.name if ticket.requester else ""
    asked = _("Settled. We ask %(who)s whether it is solved.") % {"who": who} if who else _("Settled.")
    messages.success(request, asked)
    _warn_of_steps(request, ticket)
    return to_ticket(ticket)


def _warn_of_steps(request: ViewerRequest, ticket: Ticket) -> None:
    """Steps that are not ticked stand in nobody's way; whoever settles it hears of them."""
    left = steps_visible_to(request.viewer, ticket).filter(ticked_at=None).count() if ticket.has_steps else 0
    if left:
        words = ngettext("%(n)d step is not ticked.", "%(n)d steps are not ticked.", left)
        messages.warning(request, words % {"n": left})


@require_POST
@signed_in
def permanent_fix(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The permanent fix of a workaround is in."""
    ticket = ticket_worked_by(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        fix_permanently(ticket=ticket, actor=actor, now=request.moment)
        messages.success(request, _("The permanent fix is on record."))
    except CannotSettle:
        messages.warning(request, _("No workaround holds this request, so nothing was changed."))
    return to_ticket(ticket)


@require_POST
@signed_in
def reopening(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It is not solved: open it again. Both sides may."""
    ticket = ticket_for(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and not asked_for(request.viewer, ticket):
        raise PermissionDenied
    form = filled_form("reopening", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, reopening=form)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    try:
        reopen(ticket=ticket, note=form.cleaned_data["note"], actor=actor, now=request.moment)
        messages.success(request, _("Open again. Its clock counts from its first start."))
    except CannotSettle:
        part = ticket.part_of_id is not None
        messages.info(
            request, _("It is part of another request and goes on there.") if part else _("It is open already.")
        )
    return to_ticket(ticket)


@require_POST
@signed_in
def aside(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It is no call for help. The supplier may say so, and who leads the business."""
    ticket = ticket_for(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    if supplier is None and ticket.business_id not in request.viewer.leads:
        raise PermissionDenied
    form = filled_form("aside", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, aside=form)
    _person, actor = voice_of(request.viewer, ticket, supplier)
    try:
        set_aside(
            ticket=ticket,
            state=form.cleaned_data["state"],
            note=form.cleaned_data["note"],
            actor=actor,
            now=request.moment,
        )
    except CannotSettle:
        form.add_error(None, _("It is settled already, so it stays in the record as it is."))
        return draw_ticket(request, ticket, aside=form)
    messages.success(request, _("Set aside. It stays listed and gets no verdict."))
    return to_ticket(ticket)


@require_POST
@signed_in
def repeat(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """This is the same problem as an earlier request, which then was not fixed for good."""
    ticket = ticket_worked_by(request.viewer, ref)
    form = filled_form("repeat", request, ticket)
    if not form.is_valid():
        return draw_ticket(request, ticket, repeat=form)
    number = form.cleaned_data["number"]
    earlier = ticket_by_number(request.viewer, ticket.business_id, number)
    if earlier is None or earlier.id == ticket.id:
        form.add_error("number", _("There is no other request %(n)d of this client here.") % {"n": number})
        return draw_ticket(request, ticket, repeat=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        link_repeat(earlier=earlier, later=ticket, actor=actor, now=request.moment)
    except CannotSettle:
        form.add_error("number", _("Request %(n)d came after this one. Link it from its own page.") % {"n": number})
        return draw_ticket(request, ticket, repeat=form)
    messages.success(request, _("Linked: request %(n)d was not fixed for good.") % {"n": number})
    return to_ticket(ticket)
