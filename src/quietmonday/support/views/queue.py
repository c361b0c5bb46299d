"""The queue of a supplier's people, and the part of it that looks again by itself."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.support.access import bulk_edit_for, may_keep_views
from quietmonday.support.forms.lists import quick_fields
from quietmonday.support.queries.arrangements import BUILT_IN, Arrangement
from quietmonday.support.queries.filters import QUEUE
from quietmonday.support.queries.orders import URGENT
from quietmonday.support.queries.queue import Queue, Row, queue_of
from quietmonday.support.queries.standing import Counts, counts_of, told_now
from quietmonday.support.templatetags.queue_table import Column, read_columns
from quietmonday.support.views.arranged import arrangement_of, chips_of, passed_over_in_words, sent_along
from quietmonday.support.views.bulk import edit_context

LOOKS_AGAIN = 300  # seconds after which words such as "in 12 min" are written anew, whatever happened
QUICK = ("client", "move")


def arrangement_of_queue(request: ViewerRequest) -> Arrangement:
    """Return how the list is looked at. PermissionDenied for who has none."""
    return arrangement_of(request, QUEUE, dict(request.GET.lists()))


@require_GET
@signed_in
def queue(request: ViewerRequest) -> HttpResponse:
    """Show what is open, most urgent first unless somebody wants it otherwise."""
    arrangement = arrangement_of_queue(request)
    found = queue_of(arrangement.reading, arrangement.wanted)
    told = told_now(request.viewer, request.moment) if found.told is None else found.told
    context = _drawn(request, arrangement, found, told) | {
        "fields": quick_fields(arrangement, QUICK),
        "along": sent_along(arrangement, QUICK),
        "whole_list": sent_along(arrangement, ()) + ([("q", words)] if (words := arrangement.wanted.words) else []),
        "says_chosen": _("%(n)s chosen"),
        "all_url": reverse("support:queue_edit") + arrangement.address(which="all"),
        **_edited(request, arrangement),
    }
    return render(request, "support/queue.html", context)


@require_GET
@signed_in
def live(request: ViewerRequest) -> HttpResponse:
    """Show the rows and the numbers again; 204 while nothing happened that is not on the page: one query."""
    if not request.viewer.sees.suppliers:
        raise PermissionDenied
    told = told_now(request.viewer, request.moment)
    if request.GET.get("seen") == _seen(request, told):
        return HttpResponse(status=204)
    arrangement = arrangement_of_queue(request)
    found = queue_of(arrangement.reading, arrangement.wanted)
    context = _drawn(request, arrangement, found, told) | {"news": _news(request, found.rows)}
    return render(request, "support/_queue_live.html", context)


def clients_of(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the clients for whom the viewer works, by name."""
    ids = set(viewer.engagements.values())
    return sorted(((ref, viewer.place_names[ref]) for ref in ids), key=lambda each: each[1].casefold())


def _drawn(request: ViewerRequest, arrangement: Arrangement, found: Queue, told: int) -> dict[str, Any]:
    """What the rows and the numbers are drawn from."""
    viewer, now = request.viewer, request.moment
    columns, columns_passed_over = read_columns(arrangement.columns)
    counts = counts_of(arrangement.reading, [*BUILT_IN[QUEUE], *arrangement.pinned], told)
    by_urgency = arrangement.wanted.order[0] == URGENT[0]
    hot = [row for row in found.rows if by_urgency and row.hot(now)]
    others = [row for row in found.rows if not (by_urgency and row.hot(now))]
    dense = arrangement.dense
    return {
        "arrangement": arrangement,
        "queue": found,
        "counts": counts,
        "bodies": [rows for rows in (hot, others) if rows],
        "columns": columns,
        "heads": [_head(arrangement, column) for column in columns],
        "views": _views(arrangement, counts),
        "older": arrangement.address(after=found.after) if found.after else "",
        "newest": arrangement.address() if arrangement.wanted.after else "",
        "other_rows": arrangement.address(rows="loose" if dense else "dense"),
        "export": arrangement.address(rows=""),
        "arrange_url": reverse("support:queue_arrange") + arrangement.address(),
        "save_url": reverse("support:queue_new_view") + arrangement.address() if may_keep_views(viewer, QUEUE) else "",
        "zone": arrangement.reading.zone,
        "live_url": reverse("support:queue_live") + _live_query(request, arrangement, found.rows, told),
        "chips": chips_of(arrangement),
        "passed_over": passed_over_in_words(arrangement, columns_passed_over),
        "viewer": viewer,
        "now": now,
        "acts": bool(viewer.suppliers),
    }


def _edited(request: ViewerRequest, arrangement: Arrangement) -> dict[str, Any]:
    """What the viewer changed on many requests a moment ago, if the address names it."""
    try:
        ref = uuid.UUID(request.GET.get("edit", ""))
    except ValueError:
        return {}
    return edit_context(request, bulk_edit_for(request.viewer, ref)) | {"back": arrangement.address()}


def _head(arrangement: Arrangement, column: Column) -> dict[str, Any]:
    """The head of a column: how the list stands by it, and where it is put in its order."""
    first = arrangement.wanted.order[0]
    current = first.sort.key == column.sort
    upwards = not (current and not first.down)
    history = arrangement.wanted.history
    sortable = column.sort and not arrangement.wanted.words and (not history or column.sort in {"opened", "changed"})
    return {
        "label": column.label,
        "cell": column.cell,
        "sorted": ("descending" if first.down else "ascending") if current else "",
        "url": arrangement.address(sort=column.sort if upwards else f"-{column.sort}") if sortable else "",
    }


def _views(arrangement: Arrangement, counts: Counts) -> list[dict[str, Any]]:
    shown = [*BUILT_IN[arrangement.reading.place], *arrangement.pinned]
    if arrangement.view not in shown:
        shown.append(arrangement.view)
    return [
        {
            "url": f"?view={view.key}",
            "label": view.name,
            "count": counts.fits.get(view.key),
            "current": view is arrangement.view and not arrangement.wanted.words,
        }
        for view in shown
    ]


def _seen(request: ViewerRequest, told: int) -> str:
    return f"{told}.{int(request.moment.timestamp()) // LOOKS_AGAIN}"


def _live_query(request: ViewerRequest, arrangement: Arrangement, rows: list[Row], told: int) -> str:
    known = request.GET.get("newest", "")
    newest = max([*(str(row.id) for row in rows), *([known] if _is_id(known) else [])], default="")
    return arrangement.address(after=arrangement.wanted.after, seen=_seen(request, told), newest=newest)


def _news(request: ViewerRequest, rows: list[Row]) -> str:
    known = request.GET.get("newest", "")
    if not _is_id(known):
        return ""
    new = sum(str(row.id) > known for row in rows)
    return ngettext("%(n)d new request.", "%(n)d new requests.", new) % {"n": new} if new else ""


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
