"""The requests that somebody may see, newest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import may_keep_views
from quietmonday.support.forms.lists import quick_fields
from quietmonday.support.queries.arrangements import BUILT_IN, Arrangement
from quietmonday.support.queries.filters import REQUESTS
from quietmonday.support.queries.own import faults_heard_at, own_of
from quietmonday.support.queries.requests import requests_of
from quietmonday.support.views.arranged import arrangement_of, chips_of, passed_over_in_words, sent_along


def arrangement_of_requests(request: ViewerRequest) -> Arrangement:
    """Return how the list is looked at."""
    return arrangement_of(request, REQUESTS, dict(request.GET.lists()))


@require_GET
@signed_in
def requests(request: ViewerRequest) -> HttpResponse:
    """Show the list."""
    viewer = request.viewer
    arrangement = arrangement_of_requests(request)
    found = requests_of(arrangement.reading, arrangement.wanted)
    several = len(viewer.businesses()) > 1
    quick = ("state", "move", "client") if several else ("state", "move")
    own_only = not viewer.sees.businesses and not viewer.sees.suppliers
    own = [own_of(row, row.number, row.inputs, request.moment) for row in found.rows] if own_only else []
    context = {
        "own": own,
        "waiting": sum(each.status.asks for each in own),
        "faults": faults_heard_at(viewer, viewer.staff_of) if own_only else [],
        "zone": next((viewer.zones[ref] for ref in viewer.staff_of), "UTC"),
        "arrangement": arrangement,
        "found": found,
        "fields": quick_fields(arrangement, quick),
        "along_form": sent_along(arrangement, quick),
        "views": [
            {"url": f"?view={view.key}", "label": view.name, "current": view is arrangement.view}
            for view in (*BUILT_IN[REQUESTS], *arrangement.pinned)
        ],
        "chips": chips_of(arrangement),
        "passed_over": passed_over_in_words(arrangement),
        "narrowed": bool(arrangement.wanted.words or arrangement.narrowed.chosen),
        "several": several,
        "may_read_past": bool(viewer.sees.suppliers),
        "may_report": bool(viewer.leads or viewer.staff_of or viewer.engagements),
        "own_only": own_only,
        "zones": viewer.zones,
        "older": arrangement.address(after=found.after) if found.after else "",
        "newest": arrangement.address() if arrangement.wanted.after else "",
        "along": arrangement.address(),
        "arrange_url": reverse("support:requests_arrange") + arrangement.address(),
        "save_url": _save_url(arrangement),
        "now": request.moment,
    }
    return render(request, "support/requests.html", context)


def _save_url(arrangement: Arrangement) -> str:
    keeps = may_keep_views(arrangement.reading.viewer, REQUESTS)
    return reverse("support:requests_new_view") + arrangement.address() if keeps else ""
