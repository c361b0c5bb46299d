"""Who may read what of the past."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.people.access import (
    ViewerRequest,
    business_led_by,
    grave,
    grave_to_send,
    history_grant_led_by,
    signed_in,
)
from quietmonday.people.actions.history import end_history, grant_history
from quietmonday.people.forms.history import PastForm
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.queries import past_of
from quietmonday.people.views.pages import posted


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave_to_send
def past(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show whose past there is and who reads it; let one more read."""
    business = business_led_by(request.viewer, ref)
    lines = past_of(business, request.moment)
    pairs = {(line.engagement.pk, each.pk): (line.engagement, each) for line in lines for each in line.offered}
    form = PastForm(posted(request), pairs=pairs, zone=business.zone)
    if form.is_valid():
        engagement, reader, since = form.chosen()
        try:
            grant_history(
                engagement=engagement,
                reader=reader,
                since=since,
                actor=request.viewer.actor(business.pk),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("%(reader)s may read it from now on.") % {"reader": reader.name})
            return redirect("people:past", business.pk)
    context = {
        "business": business,
        "lines": lines,
        "readers": sum(len(line.grants) for line in lines),
        "form": form,
        "now": request.moment,
    }
    return render(request, "people/past.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@grave
def grant_ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a grant back."""
    grant = history_grant_led_by(request.viewer, ref)
    end_history(grant=grant, actor=request.viewer.actor(grant.business_id), now=request.moment)
    messages.success(request, _("Taken back. %(reader)s reads none of it now.") % {"reader": grant.reader.name})
    return redirect("people:past", grant.business_id)
