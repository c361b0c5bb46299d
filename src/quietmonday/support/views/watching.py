"""The link in a mail by which somebody stops hearing of a request. The signed link is the key."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from quietmonday.kit import clock
from quietmonday.kit.actors import Actor
from quietmonday.support.access import watcher_by_link
from quietmonday.support.actions.watching import stop_watching
from quietmonday.support.views.ticket import see_other


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, watcher: uuid.UUID, mac: str) -> HttpResponse:
    """Ask, and stop. A GET changes nothing: mail scanners follow links."""
    row = watcher_by_link(watcher, mac)
    if request.method == "POST":
        actor = Actor(id=row.person_id, name=row.person.name, kind="outsider")
        stop_watching(ticket=row.ticket, person_ids=[row.person_id], actor=actor, now=clock.now())
        return see_other(reverse("support:stop_watching", args=[watcher, mac]))
    return render(request, "support/stop_watching.html", {"row": row, "ticket": row.ticket})


stop.door = "signed_link"  # type: ignore[attr-defined]  # read by the outsider sweep
