"""A call is written down while they are on the line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quietmonday.kit.actors import Actor
from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Business
from quietmonday.support.access import engagement_worked, person_working, ticket_of_origin
from quietmonday.support.actions.calls import SOLVED, Call, Caller, log_call
from quietmonday.support.actions.settling import CannotSettle
from quietmonday.support.forms.calls import PROMISED, CallLogForm
from quietmonday.support.models import Ticket
from quietmonday.support.queries.desk import Desk, desk_of
from quietmonday.support.views.queue import clients_of
from quietmonday.support.views.ticket import REFUSED, to_ticket


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ViewerRequest) -> HttpResponse:
    """Ask who rings and what came of it; one sending writes it all down."""
    viewer = request.viewer
    if not viewer.engagements:
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    desk = desk_of(
        viewer,
        typed=given.get("q", "")[:200],
        chosen=given.get("caller", ""),
        client=given.get("client", ""),
        now=request.moment,
    )
    more: dict[str, Any] = {"desk": desk, "clients": clients_of(viewer), "now": request.moment}
    if request.method != "POST":
        return _draw(request, CallLogForm(**more))
    if "find" in request.POST or _only_looks_up(request.POST):
        known = {name: value for name, value in request.POST.items() if name not in {"q", "caller"}}
        known["mine"] = known.get("mine", "")
        return _draw(request, CallLogForm(initial=known, **more))
    sent = request.POST.copy()
    sent["caller"] = desk.chosen  # what stood there may be of an older page
    form = CallLogForm(sent, **more)
    if form.is_valid():
        answer = _logged(request, form, desk)
        if answer is not None:
            return answer
    return _draw(request, form)


def _only_looks_up(sent: QueryDict) -> bool:
    """Enter in the field of names, before anything else is written: whoever fits is to be shown."""
    return bool(sent.get("q", "").strip()) and not any(
        sent.get(name, "").strip() for name in ("subject", "text", "outcome")
    )


def _logged(request: ViewerRequest, form: CallLogForm, desk: Desk) -> HttpResponse | None:
    """Write the call down and go on to its request; None if it was refused, and the form says why."""
    viewer, cleaned = request.viewer, form.cleaned_data
    about = form.open_requests.get(cleaned["about"])
    engagement = engagement_worked(viewer, about) if about else desk.engagement
    if engagement is None:
        form.add_error("client", _("You do not work for them at the moment."))
        return None
    person = person_working(viewer, engagement.supplier_id)
    origin = f"form:{viewer.account_id}:{cleaned['token']}" if cleaned.get("token") else None
    try:
        ticket = log_call(
            caller=_caller(desk, engagement.business, form),
            call=_call(form),
            engagement=engagement,
            answered_by=person,
            actor=Actor(id=person.id, name=person.name),
            now=request.moment,
            about=about,
            origin=origin,
        )
    except IntegrityError:
        # The same form came twice: the first one counts.
        if origin is None:
            raise
        return to_ticket(ticket_of_origin(viewer, engagement.business_id, origin))
    except CannotSettle:
        form.add_error("about", _("It is settled already. Choose something new, or open it again first."))
        return None
    except Refused as refused:
        say_why(form, refused)
        return None
    messages.success(request, _said(ticket, form, engagement.business.zone))
    return to_ticket(ticket)


def _caller(desk: Desk, business: Business, form: CallLogForm) -> Caller:
    cleaned = form.cleaned_data
    return Caller(business=business, person=desk.person, name=cleaned["name"], phone=cleaned["phone"])


def _call(form: CallLogForm) -> Call:
    cleaned = form.cleaned_data
    return Call(
        subject=cleaned["subject"],
        text=cleaned["text"],
        began_at=form.began_at(),
        outcome=cleaned["outcome"],
        next_word_by=cleaned["next_word"] if cleaned["outcome"] == PROMISED else None,
        minutes=cleaned["minutes"] or 0,
        mine=cleaned["mine"],
        kind=cleaned["kind"],
        priority=cleaned["priority"],
        can_work=cleaned["can_work"],
        token=cleaned.get("token"),
    )


def _said(ticket: Ticket, form: CallLogForm, zone: str) -> str:
    outcome, number = form.cleaned_data["outcome"], ticket.work_item.number
    if outcome in SOLVED:
        return _("On record and settled: request %(n)d. We ask whether it is solved.") % {"n": number}
    word = form.cleaned_data["next_word"]
    if outcome == PROMISED and word:
        by = in_words(word, zone, form.now)
        return _("On record: request %(n)d. Next word by %(by)s.") % {"n": number, "by": by}
    return _("On record: request %(n)d.") % {"n": number}


def _draw(request: ViewerRequest, form: CallLogForm) -> HttpResponse:
    focus = "subject" if form.desk.person and not form.errors else "q"
    form.fields[focus].widget.attrs["autofocus"] = True
    context = {"form": form, "desk": form.desk}
    return render(request, "support/call.html", context, status=REFUSED if form.errors else 200)
