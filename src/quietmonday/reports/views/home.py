"""The first page after signing in: where this person's work is."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.queries import any_business


@require_safe
@signed_in
def home(request: ViewerRequest) -> HttpResponse:
    """Owner: Monday. Technician: queue. Staff: report form. Administrator: set-up until there is a business."""
    viewer = request.viewer
    if viewer.home == "business":
        own = viewer.leads or viewer.sees.businesses
        return redirect("reports:monday", ref=min(own, key=lambda ref: viewer.place_names[ref]))
    if viewer.home == "supplier":
        return redirect("support:queue")
    if viewer.home == "staff":
        return redirect("support:report")
    return redirect("outbox:work" if any_business() else "people:set_up")
