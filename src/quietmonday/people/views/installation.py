"""The administrator's page: firms and who buys from whom."""

from __future__ import annotations

import functools
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quietmonday.kit.exports import exported
from quietmonday.kit.text import clean_line
from quietmonday.people.access import ViewerRequest, administered, engagement_led_by, grave, place_led_by
from quietmonday.people.actions.businesses import add_business, rename_business
from quietmonday.people.actions.engagements import end_engagement, engage
from quietmonday.people.actions.suppliers import add_supplier, rename_supplier
from quietmonday.people.forms.installation import BusinessForm, ConfirmForm, EngageForm, NameForm, SupplierForm
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Business
from quietmonday.people.queries import businesses_named, engagements_named, suppliers_named
from quietmonday.people.queries.firms import FIRM_HEADS, firms_exported
from quietmonday.people.views.pages import form_page, posted

MOST = 100
MOST_CHOICES = 2000


@require_safe
@administered
def installation(request: ViewerRequest) -> HttpResponse:
    """Businesses, suppliers and open engagements; `q` narrows them by name."""
    part = _part(request)
    businesses, suppliers, engagements = businesses_named(part), suppliers_named(part), engagements_named(part)
    context = {
        "q": part,
        "business_count": businesses.count(),
        "supplier_count": suppliers.count(),
        "engagement_count": engagements.count(),
        "businesses": businesses[:MOST],
        "suppliers": suppliers[:MOST],
        "engagements": engagements[:MOST],
        "most": MOST,
        "along": f"?{urlencode({'q': part})}" if part else "",
    }
    return render(request, "people/installation.html", context)


@require_safe
@administered
def export(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out who buys from whom, narrowed as on the page, and the firms that buy from or work for nobody."""
    rows = functools.partial(firms_exported, _part(request))
    return exported(form, name=_("firms"), header=FIRM_HEADS, rows=rows, on=request.moment.date())


def _part(request: ViewerRequest) -> str:
    return clean_line(request.GET.get("q", ""), 100)


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def new_business(request: ViewerRequest) -> HttpResponse:
    """Add a business."""
    form = BusinessForm(posted(request), initial={"zone": "Europe/London"})
    if form.is_valid():
        try:
            business = add_business(
                name=form.cleaned_data["name"],
                zone=form.cleaned_data["zone"],
                language=form.cleaned_data["language"],
                actor=request.viewer.actor(),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("%(name)s is on the record.") % {"name": business.name})
            return redirect("people:installation")
    return _page(request, form, _("Add a business that buys IT support."), _("Add"))


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def new_supplier(request: ViewerRequest) -> HttpResponse:
    """Add a supplier."""
    form = SupplierForm(posted(request), initial={"zone": "Europe/London"})
    if form.is_valid():
        try:
            supplier = add_supplier(
                name=form.cleaned_data["name"],
                phone=form.cleaned_data["phone"],
                zone=form.cleaned_data["zone"],
                actor=request.viewer.actor(),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("%(name)s is on the record.") % {"name": supplier.name})
            return redirect("people:installation")
    return _page(request, form, _("Add a supplier of IT support."), _("Add"))


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def new_engagement(request: ViewerRequest) -> HttpResponse:
    """Let a business buy from a supplier from now on."""
    form = EngageForm(
        posted(request),
        businesses=list(businesses_named("")[:MOST_CHOICES]),
        suppliers=list(suppliers_named("")[:MOST_CHOICES]),
        initial={"agreement": "time_and_materials"},
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            engagement = engage(
                business=form.businesses[data["business"]],
                supplier=form.suppliers[data["supplier"]],
                agreement=data["agreement"],
                country=data["country"],
                subdivision=data["subdivision"],
                actor=request.viewer.actor(),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("They work together from now on. Name who answers for it."))
            return redirect("people:relationship", engagement.pk)
    return _page(request, form, _("Who buys from whom, from now on?"), _("Begin"))


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def firm_name(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Rename a business or a supplier."""
    firm = place_led_by(request.viewer, ref)
    form = NameForm(posted(request), initial={"name": firm.name})
    if form.is_valid():
        given: dict[str, Any] = {
            "name": form.cleaned_data["name"],
            "actor": request.viewer.actor(),
            "now": request.moment,
        }
        try:
            if isinstance(firm, Business):
                rename_business(business=firm, **given)
            else:
                rename_supplier(supplier=firm, **given)
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Saved. The record keeps the old name too."))
            return redirect("people:installation")
    return _page(request, form, _("What is %(name)s called now?") % {"name": firm.name}, _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
@administered
@grave
def engagement_ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask, then end an engagement at once."""
    engagement = engagement_led_by(request.viewer, ref)
    form = ConfirmForm(posted(request))
    if form.is_valid():
        end_engagement(engagement=engagement, actor=request.viewer.actor(), now=request.moment)
        messages.success(request, _("That has ended. The business keeps the whole record."))
        return redirect("people:installation")
    names = {"supplier": engagement.supplier.name, "business": engagement.business.name}
    return form_page(
        request,
        form,
        sentence=_("Does %(supplier)s no longer work for %(business)s?") % names,
        text=_("From this moment %(supplier)s sees nothing of %(business)s. The business keeps the whole record.")
        % names,
        button=_("Yes, end it now"),
        back=reverse("people:installation"),
        grave=True,
    )


def _page(request: ViewerRequest, form: Any, sentence: str, button: str) -> HttpResponse:
    return form_page(request, form, sentence=sentence, button=button, back=reverse("people:installation"))
