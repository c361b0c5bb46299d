"""The page of one request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.support.access import may_erase_in, past_ticket_for, ticket_for
from quietmonday.support.models import Ticket
from quietmonday.support.queries.history import Happened
from quietmonday.support.queries.ticket_page import TicketPage, ticket_page
from quietmonday.support.views.begun import words_begun
from quietmonday.support.views.ticket_forms import drawn_empty, drawn_filled

REFUSED, COLLIDED = 422, 409


@require_GET
@signed_in
def ticket(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show a request to whom may see it; whoever was let read its past only goes on to that."""
    try:
        found = ticket_for(request.viewer, ref)
    except Http404:
        past, _until = past_ticket_for(request.viewer, ref)
        return redirect("support:past_ticket", past.id)
    return draw_ticket(request, found, begun=words_begun(request, found))


def draw_ticket(
    request: ViewerRequest,
    ticket: Ticket,
    *,
    news: Sequence[Happened] = (),
    begun: Mapping[str, str] | None = None,
    **refused: Any,
) -> HttpResponse:
    """Draw the page. `refused`: forms by name that were sent and not taken, shown as they were filled. `news`: what
    others did while a message was written, which therefore was not sent. `begun`: what stands in the empty message."""
    page = ticket_page(request.viewer, ticket, request.moment)
    needed = _forms_of(page, request.viewer, begun or {})
    drawn = {name: drawn_empty(name, ticket, request.moment, **more) for name, more in needed.items()}
    for name, form in refused.items():
        drawn[name] = {**drawn.get(name, {}), **drawn_filled(form)}
    context = {
        "page": page,
        "ticket": ticket,
        "now": request.moment,
        "zone": page.zone,
        "f": drawn,
        "refused": next(iter(refused.values()), None),
        "refused_name": next(iter(refused), ""),
        "may_tick": page.works_here or ticket.business_id in request.viewer.leads,
        "own_name": page.own_name,
        "manages": page.own_supplier in request.viewer.manages,
        "news": news,
        "draft": f"{request.viewer.account_id.hex}.{ticket.id.hex}",
        "may_erase": may_erase_in(request.viewer, ticket),
        "may_see_all": page.works_here or page.only_reads or ticket.business_id in request.viewer.leads,
    }
    return render(request, "support/ticket.html", context, status=COLLIDED if news else REFUSED if refused else 200)


def to_ticket(ticket: Ticket) -> HttpResponse:
    """Go on to the page of the request after a form was taken."""
    return see_other(reverse("support:ticket", args=[ticket.id]))


def see_other(url: str) -> HttpResponse:
    """Go on to `url` with GET: the answer to every form that was taken."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _forms_of(page: TicketPage, viewer: Viewer, begun: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The forms that this page shows, with what each needs."""
    ticket = page.ticket
    if page.only_reads:
        return {}
    if not page.works_here:
        forms: dict[str, dict[str, Any]] = {"write": {}, "reopening": {}, "feedback": {}, "weight": _weight(ticket)}
        return forms | {"aside": {}, "known_fault": {}} if ticket.business_id in viewer.leads else forms
    return {
        "message": {"colleagues": page.colleagues, "initial": {"seen": page.waiting.entries, **begun}},
        "call": {},
        "snooze": {},
        "promise": {},
        "waiting": {},
        "resolution": {},
        "reopening": {},
        "aside": {},
        "assignment": {"colleagues": page.colleagues, "initial": {"person": str(ticket.assignee_id or "")}},
        "priority": {"initial": {"priority": ticket.priority}},
        "weight": _weight(ticket),
        "dispute": {},
        "repeat": {},
        "time": {},
        "known_fault": {},
    }


def _weight(ticket: Ticket) -> dict[str, Any]:
    return {"initial": {"kind": ticket.kind, "impact": ticket.impact, "can_work": ticket.can_work}}
