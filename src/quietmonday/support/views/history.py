"""All that ever happened to one request."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import ticket_for
from quietmonday.support.queries.history import history_of


@require_GET
@signed_in
def history(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show what the journal says of a request, newest first, to whom may see it."""
    ticket = ticket_for(request.viewer, ref)
    after = request.GET.get("after", "")
    found = history_of(request.viewer, ticket, after)
    context = {
        "ticket": ticket,
        "found": found,
        "older": f"?{urlencode({'after': found.after})}" if found.after else "",
        "newest": "?" if after else "",
        "now": request.moment,
        "zone": ticket.business.zone,
        "works_here": bool(request.viewer.sees.supplied(ticket.business_id)),
    }
    return render(request, "support/history.html", context)
