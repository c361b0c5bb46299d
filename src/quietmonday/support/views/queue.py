"""The queue of a supplier's people."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.support.forms.lists import QueueForm
from quietmonday.support.queries.queue import VIEWS, Counts, Wanted, queue_of


@require_GET
@signed_in
def queue(request: ViewerRequest) -> HttpResponse:
    """Show what is open, most urgent first."""
    if not request.viewer.sees.suppliers:
        raise PermissionDenied
    acts = bool(request.viewer.suppliers)
    form = QueueForm(request.GET, clients=clients_seen_by(request.viewer), auto_id="list_%s")
    view = request.GET.get("view", "mine" if acts else "all")
    wanted = Wanted(view=view if view in VIEWS else "mine", after=request.GET.get("after", ""), **form.chosen())
    found = queue_of(request.viewer, wanted, request.moment)
    dense = request.GET.get("rows") == "dense"
    narrowed = bool(wanted.words or wanted.client or wanted.move)
    context = {
        "queue": found,
        "hot": [row for row in found.rows if row.hot],
        "others": [row for row in found.rows if not row.hot],
        "views": _views(found.counts, wanted, dense),
        "wanted": wanted,
        "narrowed": narrowed,
        "form": form,
        "dense": dense,
        "other_rows": _again(wanted, rows="" if dense else "dense"),
        "older": _again(wanted, after=found.after, rows="dense" if dense else "") if found.after else "",
        "newest": _again(wanted, rows="dense" if dense else "") if wanted.after else "",
        "along": _query(view=wanted.view, q=wanted.words, client=str(wanted.client or ""), move=wanted.move),
        "now": request.moment,
        "acts": acts,
    }
    return render(request, "support/queue.html", context)


def clients_of(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the clients for whom the viewer works, by name."""
    return _named(viewer, set(viewer.engagements.values()))


def clients_seen_by(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the clients in the queue that the viewer sees, by name."""
    return _named(viewer, set(viewer.sees.engagements.values()))


def _named(viewer: Viewer, ids: set[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    return sorted(((ref, viewer.place_names[ref]) for ref in ids), key=lambda each: each[1].casefold())


def _views(counts: Counts, wanted: Wanted, dense: bool) -> list[dict[str, object]]:
    names = (
        ("mine", _("My move"), counts.mine),
        ("all", _("All ours"), counts.open),
        ("unheard", _("Nobody has heard from us"), counts.unheard),
        ("waiting", _("Waiting for them"), counts.waiting),
        ("snoozed", _("Snoozed"), counts.snoozed),
        ("held", _("Workarounds past date"), counts.held),
    )
    rows = "dense" if dense else ""
    return [
        {
            "url": _query(view=key, rows=rows),
            "label": name,
            "count": count,
            "current": wanted.view == key and not wanted.words,
        }
        for key, name, count in names
    ]


def _again(wanted: Wanted, *, after: str = "", rows: str = "") -> str:
    client = str(wanted.client or "")
    return _query(view=wanted.view, q=wanted.words, client=client, move=wanted.move, after=after, rows=rows)


def _query(**values: str) -> str:
    return "?" + urlencode({key: value for key, value in values.items() if value})
