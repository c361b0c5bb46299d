"""How the API offers an operation: its scope, what it answers, what it may refuse. One decorator writes all of it."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import inspect
import json
import re
import uuid
from collections.abc import Callable, Collection
from typing import Any, get_args

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Status
from ninja.constants import NOT_SET

from quietmonday.integrations.forms.api.base import ProblemOut
from quietmonday.integrations.logic.problems import Fault, Problem
from quietmonday.people.access import Caller, Viewer

Operation = Callable[..., Any]
ETAG = "api.etag"
_MATCH = re.compile(r"(?=.*[!-~])[ -~]{1,200}")


class ApiRequest(HttpRequest):
    """A request of a program: behind `front` it carries its caller and its moment."""

    caller: Caller
    viewer: Viewer
    moment: dt.datetime


def offers(
    router: Router,
    method: str,
    path: str,
    *,
    scope: str | None,
    gives: Any,
    status: int = 200,
    refuses: Collection[int] = (),
    tagged: bool = False,
) -> Callable[[Operation], Operation]:
    """Register an operation of the API.

    `scope`: what the token must have (None: any token). `gives`: the shape of its answer, None for an empty one.
    `refuses`: statuses of problems beyond those that every operation may answer (401, 403, 404, 422, 429).
    `tagged`: its answer is one resource, and carries an ETag.
    """
    always = {401, 403, 404, 422, 429} if scope else {401, 422, 429}
    takes = {400, 413, 415} if method in ("POST", "PATCH") else set()
    answers = dict.fromkeys(sorted(always | takes | set(refuses)), ProblemOut)

    def register(view: Operation) -> Operation:
        filters = _filters_of(view)

        @functools.wraps(view)
        def asked(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            if scope is not None and not request.caller.may(scope):
                raise Problem("scope", f"This token has no scope {scope}. Its owner can make one that has.")
            if unknown := sorted(set(request.GET) - filters):
                faults = [Fault(f"query.{name}"[:200], "is not known here") for name in unknown[:20]]
                raise Problem("invalid", "The address holds what this list cannot be narrowed by.", faults=faults)
            given = view(request, *args, **kwargs)
            if isinstance(given, HttpResponseBase):
                return given
            if tagged:
                request.META[ETAG] = etag_of(given)
            return Status(status, given)

        # The library evaluates annotations where the wrapper stands; they are meant where the view stands.
        asked.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]  # read by inspect
        summary, _, more = (view.__doc__ or "").strip().partition("\n")
        needs = f"Needs the scope `{scope}`." if scope else "Needs no scope."
        router.add_api_operation(
            path,
            [method],
            asked,
            auth=NOT_SET,
            response={status: gives, **answers},
            summary=summary.rstrip("."),
            description=f"{needs} {' '.join(more.split())}".strip(),
            operation_id=view.__name__,
            openapi_extra={"x-scope": scope or "", "x-tagged": tagged},
        )
        return view

    return register


def _filters_of(view: Operation) -> set[str]:
    """Return what an operation takes in its address behind the question mark."""
    paged = inspect.signature(view, eval_str=True).parameters.get("paged")
    return set(get_args(paged.annotation)[0].model_fields) if paged else set()


def etag_of(told: Any) -> str:
    """Return the ETag of a resource as it is told."""
    text = json.dumps(told, cls=DjangoJSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def refuse_unless_unchanged(request: HttpRequest, told: Any) -> None:
    """Raise Problem (changed) if the request names another state (If-Match) than the one that stands."""
    wanted = request.headers.get("If-Match", "*")
    if not _MATCH.fullmatch(wanted):
        raise Problem("invalid", "If-Match holds the ETag that you got, in its quotation marks.")
    if wanted.strip() != "*" and etag_of(told) not in [each.strip().removeprefix("W/") for each in wanted.split(",")]:
        raise Problem("changed", "It is not as you last saw it. Get it again, look at what changed, and send anew.")


def within(request: ApiRequest, ref: uuid.UUID | None) -> None:
    """Raise the 404 of what is not there if the token is for another firm than the business or supplier `ref`."""
    if not request.caller.reaches(ref):
        raise Problem("not_found", "Nothing like that is here for this token.")
