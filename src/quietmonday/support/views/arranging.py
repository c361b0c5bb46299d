"""How a list is shown: everything it can be narrowed by, its columns, its order. Whatever is chosen is an address."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import may_keep_views
from quietmonday.support.forms.lists import arranged_parts, column_fields, every_field, sort_fields
from quietmonday.support.queries.filters import QUEUE
from quietmonday.support.templatetags.queue_table import read_columns
from quietmonday.support.views.arranged import arrangement_of, list_url, passed_over_in_words


@require_GET
@signed_in
def arrange(request: ViewerRequest, place: str) -> HttpResponse:
    """Offer it all; once chosen (`show`), go to the list so shown."""
    if "show" in request.GET:
        parts = arranged_parts(dict(request.GET.lists())) if place == QUEUE else {}
        kept = {key: values for key, values in request.GET.lists() if not key.startswith(("col_", "sort_", "show"))}
        given = {**kept, **{key: [value] for key, value in parts.items()}}
        return redirect(list_url(place) + arrangement_of(request, place, given).address())
    arrangement = arrangement_of(request, place, dict(request.GET.lists()))
    columns, _passed_over = read_columns(arrangement.columns)
    context = {
        "arrangement": arrangement,
        "is_queue": place == QUEUE,
        "fields": every_field(arrangement),
        "columns": column_fields(columns) if place == QUEUE else [],
        "sorts": sort_fields(arrangement) if place == QUEUE else [],
        "passed_over": passed_over_in_words(arrangement),
        "back": list_url(place) + arrangement.address(),
        "views_url": reverse(f"support:{place}_views") if may_keep_views(request.viewer, place) else "",
    }
    return render(request, "support/arrange.html", context)
