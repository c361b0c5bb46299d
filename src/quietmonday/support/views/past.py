"""Granted history: what of the past a business lets a supplier read. Read only, as it stood then."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import past_ticket_for
from quietmonday.support.queries.past import past_lines, past_tickets_of


@require_GET
@signed_in
def past_tickets(request: ViewerRequest) -> HttpResponse:
    """Show the list, for whoever works for a supplier."""
    if not request.viewer.sees.suppliers:
        raise PermissionDenied
    after = request.GET.get("after", "")
    found = past_tickets_of(request.viewer, after=after)
    context = {
        "found": found,
        "older": f"?{urlencode({'after': found.after})}" if found.after else "",
        "newest": "?" if after else "",
        "now": request.moment,
    }
    return render(request, "support/past_tickets.html", context)


@require_GET
@signed_in
def past_ticket(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show one request as it stood."""
    ticket, until = past_ticket_for(request.viewer, ref)
    context = {
        "ticket": ticket,
        "until": until,
        "lines": past_lines(request.viewer, ticket, until),
        "now": request.moment,
        "zone": ticket.business.zone,
    }
    return render(request, "support/past_ticket.html", context)
