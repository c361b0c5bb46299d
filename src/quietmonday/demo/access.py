"""Who may look around in the made-up firm as somebody."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase

from quietmonday.people.access import Viewer, signed_in

View = Callable[..., HttpResponseBase]


def may_look_around(viewer: Viewer) -> bool:
    """Administrators may, and whoever is somebody made up already: they become somebody else who is made up."""
    return viewer.administrator or viewer.is_made_up


def looking_around(view: View) -> View:
    """Let a view run for who may look around; everybody else signed in gets a 404."""

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_look_around(request.viewer):
            raise Http404
        return view(request, *args, **kwargs)

    guarded = signed_in(wrapper)
    guarded.door = "looking_around"  # type: ignore[attr-defined]  # read by the outsider sweep
    return guarded
