"""How a request begins: "tell us what is wrong", or logged for a client."""

from __future__ import annotations

import functools
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Business, Engagement
from quietmonday.support.access import (
    asked_for,
    business_reported_by,
    business_served_by,
    colleagues_reported_for,
    engagements_open_at,
    engagements_served,
    person_reporting,
    requesters_known_to,
    template_offered_to,
    templates_offered_to,
    ticket_for,
    ticket_of_origin,
)
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.ticket_templates import open_by_template
from quietmonday.support.actions.uploads import store_uploads
from quietmonday.support.forms.report import OnBehalfForm, ReportForm
from quietmonday.support.forms.ticket_templates import AnswersForm
from quietmonday.support.models import Ticket, TicketTemplate
from quietmonday.support.queries.own import faults_heard_at, recent_of
from quietmonday.support.queries.tickets import engagements_of
from quietmonday.support.views.queue import clients_of
from quietmonday.support.views.ticket import REFUSED, see_other, to_ticket

SHOWN = 50
"""Common requests that a page offers at most."""


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
    template = _template(request, business)
    engagements = _going_to(template, engagements_open_at(business, request.moment))
    if not engagements:
        return render(request, "support/report_nobody.html", {"business": business})
    more: dict[str, Any] = {
        "engagements": engagements,
        "template": template,
        "colleagues": colleagues_reported_for(business),
    }
    if request.method != "POST":
        return _draw(request, "support/report.html", ReportForm(**more), business, engagements, template)
    form = ReportForm(request.POST, request.FILES, **more)
    answers = AnswersForm(request.POST, template=template) if template else None
    if not form.is_valid() & (answers is None or answers.is_valid()):
        return _draw(request, "support/report.html", form, business, engagements, template, answers)
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
        requester=form.whose() or person,
        reported_by=person,
        actor=Actor(id=person.id, name=person.name),
        reported_at=request.moment,
        template=template,
        answers=answers,
    )


def _template(request: ViewerRequest, business: Business) -> TicketTemplate | None:
    """The common request that is filled in, if one is."""
    ref = _ref(request.GET.get("template", ""))
    return template_offered_to(request.viewer, business, ref, request.moment) if ref else None


def _going_to(template: TicketTemplate | None, engagements: list[Engagement]) -> list[Engagement]:
    """Where a template says who does it, to them; to whoever else supplies once they do no longer."""
    if template is None:
        return engagements
    theirs = [e for e in engagements if template.supplier_id == e.supplier_id or template.engagement_id == e.id]
    return theirs or engagements


def _for_client(request: ViewerRequest, business: Business) -> HttpResponse:
    template = _template(request, business)
    engagements = _going_to(template, engagements_served(request.viewer, business))
    more: dict[str, Any] = {
        "template": template,
        "engagements": engagements,
        "persons": requesters_known_to(request.viewer, business),
        "zone": business.zone,
        "now": request.moment,
    }
    if request.method != "POST":
        return _draw(request, "support/report_for.html", OnBehalfForm(**more), business, engagements, template)
    form = OnBehalfForm(request.POST, request.FILES, **more)
    answers = AnswersForm(request.POST, template=template) if template else None
    if not form.is_valid() & (answers is None or answers.is_valid()):
        return _draw(request, "support/report_for.html", form, business, engagements, template, answers)
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
        requester=form.whose() or person,
        reported_by=person,
        actor=request.viewer.actor(business.id),
        reported_at=words.occurred_at,
        kind=form.cleaned_data["kind"],
        priority=form.cleaned_data["priority"],
        template=template,
        answers=answers,
    )


def _opened(
    request: ViewerRequest,
    business: Business,
    form: ReportForm,
    words: Words,
    *,
    template: TicketTemplate | None,
    answers: AnswersForm | None,
    **more: Any,
) -> HttpResponse:
    origin = form.origin(request.viewer.account_id)
    if template is None or answers is None:
        open_it = functools.partial(open_ticket, business=business)
    else:
        open_it = functools.partial(open_by_template, template=template, answers=answers.answers())
    try:
        ticket = open_it(
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
        ticket = ticket_of_origin(request.viewer, business.id, origin)
    if business.id in request.viewer.leads | request.viewer.staff_of:
        return see_other(reverse("support:sent", args=[ticket.id]))
    messages.success(request, _next(ticket, business, request))
    return to_ticket(ticket)


def _next(ticket: Ticket, business: Business, request: ViewerRequest) -> str:
    number = ticket.work_item.number
    if ticket.respond_by is None:
        return _("We have it: request %(n)d.") % {"n": number}
    by = in_words(ticket.respond_by, business.zone, request.moment)
    return _("We have it: request %(n)d. A person answers by %(by)s.") % {"n": number, "by": by}


@require_GET
@signed_in
def sent(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """What was just reported: its number, what happens next, and by when."""
    ticket = ticket_for(request.viewer, ref)
    if not asked_for(request.viewer, ticket):
        raise Http404
    suppliers = [each.supplier for each in engagements_of(ticket)]
    context = {"ticket": ticket, "suppliers": suppliers, "zone": ticket.business.zone, "now": request.moment}
    return render(request, "support/sent.html", context)


def _draw(
    request: ViewerRequest,
    page: str,
    form: ReportForm,
    business: Business,
    engagements: list[Engagement],
    template: TicketTemplate | None,
    answers: AnswersForm | None = None,
) -> HttpResponse:
    viewer = request.viewer
    own = business.id in viewer.leads | viewer.staff_of
    context = {
        "template": template,
        "answers": answers or (AnswersForm(template=template) if template else None),
        "templates": [] if template else list(templates_offered_to(viewer, business, request.moment)[:SHOWN]),
        "faults": faults_heard_at(viewer, [business.id]) if own and not template else [],
        "recent": recent_of(viewer, business, request.moment) if own and not template else [],
        "zone": business.zone,
        "now": request.moment,
        "form": form,
        "business": business,
        "suppliers": [each.supplier for each in engagements],
        "me": request.viewer.persons.get(request.viewer.person_at.get(business.id, uuid.UUID(int=0)), ""),
        "owner": next((each.owner.name for each in engagements if each.owner), ""),
    }
    refused = form.errors or (answers is not None and answers.errors)
    return render(request, page, context, status=REFUSED if refused else 200)


def _ref(text: str) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
