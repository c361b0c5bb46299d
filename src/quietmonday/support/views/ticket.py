"""The page of one request."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.support.access import may_erase_in, past_ticket_for, ticket_for
from quietmonday.support.models import Ticket
from quietmonday.support.queries.ticket_page import TicketPage, ticket_page
from quietmonday.support.views.ticket_forms import drawn_empty, drawn_filled

REFUSED = 422


@require_GET
@signed_in
def ticket(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show a request to whom may see it; whoever was let read its past only goes on to that."""
    try:
        found = ticket_for(request.viewer, ref)
    except Http404:
        past, _until = past_ticket_for(request.viewer, ref)
        return redirect("support:past_ticket", past.id)
    return draw_ticket(request, found)


def draw_ticket(request: ViewerRequest, ticket: Ticket, **refused: Any) -> HttpResponse:
    """Draw the page. `refused`: forms by name that were sent and not taken, shown as they were filled."""
    page = ticket_page(request.viewer, ticket, request.moment)
    needed = _forms_of(page, request.viewer)
    drawn = {name: drawn_empty(name, ticket, request.moment, **more) for name, more in needed.items()}
    drawn |= {name: drawn_filled(form) for name, form in refused.items()}
    context = {
        "page": page,
        "ticket": ticket,
        "now": request.moment,
        "zone": page.zone,
        "f": drawn,
        "refused": next(iter(refused.values()), None),
        "refused_name": next(iter(refused), ""),
        "may_erase": may_erase_in(request.viewer, ticket),
        "may_see_all": page.works_here or page.only_reads or ticket.business_id in request.viewer.leads,
    }
    return render(request, "support/ticket.html", context, status=REFUSED if refused else 200)


def to_ticket(ticket: Ticket) -> HttpResponse:
    """Go on to the page of the request after a form was taken."""
    return see_other(reverse("support:ticket", args=[ticket.id]))


def see_other(url: str) -> HttpResponse:
    """Go on to `url` with GET: the answer to every form that was taken."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _forms_of(page: TicketPage, viewer: Viewer) -> dict[str, dict[str, Any]]:
    """The forms that this page shows, with what each needs."""
    ticket = page.ticket
    if page.only_reads:
        return {}
    if not page.works_here:
        forms: dict[str, dict[str, Any]] = {"write": {}, "reopening": {}, "feedback": {}}
        return forms | {"aside": {}} if ticket.business_id in viewer.leads else forms
    return {
        "message": {},
        "call": {},
        "promise": {},
        "waiting": {},
        "resolution": {},
        "reopening": {},
        "aside": {},
        "assignment": {"colleagues": page.colleagues, "initial": {"person": str(ticket.assignee_id or "")}},
        "priority": {"initial": {"priority": ticket.priority}},
        "dispute": {},
        "repeat": {},
    }
