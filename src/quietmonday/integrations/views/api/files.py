"""Files: sent in by themselves, then named in a message; fetched as they came."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from ninja import File as FilePart
from ninja import Form, Router
from ninja.files import UploadedFile

from quietmonday.integrations.access import business_seen_by
from quietmonday.integrations.forms.api import tickets as shapes
from quietmonday.integrations.logic.problems import Problem
from quietmonday.integrations.queries.below_tickets import stored_file
from quietmonday.integrations.views.api.offering import ApiRequest, offers, within
from quietmonday.people.models import Business
from quietmonday.post.actions.files import read_file, store_file
from quietmonday.post.models import File
from quietmonday.support.access import attachment_for
from quietmonday.support.logic.file_names import safe_name

router = Router(tags=["Files"])

SALT = "quietmonday.integrations.upload"
LASTS = dt.timedelta(days=1)
NOTHING_RUNS = "default-src 'none'; sandbox"


@offers(router, "POST", "/files", scope="tickets:write", gives=shapes.UploadOut, status=201, refuses=(409,))
def send_file(request: ApiRequest, business: Form[uuid.UUID], file: FilePart[UploadedFile]) -> Any:
    """Send in a file of up to 25 MB for a business.
    Name the `id` of the answer in a message, a note or a new ticket within a day."""
    viewer = request.viewer
    if business not in viewer.leads | viewer.staff_of | frozenset(viewer.engagements.values()):
        raise Http404
    place = business_seen_by(viewer, business)
    stored = store_file(business=place, data=file.read(), now=request.moment)
    name = safe_name(file.name or "file")
    return {
        "id": signing.dumps([str(stored.id), str(place.id), str(viewer.account_id), name], salt=SALT, compress=True),
        "name": name,
        "size": stored.size,
        "media_type": stored.media_type,
        "expires_at": request.moment + LASTS,
    }


@offers(router, "GET", "/files/{uuid:file_id}", scope="tickets:read", gives=bytes)
def get_file(request: ApiRequest, file_id: uuid.UUID) -> Any:
    """The bytes of a file that came with a message which you see."""
    found = attachment_for(request.viewer, file_id)
    within(request, found.business_id)
    try:
        data = read_file(found.file)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    return response


def files_named(request: ApiRequest, business: Business, handles: Sequence[str]) -> list[tuple[str, File]]:
    """Return (name, file) of what this account sent in for this business within a day; Problem (not_found) otherwise.

    A handle names the account: the id of somebody else's file opens nothing.
    """
    found = []
    for handle in handles:
        try:
            ref, place, account, name = signing.loads(handle, salt=SALT, max_age=LASTS)
        except (signing.BadSignature, ValueError):
            raise _not_here() from None
        if (place, account) != (str(business.id), str(request.viewer.account_id)):
            raise _not_here()
        file = stored_file(uuid.UUID(ref), business)
        if file is None:
            raise _not_here()
        found.append((name, file))
    return found


def _not_here() -> Problem:
    return Problem("not_found", "One of the files is not here. Send it in again, and name it within a day.")
