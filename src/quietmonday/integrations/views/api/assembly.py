"""The API put together: its operations, what it makes of exceptions, and its description (OpenAPI 3.1)."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from quietmonday.integrations.actions.webhooks import WebhookRefused
from quietmonday.integrations.logic.problems import MEDIA_TYPE, Fault, Problem
from quietmonday.integrations.views.api import files, firms, record, tickets, verbs, webhooks
from quietmonday.integrations.views.api.front import PREFIX, refusal
from quietmonday.kit.outside import Refused as CannotAsk
from quietmonday.people.forms.refusals import SENTENCES
from quietmonday.people.logic.refusals import Refused
from quietmonday.post.actions.files import FileErased, FileTooLarge
from quietmonday.support.actions.answering import AnswerRefused
from quietmonday.support.actions.handing import NotOfThisSupplier
from quietmonday.support.actions.opening import NobodySupplies
from quietmonday.support.actions.settling import CannotSettle
from quietmonday.support.actions.talking import NothingSaid
from quietmonday.support.actions.waiting import PromiseInThePast
from quietmonday.support.actions.weighing import CannotWeigh

VERSION = "1"
ROUTERS = (firms.router, tickets.router, verbs.router, files.router, record.router, webhooks.router)

_DESCRIPTION = (
    "What people do on the pages, for programs. A token acts as whoever made it, sees what they see, and everything it "
    "does is in the journal under their name and its own. Times are ISO 8601 in UTC; ids are UUIDs; a ticket also has "
    "the number that people say. What is not yours and what is not there are the same 404."
)


@functools.cache
def api() -> NinjaAPI:
    """Return the API."""
    made = NinjaAPI(
        title="Quiet Monday",
        version=VERSION,
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
    )
    for router in ROUTERS:
        made.add_router("", router)
    for error in (
        *(Problem, Http404, PermissionDenied),
        *(HttpError, ValidationError, Refused),
        *(CannotSettle, AnswerRefused, NotOfThisSupplier, NobodySupplies, NothingSaid, PromiseInThePast, CannotWeigh),
        *(FileErased, FileTooLarge, WebhookRefused, CannotAsk),
    ):
        made.add_exception_handler(error, _refused)
    return made


@functools.cache
def addresses() -> URLResolver:
    """Return the addresses of the API, below its prefix."""
    patterns, _app, _namespace = api().urls
    return URLResolver(RegexPattern(r"^"), patterns)


@functools.cache
def description() -> dict[str, Any]:
    """Return the API as OpenAPI 3.1 says it."""
    told: dict[str, Any] = dict(api().get_openapi_schema(path_prefix=PREFIX.strip("/") + "/"))
    told["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of one's own page: qm_…"}
    }
    told["security"] = [{"token": []}]
    told["servers"] = [{"url": "/"}]
    for path in told["paths"].values():
        for method, operation in path.items():
            _finish(method, operation)
    plain: dict[str, Any] = json.loads(json.dumps(told))  # as it goes out: its keys are text
    return plain


def _finish(method: str, operation: dict[str, Any]) -> None:
    """Say what all operations share, and what the library cannot know."""
    parameters = operation.setdefault("parameters", [])
    tagged = operation.pop("x-tagged", False)
    if method == "post":
        parameters.append(_KEY_PARAMETER)
    if tagged and method == "patch":
        parameters.append(_MATCH_PARAMETER)
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            answer["content"] = {MEDIA_TYPE: {"schema": schema}}
        elif operation["operationId"] == "get_file":
            answer["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        elif tagged:
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}


_KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request within 48 hours is done once and answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of what you saw: if it is another one by now, nothing is changed (412).",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]+$"},
}


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(request, _as_problem(error))


def _as_problem(error: Exception) -> Exception:
    match error:
        case ValidationError():
            return Problem(
                "invalid", "Nothing was changed. See errors for what is wrong, and where.", faults=_faults(error)
            )
        case HttpError():
            return Problem("malformed", "The body is not JSON that we can read. Nothing was changed.")
        case Refused():
            return Problem("refused", str(SENTENCES[error.rule]))
        case CannotSettle() | AnswerRefused() | NotOfThisSupplier() | NobodySupplies() | NothingSaid():
            return Problem("refused", f"Nothing was changed: {error}.")
        case CannotAsk():
            return Problem("refused", f"Nothing was changed. {error.words}")
        case PromiseInThePast() | FileErased() | WebhookRefused() | CannotWeigh():
            return Problem("refused", f"Nothing was changed: {error}.")
        case FileTooLarge():
            return Problem("too_large", f"Nothing was taken: {error}.")
    return error


def _faults(error: ValidationError) -> list[Fault]:
    found = []
    for each in error.errors[:50]:
        where, *rest = (str(part) for part in each["loc"])
        # The library names the argument that holds body or filters; whoever sends them does not know it.
        names = rest[1:] if rest and rest[0] in ("body", "paged") else rest
        found.append(Fault(where=".".join([where, *names])[:200], says=str(each["msg"])[:300]))
    return found
