"""What the business and a supplier agreed, and who answers for it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quietmonday.people.access import (
    ViewerRequest,
    agreements_at,
    engagement_led_by,
    grave,
    may_change_terms,
    sides_of,
    signed_in,
)
from quietmonday.people.actions.agreements import agree_levels, change_terms, set_hours
from quietmonday.people.actions.engagements import name_relationship
from quietmonday.people.forms.agreements import HoursForm, LevelsForm, RelationshipForm, TermsForm, hours_initial
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.queries import agreement_lines, levels_of, own_holidays, persons_at, week_of
from quietmonday.people.views.pages import form_page, posted


@require_safe
@signed_in
def agreement(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Every open engagement of the business that the viewer may see, with its people, times and hours."""
    business, engagements = agreements_at(request.viewer, ref)
    lines = agreement_lines(list(engagements), request.moment)
    context = {
        "business": business,
        "leads": business.pk in request.viewer.leads,
        "names": request.viewer.administrator or business.pk in request.viewer.leads,
        "lines": [(line, may_change_terms(request.viewer, line.engagement)) for line in lines],
        "unowned": [line for line in lines if line.engagement.owner_id is None],
        "not_agreed": [line for line in lines if not line.engagement.levels_agreed],
    }
    return render(request, "people/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def relationship(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Owner, stand-in, counterpart: each side names its own."""
    engagement = engagement_led_by(request.viewer, ref)
    ours, theirs = sides_of(request.viewer, engagement)
    form = RelationshipForm(
        posted(request),
        engagement=engagement,
        ours=list(persons_at(business_id=engagement.business_id)) if ours else None,
        theirs=list(persons_at(supplier_id=engagement.supplier_id)) if theirs else None,
    )
    back = reverse("people:agreement", args=[engagement.business_id])
    if form.is_valid():
        try:
            name_relationship(
                engagement=engagement,
                owner=form.person("owner"),
                stand_in=form.person("stand_in"),
                counterpart=form.person("counterpart"),
                actor=request.viewer.actor(engagement.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Saved. Both sides can read it on the record."))
            return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("Who answers for %(supplier)s at %(business)s?")
        % {"supplier": engagement.supplier.name, "business": engagement.business.name},
        button=_("Save"),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def terms(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """How the support is paid for, and whose waiting counts."""
    engagement = engagement_led_by(request.viewer, ref)
    form = TermsForm(
        posted(request),
        initial={
            "agreement": engagement.agreement,
            "third_party_stops_clock": engagement.third_party_stops_clock,
        },
    )
    back = reverse("people:agreement", args=[engagement.business_id])
    if form.is_valid():
        change_terms(
            engagement=engagement,
            agreement=form.cleaned_data["agreement"],
            third_party_stops_clock=form.cleaned_data["third_party_stops_clock"],
            actor=request.viewer.actor(engagement.business_id),
            now=request.moment,
        )
        messages.success(request, _("Saved. Both sides can read it on the record."))
        return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("The terms of %(supplier)s at %(business)s.")
        % {"supplier": engagement.supplier.name, "business": engagement.business.name},
        button=_("Save"),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def levels(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The times to answer and to mend."""
    engagement = engagement_led_by(request.viewer, ref)
    form = LevelsForm(posted(request), levels=levels_of(engagement))
    back = reverse("people:agreement", args=[engagement.business_id])
    if form.is_valid():
        try:
            agree_levels(
                engagement=engagement,
                levels=form.cleaned_data["levels"],
                actor=request.viewer.actor(engagement.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Saved as agreed. Both sides can read it, and who wrote it."))
            return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("How soon does %(supplier)s answer and mend at %(business)s?")
        % {"supplier": engagement.supplier.name, "business": engagement.business.name},
        text=_("Times count in working hours, unless they run around the clock. Saving says that both sides agreed."),
        button=_("Save as agreed"),
        back=back,
        template="people/levels.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def hours(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The working hours and days off by which the times count."""
    engagement = engagement_led_by(request.viewer, ref)
    calendar = engagement.calendar
    initial = None
    if request.method != "POST":
        days_off = [(day.date, day.name) for day in own_holidays([calendar.pk])]
        initial = hours_initial(calendar.zone, calendar.country, calendar.subdivision, week_of(calendar), days_off)
    form = HoursForm(posted(request), initial=initial)
    back = reverse("people:agreement", args=[engagement.business_id])
    if form.is_valid():
        data = form.cleaned_data
        try:
            set_hours(
                calendar=calendar,
                zone=data["zone"],
                week=data["week"],
                country=data["country"],
                subdivision=data["subdivision"],
                holidays=data["holidays"],
                actor=request.viewer.actor(engagement.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Saved. Times count by these hours from now on."))
            return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("When does %(supplier)s work for %(business)s?")
        % {"supplier": engagement.supplier.name, "business": engagement.business.name},
        button=_("Save"),
        back=back,
    )
