"""Texts kept ready: the page that keeps them, and choosing one for a request."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    canned_reply_for,
    keeps_canned_at,
    person_working,
    supplier_side,
    ticket_worked_by,
)
from quietmonday.support.actions.keeping_ready import TooManyTexts, change_text, keep_ready, throw_away
from quietmonday.support.forms.canned import CannedForm
from quietmonday.support.logic.canned import MOST_TEXTS
from quietmonday.support.queries.canned import canned_listed, canned_to_choose, names_read
from quietmonday.support.views.begun import put_into
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def canned(request: ViewerRequest) -> HttpResponse:
    """List them, and take a new one."""
    suppliers = keeps_canned_at(request.viewer)
    form = CannedForm(*((request.POST,) if request.method == "POST" else ()), suppliers=suppliers, auto_id="canned_%s")
    if request.method == "POST" and form.is_valid():
        chosen, supplier = form.cleaned_data, form.chosen_firm()
        person = person_working(request.viewer, supplier)
        try:
            keep_ready(
                supplier=supplier,
                person=person if chosen["whose"] == "own" else None,
                title=chosen["title"],
                text=chosen["text"],
                actor=Actor(id=person.id, name=request.viewer.signed(person.name)),
                now=request.moment,
            )
        except TooManyTexts:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("Kept. You find it below the message box of every request."))
            return see_other(reverse("support:canned"))
    words = request.GET.get("q", "")[:200]
    context = {
        "form": form,
        "rows": canned_listed(request.viewer, words),
        "words": words,
        "names": list(names_read().values()),
        "several": len(suppliers) > 1,
    }
    return render(request, "support/canned.html", context, status=REFUSED if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def canned_one(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show one, and take what was changed."""
    row = canned_reply_for(request.viewer, ref)
    given = (request.POST,) if request.method == "POST" else ()
    form = CannedForm(*given, suppliers=[(row.supplier_id, row.supplier.name)], row=row, auto_id="canned_%s")
    if request.method == "POST" and form.is_valid():
        person = person_working(request.viewer, row.supplier_id)
        chosen = form.cleaned_data
        try:
            change_text(
                row=row,
                person=person if chosen["whose"] == "own" else None,
                title=chosen["title"],
                text=chosen["text"],
                actor=Actor(id=person.id, name=request.viewer.signed(person.name)),
                now=request.moment,
            )
        except TooManyTexts:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("Changed. What was sent with it before stays as it was."))
            return see_other(reverse("support:canned"))
    context = {"row": row, "form": form, "names": list(names_read().values())}
    return render(request, "support/canned_one.html", context, status=REFUSED if form.is_bound else 200)


@require_POST
@signed_in
def canned_away(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Throw one away."""
    row = canned_reply_for(request.viewer, ref)
    person = person_working(request.viewer, row.supplier_id)
    throw_away(row=row, actor=Actor(id=person.id, name=request.viewer.signed(person.name)), now=request.moment)
    messages.success(request, _("Thrown away. What was sent with it stays."))
    return see_other(reverse("support:canned"))


@require_GET
@signed_in
def canned_for(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Offer them for one request, as they would be sent: as a page, or as a part of the request's page."""
    ticket = ticket_worked_by(request.viewer, ref)
    supplier = supplier_side(request.viewer, ticket)
    words = request.GET.get("q", "")[:200]
    found = canned_to_choose(request.viewer, supplier, words) if supplier else []
    context = {
        "ticket": ticket,
        "found": [(row, put_into(row.text, request.viewer, ticket, row.supplier_id)) for row in found],
        "words": words,
    }
    part = request.headers.get("HX-Target")
    name = {"canned": "_canned.html", "canned-found": "_canned_found.html"}.get(part or "", "canned_for.html")
    return render(request, f"support/{name}", context)


def _too_many() -> str:
    return _("%(n)d texts are kept already. Throw one away first.") % {"n": MOST_TEXTS}
