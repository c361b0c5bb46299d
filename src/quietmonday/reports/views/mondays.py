"""Monday: the answer to "were all our calls taken care of, quickly and for good?"."""

import datetime as dt
import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.reports.access import sight_of
from quietmonday.reports.queries.monday import monday_page
from quietmonday.reports.queries.weeks import MARKS, week_page
from quietmonday.support.logic.said import Speaker
from quietmonday.support.logic.week import Week, bounds, week_from_key


@require_safe
@signed_in
def monday(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The Monday page of a business, as of now."""
    sight = sight_of(request.viewer, ref)
    page = monday_page(
        business=sight.business,
        engagement_ids=sight.engagement_ids,
        speaker=speaker_for(sight.business.zone, request.moment),
        now=request.moment,
    )
    context = {"page": page, "sight": sight, "now": request.moment, "zone": sight.business.zone, "marks": MARKS}
    return render(request, "reports/monday.html", context)


@require_safe
@signed_in
def one_week(request: ViewerRequest, ref: uuid.UUID, week: str) -> HttpResponse:
    """Any week: how it was stated, twice, and what is known since."""
    sight = sight_of(request.viewer, ref)
    chosen = _week(week, sight.business.zone, request.moment)
    page = week_page(
        business=sight.business,
        engagement_ids=sight.engagement_ids,
        week=chosen,
        speaker=speaker_for(sight.business.zone, request.moment),
    )
    context = {"page": page, "sight": sight, "now": request.moment, "zone": sight.business.zone, "marks": MARKS}
    return render(request, "reports/week.html", context)


def speaker_for(zone: str, now: dt.datetime) -> Speaker:
    """Return who says verdicts in the language that is active."""
    return Speaker(translate=translate, translate_plural=translate_plural, zone=zone, now=now)


def _week(key: str, zone: str, now: dt.datetime) -> Week:
    """Return the week called `key`; Http404 for no week and for one to come."""
    try:
        week = week_from_key(key)
        start, _ = bounds(week, zone)
    except (ValueError, OverflowError):
        raise Http404 from None
    if start > now or week.year < 1990:
        raise Http404
    return week
