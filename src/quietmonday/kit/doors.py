"""Doors that an area below `people` can ask for without knowing who lives there.

`people` registers how to tell an administrator when Django starts; until then every such door stays shut.
"""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse

from quietmonday.kit.actors import Actor

P = ParamSpec("P")

AdministratorCheck = Callable[[HttpRequest], Actor | None]
"""Returns who the administrator is that makes this request, or None."""


def administrator_only(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Wrap a view so that it gets the administrator as second argument; anybody else gets the 404 of an absent page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        actor = _check(request)
        if actor is None:
            raise Http404
        return view(request, actor, *args, **kwargs)

    return guarded


def register_administrator_check(check: AdministratorCheck) -> None:
    """Say how to tell an administrator; `people.apps` calls this once."""
    global _check
    _check = check


def _nobody(request: HttpRequest) -> Actor | None:
    return None


_check: AdministratorCheck = _nobody
