"""Months and quarters of a business: longer than a week, and honest about how little a week proves."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from quietmonday.kit.exports import exported
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.logic.calendar import zone_named
from quietmonday.reports.access import Sight, sight_of
from quietmonday.reports.queries.periods import (
    PERIOD_HEADS,
    PeriodPage,
    latest_period,
    period_exported,
    period_page,
)
from quietmonday.reports.queries.weeks import MARKS
from quietmonday.reports.views.mondays import speaker_for
from quietmonday.support.logic.periods import Period, period_bounds, period_from_key


@require_safe
@signed_in
def latest(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Lead to the last month that is over."""
    sight = sight_of(request.viewer, ref)
    return redirect("reports:period", ref, latest_period(sight.business, request.moment).key)


@require_safe
@signed_in
def one_period(request: ViewerRequest, ref: uuid.UUID, period: str) -> HttpResponse:
    """Show a month or a quarter as it is known now."""
    sight = sight_of(request.viewer, ref)
    context = {
        "page": _page(request, sight, period),
        "sight": sight,
        "now": request.moment,
        "zone": sight.business.zone,
        "marks": MARKS,
    }
    return render(request, "reports/period.html", context)


@require_safe
@signed_in
def export_period(request: ViewerRequest, ref: uuid.UUID, period: str, form: str) -> HttpResponseBase:
    """Hand out the figures of a month or a quarter."""
    sight = sight_of(request.viewer, ref)
    page = _page(request, sight, period)
    today = request.moment.astimezone(zone_named(sight.business.zone)).date()
    name = f"figures {page.period.key}"
    return exported(form, name=name, header=PERIOD_HEADS, rows=lambda: period_exported(page), on=today)


def _page(request: ViewerRequest, sight: Sight, key: str) -> PeriodPage:
    return period_page(
        business=sight.business,
        engagement_ids=sight.engagement_ids,
        period=_period(request, sight, key),
        speaker=speaker_for(sight.business.zone, request.moment),
        now=request.moment,
    )


def _period(request: ViewerRequest, sight: Sight, key: str) -> Period:
    """Return the period called `key`; Http404 for none and for one to come."""
    try:
        found = period_from_key(key)
        start, _ = period_bounds(found, sight.business.zone)
        found.previous()
    except (ValueError, OverflowError):
        raise Http404 from None
    if start > request.moment:
        raise Http404
    return found
