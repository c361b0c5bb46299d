"""How long a business keeps what."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.forms import HiddenInput
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from quietmonday.kit.keeping import Kind, kinds
from quietmonday.kit.moments import figure
from quietmonday.people.access import ViewerRequest, business_owned_by, grave_to_send, signed_in
from quietmonday.people.actions.keeping import set_period
from quietmonday.people.forms.keeping import PeriodForm, months_in_words
from quietmonday.people.logic.periods import months_before
from quietmonday.people.models import Business
from quietmonday.people.queries.keeping import periods_of
from quietmonday.people.views.pages import form_page, posted


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave_to_send
def keeping(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show each kind of data with its period; set one. Whoever would erase something is told how much, and asked."""
    business = business_owned_by(request.viewer, ref)
    known = {kind.name: kind for kind in kinds()}
    periods = periods_of(business)
    data = posted(request)
    kept = periods[data["kind"]].months if data and data.get("kind") in periods else None
    form = PeriodForm(data, kinds=known, now_kept=kept)
    if form.is_valid():
        kind, months = form.cleaned_data["kind"], form.cleaned_data["months"]
        due = kind.due(business.pk, months_before(request.moment, months)) if months else 0
        if due and not form.cleaned_data["sure"]:
            return _ask(request, business, kind, months, due)
        set_period(
            business=business,
            kind=kind,
            months=months,
            actor=request.viewer.actor(business.pk),
            now=request.moment,
        )
        said = _("%(what)s: kept %(long)s from now on.") if months is None else _("%(what)s: kept for %(long)s.")
        messages.success(request, said % {"what": kind.title, "long": months_in_words(months)})
        return redirect("people:keeping", business.pk)
    lines = []
    for kind in known.values():
        period = periods.get(kind.name)
        months = period.months if period else None
        own = PeriodForm(initial={"kind": kind.name, "months": months or ""}, kinds=known, now_kept=months)
        own.auto_id = f"id_{kind.name}_%s"
        lines.append((kind, period, months_in_words(months), own))
    context = {"business": business, "lines": lines, "form": form, "limited": len(periods), "now": request.moment}
    return render(request, "people/keeping.html", context, status=422 if form.errors else 200)


def _ask(request: ViewerRequest, business: Business, kind: Kind, months: int, due: int) -> HttpResponse:
    sure = PeriodForm(
        initial={"kind": kind.name, "months": months, "sure": True},
        kinds={kind.name: kind},
        now_kept=months,
    )
    sure.fields["months"].widget = HiddenInput()  # another period would erase another number
    return form_page(
        request,
        sure,
        sentence=ngettext(
            "%(what)s: %(n)s is older than %(long)s and would be erased tonight.",
            "%(what)s: %(n)s are older than %(long)s and would be erased tonight.",
            due,
        )
        % {"what": kind.title, "n": figure(due), "long": months_in_words(months)},
        text=_("%(goes)s Nobody can bring it back. What stays: %(stays)s") % {"goes": kind.goes, "stays": kind.stays},
        button=_("Yes, keep for %(long)s") % {"long": months_in_words(months)},
        back=reverse("people:keeping", args=[business.pk]),
        grave=True,
    )
