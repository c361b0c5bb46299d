"""The owner erases what was said: one message, or all of a request."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quietmonday.people.access import ViewerRequest, grave, signed_in
from quietmonday.people.actions.erasing import ASKED_FOR
from quietmonday.support.access import message_erasable_by, ticket_erasable_by
from quietmonday.support.actions.erasing import erase_message, erase_words
from quietmonday.support.models import TicketState
from quietmonday.support.views.ticket import to_ticket


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def message(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask, then erase one message: somebody wrote a password into it."""
    found = message_erasable_by(request.viewer, ref)
    if request.method == "POST":
        actor = request.viewer.actor(found.business_id)
        erase_message(message=found, actor=actor, reason=ASKED_FOR, now=request.moment)
        messages.success(request, _("Erased, here and in the journal. That somebody wrote then, stays."))
        return to_ticket(found.ticket)
    return render(
        request,
        "support/erase.html",
        {
            "sentence": _("Erase what %(name)s wrote here?") % {"name": found.author_name},
            "shown": found.text,
            "text": _(
                "Gone for good: the text, its files, the mail as it came in, and the text in the journal. Mails that "
                "went out with it, and backups, are out of our reach. If it was a password, change it."
            ),
            "back": reverse("support:ticket", args=[found.ticket_id]),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def words(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask, then erase every word of a request that is over."""
    ticket = ticket_erasable_by(request.viewer, ref)
    if ticket.state == TicketState.OPEN:
        raise Http404
    if request.method == "POST":
        erase_words(
            tickets=[ticket.pk],
            business=ticket.business,
            actor=request.viewer.actor(ticket.business_id),
            reason=ASKED_FOR,
            now=request.moment,
        )
        messages.success(request, _("Erased, here and in the journal. Times and verdicts stay."))
        return to_ticket(ticket)
    return render(
        request,
        "support/erase.html",
        {
            "sentence": _("Erase every word of request %(n)s?") % {"n": ticket.work_item.number},
            "shown": ticket.subject,
            "text": _(
                "Gone for good: the subject, what everybody wrote, notes, files, and the mails as they came in. What "
                "stays is that there was a request, its times, who worked on it, and if it was quick and effective."
            ),
            "back": reverse("support:ticket", args=[ticket.pk]),
        },
    )
