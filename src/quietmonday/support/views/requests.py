"""The requests that somebody may see, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.forms.lists import RequestsForm
from quietmonday.support.queries.own import faults_heard_at, own_of
from quietmonday.support.queries.requests import requests_of


@require_GET
@signed_in
def requests(request: ViewerRequest) -> HttpResponse:
    """Show the list."""
    viewer = request.viewer
    places = sorted(
        ((ref, viewer.place_names[ref]) for ref in viewer.businesses()), key=lambda each: each[1].casefold()
    )
    form = RequestsForm(request.GET, clients=places, auto_id="list_%s")
    chosen = form.chosen()
    after = request.GET.get("after", "")
    found = requests_of(viewer, request.moment, after=after, **chosen)
    narrowing = {"q": chosen["words"], "state": chosen["state"], "client": str(chosen["client"] or "")}
    own_only = not viewer.sees.businesses and not viewer.sees.suppliers
    own = [own_of(row.ticket, request.moment) for row in found.rows] if own_only else []
    context = {
        "own": own,
        "waiting": sum(each.status.asks for each in own),
        "faults": faults_heard_at(viewer, viewer.staff_of) if own_only else [],
        "zone": next((viewer.zones[ref] for ref in viewer.staff_of), "UTC"),
        "found": found,
        "form": form,
        "narrowed": any(narrowing.values()),
        "several": len(places) > 1,
        "may_read_past": bool(viewer.sees.suppliers),
        "may_report": bool(viewer.leads or viewer.staff_of or viewer.engagements),
        "own_only": own_only,
        "zones": viewer.zones,
        "older": _query(narrowing | {"after": found.after}) if found.after else "",
        "newest": _query(narrowing) if after else "",
        "along": _query(narrowing) if any(narrowing.values()) else "",
        "now": request.moment,
    }
    return render(request, "support/requests.html", context)


def _query(values: dict[str, str]) -> str:
    return "?" + urlencode({key: value for key, value in values.items() if value})
