"""Files of mails are handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import engagement_imported_by
from quietmonday.support.actions.uploads import keep_uploaded_mails
from quietmonday.support.forms.set_up import ImportForm
from quietmonday.support.queries.inbox import import_progress
from quietmonday.support.views import whose
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mails(request: ViewerRequest) -> HttpResponse:
    """Take in files of mails: kept raw at once, looked at by a worker."""
    choices = whose.choices(request)
    if request.method != "POST":
        return _draw_import(request, ImportForm(**choices))
    form = ImportForm(request.POST, request.FILES, **choices)
    engagement = whose.engagement_of(request, form) if form.is_valid() else None
    if engagement is None:
        return _draw_import(request, form)
    kept = keep_uploaded_mails(engagement=engagement, uploads=form.cleaned_data["mails"], now=request.moment)
    said = ngettext("%(n)d mail came in.", "%(n)d mails came in.", kept.new) % {"n": kept.new}
    messages.success(request, said)
    if kept.before:
        again = ngettext("%(n)d mail was here before.", "%(n)d mails were here before.", kept.before)
        messages.info(request, again % {"n": kept.before})
    for name, problem in kept.unreadable[:5]:
        messages.warning(request, _("%(name)s was not read: %(problem)s.") % {"name": name, "problem": problem})
    where = reverse("support:import_progress", args=[engagement.id])
    return see_other(f"{where}?{urlencode({'at': request.moment.isoformat()})}")


@require_GET
@signed_in
def progress(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show how far an import is."""
    engagement = engagement_imported_by(request.viewer, ref, request.moment)
    try:
        at = dt.datetime.fromisoformat(request.GET.get("at", "").replace(" ", "+"))
    except ValueError as error:
        raise Http404 from error
    if at.tzinfo is None:
        raise Http404
    context = {
        "progress": import_progress(engagement.business_id, at),
        "engagement": engagement,
        "again": f"?{urlencode({'at': at.isoformat()})}",
    }
    return render(request, "support/import_progress.html", context)


def _draw_import(request: ViewerRequest, form: ImportForm) -> HttpResponse:
    context = {"form": form, "only": next(iter(form.engagements.values())) if len(form.engagements) == 1 else None}
    return render(request, "support/import.html", context, status=REFUSED if form.errors else 200)
