"""Monday: the answer to "were all our calls taken care of, quickly and for good?"."""

import datetime as dt
import uuid

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quietmonday.kit.exports import exported
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.people.access import ViewerRequest, may_change_terms, signed_in
from quietmonday.people.logic.calendar import zone_named
from quietmonday.reports.access import sight_of
from quietmonday.reports.queries.history import history
from quietmonday.reports.queries.monday import monday_page
from quietmonday.reports.queries.weeks import MARKS, WEEK_HEADS, week_exported, week_page
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
    viewer = request.viewer
    context = {
        "page": page,
        "sight": sight,
        "now": request.moment,
        "zone": sight.business.zone,
        "marks": MARKS,
        "agrees_on": {each.pk for each in page.engagements if may_change_terms(viewer, each)},
        "opens_post": bool(viewer.leads or viewer.suppliers),
    }
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


@require_safe
@signed_in
def weeks(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """All weeks of a year, and what was stated of them."""
    sight = sight_of(request.viewer, ref)
    found = history(
        business=sight.business,
        engagement_ids=sight.engagement_ids,
        year=_year(request.GET.get("year", ""), request.moment),
        speaker=speaker_for(sight.business.zone, request.moment),
        now=request.moment,
    )
    context = {"page": found, "sight": sight, "now": request.moment, "zone": sight.business.zone}
    return render(request, "reports/weeks.html", context)


@require_safe
@signed_in
def export_week(request: ViewerRequest, ref: uuid.UUID, week: str, form: str) -> HttpResponseBase:
    """Hand out a week as it was stated, each request with what is known since."""
    sight = sight_of(request.viewer, ref)
    zone = sight.business.zone
    chosen = _week(week, zone, request.moment)
    speaker = speaker_for(zone, request.moment)
    page = week_page(business=sight.business, engagement_ids=sight.engagement_ids, week=chosen, speaker=speaker)
    today = request.moment.astimezone(zone_named(zone)).date()
    name = f"week {chosen.key}"
    return exported(form, name=name, header=WEEK_HEADS, rows=lambda: week_exported(page, zone), on=today)


def _year(text: str, now: dt.datetime) -> int | None:
    """Return the year asked for; None for none. Http404 for one that is no year of a record."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and 1990 <= int(text) <= now.year + 1):
        raise Http404
    return int(text)


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
