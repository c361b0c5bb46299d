"""The owner takes the business's record out."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.integrations.access import export_fetched_by, record_owned_by
from quietmonday.integrations.actions.taking_out import ask_for_export, fetched
from quietmonday.integrations.queries.exports import file_of, is_ready, newest_exports, progress_of
from quietmonday.people.access import ViewerRequest, grave, grave_to_send, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave_to_send
def record(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show the files that were asked for, and how far one is; have one made."""
    business = record_owned_by(request.viewer, ref)
    if request.method == "POST":
        ask_for_export(business=business, actor=request.viewer.actor(business.pk), now=request.moment)
        messages.success(request, _("Your record is being put together. You may leave this page."))
        return redirect("integrations:record", business.pk)
    exports = newest_exports(business)
    going_on = next((export for export in exports if export.made_at is None), None)
    context = {
        "business": business,
        "lines": [(export, is_ready(export, request.moment)) for export in exports if export is not going_on],
        "ready": any(is_ready(export, request.moment) for export in exports),
        "going_on": going_on,
        "progress": progress_of(going_on) if going_on else None,
        "now": request.moment,
    }
    return render(request, "integrations/record.html", context)


@require_POST
@signed_in
@grave
def fetch(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hand out a file, and say so in the journal."""
    export = export_fetched_by(request.viewer, ref, request.moment)
    try:
        data = file_of(export).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    fetched(export=export, actor=request.viewer.actor(export.business_id), now=request.moment)
    name = f"quiet-monday-record-{export.asked_at:%Y-%m-%d}.qm"
    response = FileResponse(data, as_attachment=True, filename=name, content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Encoding"] = "identity"  # packed already: packing it again costs and gains nothing
    return response  # type: ignore[return-value]  # streamed: of another base class, and as good an answer
