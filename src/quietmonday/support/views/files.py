"""Files that came with messages: downloaded, and pictures of them drawn anew."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from quietmonday.kit.images import showable, sniff
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.post.actions.files import read_file
from quietmonday.support.access import attachment_for
from quietmonday.support.logic.file_names import safe_name

RASTER = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
NOTHING_RUNS = "default-src 'none'; sandbox"


@require_GET
@signed_in
def attachment(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Hand out a file as a download: whatever is in it, nothing of it runs here."""
    found = attachment_for(request.viewer, ref)
    try:
        data = read_file(found.file)
    except FileNotFoundError as error:
        raise Http404 from error
    media_type = found.file.media_type if found.file.media_type in RASTER else "application/octet-stream"
    return download(data, found.name, media_type)


@require_GET
@signed_in
def picture(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show a picture, drawn anew: no metadata, nothing hidden behind it."""
    found = attachment_for(request.viewer, ref)
    if found.file.media_type not in RASTER:
        raise Http404
    try:
        drawn = showable(read_file(found.file))
    except FileNotFoundError as error:
        raise Http404 from error
    if drawn is None:
        raise Http404
    response = HttpResponse(drawn, content_type=sniff(drawn))
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    return response


def download(data: bytes, name: str, media_type: str = "application/octet-stream") -> HttpResponse:
    """Return bytes that a browser saves and never shows, under a name that is no path."""
    response = HttpResponse(data, content_type=media_type)
    disposition = content_disposition_header(as_attachment=True, filename=safe_name(name))
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
