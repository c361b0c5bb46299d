"""A reply that waits to be sent: look at it, change it, send it now, or do not send it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.kit.moments import in_words
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import scheduled_reply_for, voice_of
from quietmonday.support.actions.scheduling import CannotSchedule, When, reschedule, send_now, withdraw
from quietmonday.support.forms.replying import LaterForm
from quietmonday.support.models import ScheduledReply
from quietmonday.support.views.ticket import REFUSED, see_other, to_ticket


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def later(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show it, and take what was changed."""
    row = scheduled_reply_for(request.viewer, ref)
    if row.sent_at or row.withdrawn_at:
        return _over(request, row)
    names = list(row.files.order_by("id").values_list("name", flat=True))
    form = _form(request, row, has_files=bool(names))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        person, actor = voice_of(request.viewer, row.ticket, row.supplier_id)
        when = When(
            send_at=chosen["send_own"],
            next_word_by=chosen["next_word"],
            waits_for=chosen["after"],
            until=chosen["until"],
        )
        try:
            reschedule(reply=row, text=chosen["text"], when=when, person=person, actor=actor, now=request.moment)
        except CannotSchedule:
            row.refresh_from_db()
            return _over(request, row)
        at = in_words(chosen["send_own"], row.business.zone, request.moment)
        messages.success(request, _("It waits, and goes out: %(at)s. It stands below the conversation.") % {"at": at})
        return to_ticket(row.ticket)
    context = {
        "row": row,
        "ticket": row.ticket,
        "form": form,
        "names": names,
        "now": request.moment,
        "zone": row.ticket.business.zone,
        "firm": request.viewer.place_names[row.supplier_id],
    }
    return render(request, "support/later.html", context, status=REFUSED if form.is_bound else 200)


@require_POST
@signed_in
def now(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Send it at once, whatever came between."""
    row = scheduled_reply_for(request.viewer, ref)
    person, actor = voice_of(request.viewer, row.ticket, row.supplier_id)
    try:
        send_now(reply=row, person=person, actor=actor, now=request.moment)
    except CannotSchedule:
        row.refresh_from_db()
        return _over(request, row)
    ticket = row.ticket
    who = ticket.requester.name if ticket.requester else ticket.business.name
    messages.success(request, _("Sent to %(who)s.") % {"who": who})
    return to_ticket(ticket)


@require_POST
@signed_in
def not_at_all(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Do not send it. What it said stands in the message box, should somebody want it after all."""
    row = scheduled_reply_for(request.viewer, ref)
    _person, actor = voice_of(request.viewer, row.ticket, row.supplier_id)
    had_files = row.files.exists()
    try:
        withdraw(reply=row, actor=actor, now=request.moment)
    except CannotSchedule:
        row.refresh_from_db()
        return _over(request, row)
    said = _("It is not sent. What it said is back in the message box.")
    if had_files:
        said += " " + _("Its files have to be added again.")
    messages.success(request, said)
    return see_other(f"{reverse('support:ticket', args=[row.ticket_id])}?again={row.pk}#compose")


def _over(request: ViewerRequest, row: ScheduledReply) -> HttpResponseRedirect | HttpResponse:
    if row.sent_at:
        messages.warning(request, _("It was sent meanwhile, as it stood."))
    elif row.withdrawn_at:
        messages.warning(request, _("Somebody withdrew it meanwhile."))
    else:
        messages.warning(request, _("The request was settled meanwhile, so nothing waits on it. Open it again first."))
    return to_ticket(row.ticket)


def _form(request: ViewerRequest, row: ScheduledReply, *, has_files: bool) -> LaterForm:
    ticket = row.ticket
    given = (request.POST,) if request.method == "POST" else ()
    return LaterForm(
        *given,
        zone=ticket.business.zone,
        now=request.moment,
        who=ticket.requester.name if ticket.requester else "",
        language=ticket.business.language,
        has_files=has_files,
        initial={
            "text": row.text,
            "send_own": row.send_at,
            "own_time": row.next_word_by,
            "after": row.waits_for,
            "until": row.until,
        },
    )
