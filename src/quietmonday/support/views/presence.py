"""Who else has this request open: a line that the page asks for again and again while it is seen."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import supplier_side, ticket_worked_by
from quietmonday.support.actions.presence import seen_here
from quietmonday.support.queries.presence import colleagues_here


@require_POST
@signed_in
def presence(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Note that the viewer is here, and say which colleagues are. Nobody else is ever named, and nothing is kept."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    person = request.viewer.person_at.get(supplier) if supplier else None
    if supplier is None or person is None:
        raise PermissionDenied
    seen_here(
        ticket=ticket.id,
        supplier=supplier,
        person=person,
        name=request.viewer.persons[person],
        writing=request.POST.get("writing") == "1",
        now=request.moment,
    )
    here = colleagues_here(ticket=ticket.id, supplier=supplier, but=person, now=request.moment)
    return render(request, "support/_presence.html", {"here": here})
