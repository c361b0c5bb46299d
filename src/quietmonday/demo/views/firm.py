"""The page of the made-up firm: asked for, watched while it is made, looked around in, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.demo.actions.making import ask_for_firm
from quietmonday.demo.actions.removing import ReliedOn, remove_firm
from quietmonday.demo.queries.told import story
from quietmonday.demo.queries.visitors import making, visitors
from quietmonday.people.access import ViewerRequest, administered


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def firm(request: ViewerRequest) -> HttpResponse:
    """Show how far it is, and who can be looked around as; ask for it."""
    if request.method == "POST":
        ask_for_firm(actor=request.viewer.actor(), now=request.moment)
        return redirect("demo:firm")
    row, told = making(), story()
    context = {
        "row": row,
        "going": row is not None and row.made_at is None,
        "visitors": visitors(),
        "businesses": ", ".join(each.name for each in told.businesses),
        "suppliers": ", ".join(each.name for each in told.suppliers),
    }
    return render(request, "demo/firm.html", context)


@require_POST
@administered
def removed(request: ViewerRequest) -> HttpResponse:
    """Take the made-up firm away."""
    try:
        remove_firm(actor=request.viewer.actor(), now=request.moment)
    except ReliedOn as by:
        messages.warning(
            request,
            _("Nothing was taken away: %(name)s is not made up, and a made-up supplier serves it. End that first.")
            % {"name": by},
        )
        return redirect("demo:firm")
    messages.success(request, _("The made-up firm is gone, with all its requests."))
    return redirect("people:set_up")
