"""One mail that came in: what it says, why it is no request, and what somebody decides about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.forms.refusals import SENTENCES
from quietmonday.people.logic.refusals import Refused
from quietmonday.post.logic.mail import parse
from quietmonday.post.models import InboxItem
from quietmonday.support.access import inbox_item_for, item_decided_by, silenced_for
from quietmonday.support.actions.deciding import (
    hear_sender,
    know_new_sender,
    know_sender,
    leave_aside,
    make_request,
    silence_sender,
)
from quietmonday.support.actions.reading import read_words
from quietmonday.support.forms.inbox import BusinessForm, NewcomerForm, PersonForm
from quietmonday.support.queries.kept_mail import KeptMail, kept_mail, name_of_sender
from quietmonday.support.views.files import download
from quietmonday.support.views.ticket import REFUSED, see_other

MOST_SHOWN = 20_000  # characters of the text, and of what it quotes


@require_GET
@signed_in
def kept(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show a mail that came in as text, with the reason and the choices."""
    item = inbox_item_for(request.viewer, ref)
    return _draw(request, kept_mail(request.viewer, item, request.moment, _ref(request.GET.get("for", ""))))


@require_GET
@signed_in
def part(request: ViewerRequest, ref: uuid.UUID, number: str) -> HttpResponse:
    """Hand out a file that came with it, as a download: whatever is in it, nothing of it runs here."""
    item = inbox_item_for(request.viewer, ref)
    files = parse(bytes(item.raw.data)).attachments
    if not number.isdecimal() or len(number) > 4 or not 1 <= int(number) <= len(files):
        raise Http404
    return download(files[int(number) - 1].data, files[int(number) - 1].name)


@require_POST
@signed_in
def sender(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The sender is somebody whom we know."""
    page = _page(request, item_decided_by(request.viewer, ref))
    form = PersonForm(request.POST, business=page.business, persons=page.known_as, auto_id="known_%s")
    if not form.is_valid():
        return _draw(request, page, known=form)
    person = form.chosen()
    try:
        waited = know_sender(item=page.item, person=person, actor=_actor(request, page), now=request.moment)
    except Refused as refused:
        form.add_error(None, SENTENCES[refused.rule])
        return _draw(request, page, known=form)
    return _known(request, person.name, waited)


@require_POST
@signed_in
def newcomer(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """The sender is somebody new at a business."""
    page = _page(request, item_decided_by(request.viewer, ref))
    form = NewcomerForm(request.POST, business=page.business, auto_id="new_%s")
    if not form.is_valid() or page.business is None:
        return _draw(request, page, new=form)
    try:
        person, waited = know_new_sender(
            item=page.item,
            business=page.business,
            name=form.cleaned_data["name"],
            actor=_actor(request, page),
            now=request.moment,
        )
    except Refused as refused:
        form.add_error(None, SENTENCES[refused.rule])
        return _draw(request, page, new=form)
    return _known(request, person.name, waited)


@require_POST
@signed_in
def silence(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Never from this address."""
    item = item_decided_by(request.viewer, ref)
    if not item.sender or item.rule != "unknown_sender" or item.asks_at is None:
        messages.info(request, _("Somebody has decided about this mail already."))
        return see_other(reverse("support:kept", args=[item.id]))
    silence_sender(item=item, actor=request.viewer.actor(item.business_id), now=request.moment)
    said = _("Mail from %(address)s is kept from now on and asks nobody. You can take that back below.")
    messages.success(request, said % {"address": item.sender})
    return see_other(reverse("support:inbox"))


@require_POST
@signed_in
def leave(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """A mail that a mail server doubted is no request."""
    item = item_decided_by(request.viewer, ref)
    if leave_aside(item=item, actor=request.viewer.actor(item.business_id), now=request.moment):
        messages.success(request, _("It is left aside. You find it below, with the reason."))
    else:
        messages.info(request, _("Somebody has decided about this mail already."))
    return see_other(reverse("support:inbox"))


@require_POST
@signed_in
def hear(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take "never" back."""
    silenced = silenced_for(request.viewer, ref)
    again = hear_sender(silenced=silenced, actor=request.viewer.actor(silenced.business_id), now=request.moment)
    said = ngettext("%(n)d mail asks again who that is.", "%(n)d mails ask again who that is.", again)
    messages.success(request, said % {"n": again})
    return see_other(reverse("support:inbox"))


@require_POST
@signed_in
def by_hand(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """This mail is a request of somebody, whatever it was taken for."""
    page = _page(request, inbox_item_for(request.viewer, ref))
    if not page.may_be_request:
        if page.item.outcome_id is not None and not page.businesses:
            return see_other(reverse("support:ticket", args=[page.item.outcome_id]))  # sent twice
        raise PermissionDenied
    form = PersonForm(
        request.POST, business=page.business, persons=page.persons, label=_("As a request of"), auto_id="of_%s"
    )
    if not form.is_valid() or page.engagement is None:
        return _draw(request, page, request_of=form)
    ticket = make_request(
        item_id=page.item.id,
        engagements=[page.engagement],
        person=form.chosen(),
        actor=_actor(request, page),
        now=request.moment,
    )
    messages.success(request, _("It is request %(n)d now.") % {"n": ticket.work_item.number})
    return see_other(reverse("support:ticket", args=[ticket.id]))


def _page(request: ViewerRequest, item: InboxItem) -> KeptMail:
    return kept_mail(request.viewer, item, request.moment, _ref(request.POST.get("business", "")))


def _actor(request: ViewerRequest, page: KeptMail) -> Actor:
    return request.viewer.actor(page.business.id if page.business else None)


def _known(request: ViewerRequest, name: str, waited: int) -> HttpResponse:
    said = ngettext(
        "Mail from this address is taken for %(name)s’s from now on. %(n)d mail is taken in.",
        "Mail from this address is taken for %(name)s’s from now on. %(n)d mails are taken in.",
        waited,
    )
    messages.success(request, said % {"name": name, "n": waited})
    return see_other(reverse("support:inbox"))


def _draw(
    request: ViewerRequest,
    page: KeptMail,
    *,
    known: PersonForm | None = None,
    new: NewcomerForm | None = None,
    request_of: PersonForm | None = None,
) -> HttpResponse:
    refused: Any = known or new or request_of
    business, chosen = page.business, str(page.engagement.pk) if page.engagement else ""
    zone = business.zone if business else "UTC"
    text, quoted = read_words(page.mail, zone=zone, language=get_language() or settings.LANGUAGE_CODE)
    context = {
        "text": text[:MOST_SHOWN],
        "quoted": quoted[:MOST_SHOWN],
        "cut": max(len(text), len(quoted)) > MOST_SHOWN,
        "page": page,
        "item": page.item,
        "mail": page.mail,
        "refused": refused,
        "known": known or PersonForm(business=business, chosen=chosen, persons=page.known_as, auto_id="known_%s"),
        "new": new
        or NewcomerForm(
            business=business, chosen=chosen, initial={"name": name_of_sender(page.mail)}, auto_id="new_%s"
        ),
        "request_of": request_of
        or PersonForm(
            business=business,
            chosen=chosen,
            persons=page.persons,
            initial={"person": str(page.writer.pk) if page.writer else ""},
            label=_("As a request of"),
            auto_id="of_%s",
        ),
        "choose": BusinessForm(choices=page.choices, initial={"for": chosen}, auto_id="business_%s"),
        "may_sort": request.viewer.administrator or bool(request.viewer.manages),
        "zone": zone,
        "now": request.moment,
    }
    return render(request, "support/kept.html", context, status=REFUSED if refused else 200)


def _ref(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error
