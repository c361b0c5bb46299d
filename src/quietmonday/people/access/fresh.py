"""Grave acts ask anew who is there: a screen left open, or a stolen session, erases nothing and lets nobody in."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from quietmonday.kit.clock import now as present
from quietmonday.people.access.viewers import View

FRESH_SECONDS = 600
"""For so long after signing in, or after showing it again, nobody is asked who they are."""


def grave(view: View) -> View:
    """Let a view run for somebody who showed lately who they are; others show it first. Stands below `signed_in`."""
    return _guarded(view, frozenset())


def grave_to_send(view: View) -> View:
    """Do the same for a page that anybody signed in may look at, and only what it sends is grave."""
    return _guarded(view, frozenset({"GET", "HEAD"}))


def _guarded(view: View, let_through: frozenset[str]) -> View:
    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Who is made up has no mailbox, no password, and nothing to lose.
        if request.method in let_through or shown_lately(request) or request.viewer.is_made_up:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(request, _("Nothing was done yet. Show that it is you, then press it once more."))
        target = f"{reverse('people:again')}?{urlencode({'next': _way_back(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

    wrapper.grave = True  # type: ignore[attr-defined]  # read by the sweep
    return wrapper


def shown_lately(request: Any) -> bool:
    """Return whether whoever uses this session showed who they are within the last minutes."""
    records = get_authentication_records(request, request.user)
    age = present().timestamp() - float(records[-1]["at"]) if records else None
    return age is not None and 0 <= age < FRESH_SECONDS


def _way_back(request: Any) -> str:
    """Return where to go on: the page itself, or the one with the button that was pressed."""
    if request.method in {"GET", "HEAD"}:
        return str(request.get_full_path())
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() and came_from.path.startswith("/") else "/"
