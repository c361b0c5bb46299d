"""What comes by itself: seen by both sides, begun, paused and ended by the one whose template it is."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.models import Engagement
from quietmonday.support.access import (
    engagements_recurring_by,
    keeps_recurrence,
    places_keeping_templates,
    recurrence_kept_by,
    recurrences_visible_to,
    templates_recurring_by,
)
from quietmonday.support.actions.recurring import (
    NothingToCome,
    begin_recurring,
    end_recurring,
    pause_recurring,
    resume_recurring,
)
from quietmonday.support.forms.recurring import RecurringForm
from quietmonday.support.forms.ticket_templates import AnswersForm
from quietmonday.support.models import TicketTemplate
from quietmonday.support.queries.recurring import coming_up, told
from quietmonday.support.views.ticket import REFUSED, see_other

SHOWN = 500


@require_GET
@signed_in
def recurring(request: ViewerRequest) -> HttpResponse:
    """List what recurs, with the next days of each."""
    viewer = request.viewer
    if not viewer.sees.businesses and not viewer.sees.suppliers:
        raise Http404
    rows = [told(row, request.moment) for row in recurrences_visible_to(viewer)[:SHOWN]]
    lines = [{**_fields(each), "keeps": keeps_recurrence(viewer, each.row)} for each in rows]
    context = {
        "going": [each for each in lines if each["row"].ended_at is None],
        "over": [each for each in lines if each["row"].ended_at is not None],
        "may_begin": bool(viewer.leads or viewer.engagements),
        "now": request.moment,
    }
    return render(request, "support/recurring.html", context)


def _fields(each: Any) -> dict[str, Any]:
    return {field.name: getattr(each, field.name) for field in dataclasses.fields(each)}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ViewerRequest) -> HttpResponse:
    """Choose a template, then say when it comes."""
    viewer = request.viewer
    if not viewer.leads and not viewer.engagements:
        raise PermissionDenied
    templates = templates_recurring_by(viewer)
    ref = request.GET.get("template", "")
    if not ref:
        context = {"choices": list(templates), "may_write": bool(places_keeping_templates(viewer))}
        return render(request, "support/recurring_new.html", context)
    template = templates.filter(pk=_ref(ref)).first()
    if template is None:
        raise Http404
    return _form_page(request, template)


def _form_page(request: ViewerRequest, template: TicketTemplate) -> HttpResponse:
    engagements = engagements_recurring_by(request.viewer, template, request.moment)
    zone = engagements[0].business.zone if engagements else "UTC"
    more: dict[str, Any] = {"engagements": engagements, "today": request.moment.astimezone(zone_named(zone)).date()}
    if request.method != "POST":
        return _draw(request, template, RecurringForm(**more), AnswersForm(template=template), [])
    form, answers = RecurringForm(request.POST, **more), AnswersForm(request.POST, template=template)
    valid = form.is_valid() & answers.is_valid()
    if not valid:
        return _draw(request, template, form, answers, [])
    cleaned = form.cleaned_data
    engagement = form.engagements[cleaned["engagement"]]
    span = {"starts_on": cleaned["starts_on"], "ends_on": cleaned["ends_on"]}
    coming = coming_up(cleaned["rule"], engagement, now=request.moment, **span)
    if not coming:
        form.add_error("ends_on", _("Between these two days it never comes. Choose a later last day."))
        return _draw(request, template, form, answers, [])
    if "look" in request.POST:
        return _draw(request, template, form, answers, coming, engagement)
    try:
        begin_recurring(
            template=template,
            engagement=engagement,
            rule=cleaned["rule"],
            answers=answers.answers(),
            actor=request.viewer.actor(template.business_id or template.supplier_id),
            now=request.moment,
            **span,
        )
    except NothingToCome:
        form.add_error("ends_on", _("Between these two days it never comes. Choose a later last day."))
        return _draw(request, template, form, answers, [])
    first = in_words(coming[0], engagement.business.zone, request.moment)
    messages.success(request, _("It comes by itself from now on, first %(when)s.") % {"when": first})
    return see_other(reverse("support:recurring"))


def _draw(
    request: ViewerRequest,
    template: TicketTemplate,
    form: RecurringForm,
    answers: AnswersForm,
    coming: Any,
    engagement: Engagement | None = None,
) -> HttpResponse:
    refused = bool(form.errors or answers.errors)
    context = {
        "template": template,
        "form": form,
        "answers": answers,
        "coming": coming,
        "zone": engagement.business.zone if engagement else "UTC",
        "now": request.moment,
    }
    return render(request, "support/recurring_new.html", context, status=REFUSED if refused else 200)


@require_POST
@signed_in
def pause(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let it rest."""
    row = recurrence_kept_by(request.viewer, ref)
    pause_recurring(recurrence=row, actor=_actor(request, row.template), now=request.moment)
    messages.success(request, _("It rests until somebody lets it go on."))
    return see_other(reverse("support:recurring"))


@require_POST
@signed_in
def resume(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let it go on."""
    row = recurrence_kept_by(request.viewer, ref)
    resume_recurring(recurrence=row, actor=_actor(request, row.template), now=request.moment)
    messages.success(request, _("It goes on. What would have come meanwhile is not made up for."))
    return see_other(reverse("support:recurring"))


@require_POST
@signed_in
def end(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It comes no more."""
    row = recurrence_kept_by(request.viewer, ref)
    end_recurring(recurrence=row, actor=_actor(request, row.template), now=request.moment)
    messages.success(request, _("It comes no more. What came of it stays."))
    return see_other(reverse("support:recurring"))


def _actor(request: ViewerRequest, template: TicketTemplate) -> Any:
    return request.viewer.actor(template.business_id or template.supplier_id)


def _ref(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
