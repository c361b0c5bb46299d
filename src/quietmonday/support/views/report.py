"""How a request begins: "tell us what is wrong", or logged for a client."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Business, Engagement
from quietmonday.support.access import (
    business_reported_by,
    business_served_by,
    engagements_open_at,
    engagements_served,
    person_reporting,
    requesters_known_to,
    ticket_of_origin,
)
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.uploads import store_uploads
from quietmonday.support.forms.report import OnBehalfForm, ReportForm
from quietmonday.support.models import Ticket
from quietmonday.support.views.queue import clients_of
from quietmonday.support.views.ticket import REFUSED, see_other, to_ticket


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: ViewerRequest) -> HttpResponse:
    """Begin a request: for oneself, or for the client named by `for`."""
    viewer = request.viewer
    mine = viewer.leads | viewer.staff_of
    client = _ref(request.GET.get("for", ""))
    if client is not None and client not in mine:
        return _for_client(request, business_served_by(viewer, client))
    if mine and (client or len(mine) == 1):
        return _own(request, business_reported_by(viewer, client or next(iter(mine))))
    choices = sorted(((ref, viewer.place_names[ref]) for ref in mine), key=lambda each: each[1].casefold())
    choices += [each for each in clients_of(viewer) if each[0] not in mine]
    if not choices:
        raise PermissionDenied
    if len(choices) == 1:
        return see_other(f"{reverse('support:report')}?for={choices[0][0]}")
    return render(request, "support/report_where.html", {"choices": choices})


def _own(request: ViewerRequest, business: Business) -> HttpResponse:
    engagements = engagements_open_at(business, request.moment)
    if not engagements:
        return render(request, "support/report_nobody.html", {"business": business})
    if request.method != "POST":
        return _draw(request, "support/report.html", ReportForm(engagements=engagements), business, engagements)
    form = ReportForm(request.POST, request.FILES, engagements=engagements)
    if not form.is_valid():
        return _draw(request, "support/report.html", form, business, engagements)
    person = person_reporting(request.viewer, business)
    words = Words(
        text=form.cleaned_data["text"],
        channel="web",
        author=person,
        author_name=person.name,
        occurred_at=request.moment,
        files=store_uploads(business=business, uploads=form.uploads(), now=request.moment),
    )
    return _opened(
        request,
        business,
        form,
        words,
        subject="",
        source="web",
        requester=person,
        actor=Actor(id=person.id, name=person.name),
        reported_at=request.moment,
    )


def _for_client(request: ViewerRequest, business: Business) -> HttpResponse:
    engagements = engagements_served(request.viewer, business)
    more: dict[str, Any] = {
        "engagements": engagements,
        "persons": requesters_known_to(request.viewer, business),
        "zone": business.zone,
        "now": request.moment,
    }
    if request.method != "POST":
        return _draw(request, "support/report_for.html", OnBehalfForm(**more), business, engagements)
    form = OnBehalfForm(request.POST, request.FILES, **more)
    if not form.is_valid():
        return _draw(request, "support/report_for.html", form, business, engagements)
    person, name = form.who()
    told_at = form.cleaned_data["told_at"]
    words = Words(
        text=form.cleaned_data["text"],
        channel="phone" if form.cleaned_data["source"] == "phone" else "web",
        author=person,
        author_name=name,
        occurred_at=told_at or request.moment,
        quality=ClockQuality.STATED if told_at else ClockQuality.EXACT,
        files=store_uploads(business=business, uploads=form.uploads(), now=request.moment),
    )
    return _opened(
        request,
        business,
        form,
        words,
        subject=form.cleaned_data["subject"],
        source=form.cleaned_data["source"],
        requester=person,
        actor=request.viewer.actor(business.id),
        reported_at=words.occurred_at,
        kind=form.cleaned_data["kind"],
        priority=form.cleaned_data["priority"],
    )


def _opened(request: ViewerRequest, business: Business, form: ReportForm, words: Words, **more: Any) -> HttpResponse:
    origin = form.origin(request.viewer.account_id)
    try:
        ticket = open_ticket(
            business=business,
            engagements=form.chosen(),
            words=words,
            now=request.moment,
            can_work=form.cleaned_data["can_work"],
            first_noticed=form.cleaned_data["since"],
            origin=origin,
            **more,
        )
    except IntegrityError:
        # The same form came twice, say by a double tap: the first one counts.
        if origin is None:
            raise
        return to_ticket(ticket_of_origin(request.viewer, business.id, origin))
    messages.success(request, _next(ticket, business, request))
    return to_ticket(ticket)


def _next(ticket: Ticket, business: Business, request: ViewerRequest) -> str:
    number = ticket.work_item.number
    if ticket.respond_by is None:
        return _("We have it: request %(n)d.") % {"n": number}
    by = in_words(ticket.respond_by, business.zone, request.moment)
    return _("We have it: request %(n)d. A person answers by %(by)s.") % {"n": number, "by": by}


def _draw(
    request: ViewerRequest, template: str, form: ReportForm, business: Business, engagements: list[Engagement]
) -> HttpResponse:
    context = {
        "form": form,
        "business": business,
        "suppliers": [each.supplier for each in engagements],
        "me": request.viewer.persons.get(request.viewer.person_at.get(business.id, uuid.UUID(int=0)), ""),
        "owner": next((each.owner.name for each in engagements if each.owner), ""),
    }
    return render(request, template, context, status=REFUSED if form.errors else 200)


def _ref(text: str) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
