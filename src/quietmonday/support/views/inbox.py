"""What came in and did not become a request, with the reason."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import inbox_item_for
from quietmonday.support.queries.inbox import inbox_of
from quietmonday.support.views.files import download


@require_GET
@signed_in
def inbox(request: ViewerRequest) -> HttpResponse:
    """Show what was kept, newest first."""
    viewer = request.viewer
    if not (viewer.leads or viewer.suppliers or viewer.administrator):
        raise PermissionDenied
    after, asking_after = request.GET.get("after", ""), request.GET.get("asks", "")
    found = inbox_of(viewer, after, asking_after)
    context = {
        "inbox": found,
        "zone": next((viewer.zones[ref] for ref in viewer.leads), "") or next(iter(viewer.zones.values()), "UTC"),
        "may_connect": viewer.administrator or bool(viewer.manages),
        "may_import": viewer.administrator or bool(viewer.leads),
        "older": f"?after={found.after}" if found.after else "",
        "newest": "?" if after else "",
        "more_asking": f"?asks={found.asking_after}" if found.asking_after else "",
        "first_asking": "?" if asking_after else "",
        "now": request.moment,
    }
    return render(request, "support/inbox.html", context)


@require_GET
@signed_in
def raw(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hand out what came in, byte for byte, as a download."""
    item = inbox_item_for(request.viewer, ref)
    return download(bytes(item.raw.data), f"{item.id}.eml")
