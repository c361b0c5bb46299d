"""Common requests are written, changed and ended by whoever leads a business or manages a supplier."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, place_led_by, signed_in
from quietmonday.people.models import Business, Supplier
from quietmonday.support.access import (
    engagements_open_at,
    places_keeping_templates,
    template_kept_by,
    templates_kept_by,
)
from quietmonday.support.actions.ticket_templates import add_template, change_template, end_template
from quietmonday.support.forms.ticket_templates import (
    QuestionFormSet,
    TemplateForm,
    TemplatePlaceForm,
    question_rows,
    questions_in,
)
from quietmonday.support.models import TicketTemplate
from quietmonday.support.queries.ticket_page import colleagues_of
from quietmonday.support.views.ticket import REFUSED, see_other

SHOWN = 200


@require_GET
@signed_in
def templates(request: ViewerRequest) -> HttpResponse:
    """List what the viewer keeps."""
    places = places_keeping_templates(request.viewer)
    if not places:
        raise Http404
    rows = list(templates_kept_by(request.viewer)[:SHOWN])
    context = {
        "going": [row for row in rows if row.ended_at is None],
        "ended": [row for row in rows if row.ended_at is not None],
        "several": len(places) > 1,
    }
    return render(request, "support/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ViewerRequest) -> HttpResponse:
    """Choose whose it is if there are several, then write it."""
    places = places_keeping_templates(request.viewer)
    if not places:
        raise Http404
    chosen = _ref(request.GET.get("at", "")) or (places[0][0] if len(places) == 1 else None)
    if chosen is None:
        return render(request, "support/template_where.html", {"form": TemplatePlaceForm(places=places)})
    if chosen not in dict(places):
        raise Http404
    return _form_page(request, place_led_by(request.viewer, chosen), None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def template(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Change what it says."""
    row = template_kept_by(request.viewer, ref)
    place = row.business or row.supplier
    if place is None or row.ended_at is not None:
        raise Http404
    return _form_page(request, place, row)


@require_POST
@signed_in
def end(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Offer it no longer."""
    row = template_kept_by(request.viewer, ref)
    place = row.business_id or row.supplier_id
    end_template(template=row, actor=_actor(request, place), now=request.moment)
    messages.success(request, _("%(title)s is offered no longer. What came of it stays.") % {"title": row.title})
    return see_other(reverse("support:templates"))


def _form_page(request: ViewerRequest, place: Business | Supplier, row: TicketTemplate | None) -> HttpResponse:
    more = _choices(request, place)
    if request.method == "POST":
        form = TemplateForm(request.POST, template=row, **more)
        questions = QuestionFormSet(request.POST, initial=question_rows(row), prefix="questions")
        if "more" in request.POST:
            return _draw(request, place, row, _longer(request, row, more), None)
        valid = form.is_valid() & questions.is_valid()
        asked = questions_in(questions) if valid else []
        if valid and form.check_subject(asked):
            content = form.content(asked)
            actor = _actor(request, place.pk)
            if row is None:
                add_template(place=place, content=content, actor=actor, now=request.moment)
            else:
                change_template(template=row, content=content, actor=actor, now=request.moment)
            messages.success(request, _("Saved: %(title)s.") % {"title": content.title})
            return see_other(reverse("support:templates"))
        return _draw(request, place, row, (form, questions), REFUSED)
    form = TemplateForm(template=row, **more)
    return _draw(request, place, row, (form, QuestionFormSet(initial=question_rows(row), prefix="questions")), None)


def _longer(request: ViewerRequest, row: TicketTemplate | None, more: dict[str, Any]) -> tuple[Any, Any]:
    """The forms as they were filled, with three more rows for questions."""
    given = QuestionFormSet(request.POST, initial=question_rows(row), prefix="questions")
    rows = [
        {name: each[name].value() for name in ("label", "kind", "choices", "required")}
        for each in given.forms
        if each["label"].value()
    ]
    typed = TemplateForm(request.POST, template=row, **more)
    initial = {bound.name: bound.value() for bound in typed}
    again = TemplateForm(template=row, initial=initial, **more)
    return again, QuestionFormSet(initial=rows, prefix="questions")


def _draw(
    request: ViewerRequest,
    place: Business | Supplier,
    row: TicketTemplate | None,
    forms: tuple[Any, Any],
    status: int | None,
) -> HttpResponse:
    form, questions = forms
    context = {"form": form, "questions": questions, "place": place, "template": row, "now": request.moment}
    return render(request, "support/template.html", context, status=status or 200)


def _choices(request: ViewerRequest, place: Business | Supplier) -> dict[str, Any]:
    """To whom it may be handed (a supplier's people) or go (a business's suppliers)."""
    if isinstance(place, Supplier):
        return {"people": colleagues_of(place.pk, request.moment), "engagements": None}
    return {"people": None, "engagements": engagements_open_at(place, request.moment)}


def _actor(request: ViewerRequest, place: uuid.UUID | None) -> Any:
    return request.viewer.actor(place)


def _ref(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error
