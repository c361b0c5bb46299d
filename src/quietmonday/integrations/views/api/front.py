"""The one door of the API: who calls, how often, which operation; every error is a problem. Imports no part of it.

The operations, their library and their shapes weigh 20 MiB: they are loaded by the first request that shows a token.
A session cookie opens nothing here, so no other site can make a browser call the API.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, URLResolver
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from quietmonday.integrations.actions.idempotency import answer_of, claim_key, release_key, store_answer
from quietmonday.integrations.logic.problems import MEDIA_TYPE, Problem
from quietmonday.integrations.views.api.pacing import seconds_to_wait
from quietmonday.kit.clock import now as present
from quietmonday.people.access import caller_of
from quietmonday.people.actions.tokens import note_use

PREFIX = "/api/v1/"
_KEY = re.compile(r"[!-~]{1,255}")
_JSON, _FILE = "application/json", "multipart/form-data"
_log = logging.getLogger("django.request")


@csrf_exempt
def front(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a request of a program."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            return _answered(request, rest)
        except Exception as error:  # noqa: BLE001 - whatever it is, a program gets a problem it can read
            return refusal(request, error)


def refusal(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the problem that an exception is; one that we did not expect is logged."""
    known = problem = _problem_of(error)
    if problem is None:
        _log.error("api.broken", exc_info=error)
        problem = Problem("failed", "The fault is ours, and is on record. Nothing was changed. Try again later.")
    response = HttpResponse(json.dumps(problem.as_json()), content_type=MEDIA_TYPE, status=problem.status)
    for name, value in problem.headers.items():
        response.headers[name] = value
    response._has_been_logged = known is None  # type: ignore[attr-defined]  # read by Django: with its way, above
    return response


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        return Problem("not_found", "Nothing like that is here for this token.")
    if isinstance(error, MultiPartParserError | SuspiciousOperation | UnreadablePostError):
        return Problem("malformed", "The body cannot be read as what its header says. Nothing was changed.")
    if isinstance(error, PermissionDenied):
        return Problem("forbidden", "You see it, and it is for somebody else to do.")
    return None


def _answered(request: Any, rest: str) -> HttpResponse:
    request.moment = present()
    caller = caller_of(_token_shown(request), request.moment)
    if caller is None:
        raise _no_token()
    if wait := seconds_to_wait(caller.token.pk):
        raise Problem("too_many", "This token sends too many requests.", headers={"Retry-After": str(math.ceil(wait))})
    request.caller, request.viewer = caller, caller.viewer
    note_use(token=caller.token, now=request.moment)
    match = _operations(rest)
    request.resolver_match = match
    _refuse_what_is_too_much(request, _FILE if rest == "files" else _JSON)

    def run() -> HttpResponse:
        return _finished(request, match.func(request, *match.args, **match.kwargs))

    key = request.headers.get("Idempotency-Key")
    if request.method == "POST" and key is not None:
        return _once(request, key, run)
    return run()


def _token_shown(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _no_token() -> Problem:
    return Problem(
        "no_token",
        "Send a token that works in the header Authorization: Bearer qm_… Whoever has a role makes one on a page.",
        headers={"WWW-Authenticate": 'Bearer realm="Quiet Monday"'},
    )


def _operations(rest: str) -> Any:
    try:
        return resolver().resolve(rest)
    except Resolver404:
        raise Problem("not_found", "The API has no such address. See /api/v1/ for those it has.") from None


def resolver() -> URLResolver:
    """Return the API's own addresses, below its prefix."""
    from quietmonday.integrations.views.api.assembly import addresses  # loaded by whoever needs it: 20 MiB

    return addresses()


def _refuse_what_is_too_much(request: HttpRequest, form: str) -> None:
    most = settings.MAX_ATTACHMENT_BYTES + 64 * 1024 if form == _FILE else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > most:
        raise Problem("too_large", f"A request holds up to {most // (1024 * 1024)} MB. Nothing was taken.")
    if request.method in ("POST", "PATCH") and request.content_type != form and (length or request.content_type):
        raise Problem("media_type", f"Send {form} here.")


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        raise Problem("method", f"This address knows {allowed}.", headers={"Allow": allowed})
    etag = request.META.get("api.etag")
    if etag and response.status_code < 300:
        response.headers["ETag"] = etag
        wanted = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
        if request.method == "GET" and etag in wanted:
            unchanged = HttpResponse(status=304)
            unchanged.headers["ETag"] = etag
            return unchanged
    return response


def _once(request: Any, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    if not _KEY.fullmatch(key):
        raise Problem("invalid", "An Idempotency-Key is 1 to 255 printable characters without spaces.")
    row = claim_key(token=request.caller.token, key=key, fingerprint=_fingerprint(request), now=request.moment)
    if row.status is not None:
        again = HttpResponse(answer_of(row), content_type="application/json; charset=utf-8", status=row.status)
        again.headers["Idempotent-Replayed"] = "true"
        return again
    done = False
    try:
        if request.content_type == _FILE:
            response = run()  # writes a file, which no transaction waits for; the same bytes are the same file
            with transaction.atomic():
                done = _kept(row, response)
        else:
            with transaction.atomic():
                response = run()
                done = _kept(row, response)
    finally:
        if not done:
            release_key(row=row)
    return response


def _kept(row: Any, response: HttpResponse) -> bool:
    """Keep what succeeded with its answer; roll back what did not."""
    if response.status_code >= 400:
        transaction.set_rollback(True)
        return False
    store_answer(row=row, status=response.status_code, body=response.content)
    return True


def _fingerprint(request: Any) -> str:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != _FILE:
        found.update(request.body)
        return found.hexdigest()
    for name, value in sorted(request.POST.items()):
        found.update(f"{name}={value}\n".encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.FILES.items()):
        found.update(f"{name}={file.name}\n".encode("utf-8", "surrogatepass"))
        for chunk in file.chunks():
            found.update(chunk)
        file.seek(0)
    return found.hexdigest()
