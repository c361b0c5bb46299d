"""Lists as downloads: the same doors, rows and order as their pages."""

from __future__ import annotations

import functools

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from quietmonday.kit.exports import exported
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.logic.said import Speaker
from quietmonday.support.queries.exports import (
    INBOX_HEADS,
    LOG_HEADS,
    REQUEST_HEADS,
    Speakers,
    inbox_exported,
    logs_exported,
    queue_exported,
    requests_exported,
)
from quietmonday.support.views.queue import arrangement_of_queue
from quietmonday.support.views.requests import arrangement_of_requests


def speakers(request: ViewerRequest) -> Speakers:
    """Return who says verdicts in the language that is active, one for each zone."""

    @functools.cache
    def of(zone: str) -> Speaker:
        return Speaker(translate=translate, translate_plural=translate_plural, zone=zone, now=request.moment)

    return of


@require_GET
@signed_in
def queue(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out the queue as it is narrowed on its page."""
    wanted = arrangement_of_queue(request).wanted
    rows = functools.partial(queue_exported, request.viewer, wanted, request.moment, speakers(request))
    return exported(form, name=_("queue"), header=REQUEST_HEADS, rows=rows, on=request.moment.date())


@require_GET
@signed_in
def requests(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out the requests as they are narrowed on their page."""
    wanted = arrangement_of_requests(request).wanted
    rows = functools.partial(requests_exported, request.viewer, wanted, request.moment, speakers(request))
    return exported(form, name=_("requests"), header=REQUEST_HEADS, rows=rows, on=request.moment.date())


@require_GET
@signed_in
def inbox(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out what was kept, with the reasons; not the mails themselves."""
    viewer = request.viewer
    if not (viewer.leads or viewer.suppliers or viewer.administrator):
        raise PermissionDenied
    zone = next((viewer.zones[ref] for ref in viewer.leads), "") or next(iter(viewer.zones.values()), "UTC")
    rows = functools.partial(inbox_exported, viewer, zone, translate)
    return exported(form, name=_("post"), header=INBOX_HEADS, rows=rows, on=request.moment.date())


@require_GET
@signed_in
def logs(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out which logs were handed in, and what came of each; not the logs themselves."""
    viewer = request.viewer
    if not (viewer.leads or viewer.administrator):
        raise PermissionDenied
    rows = functools.partial(logs_exported, viewer)
    return exported(form, name=_("logs"), header=LOG_HEADS, rows=rows, on=request.moment.date())
