"""What a request has to do with others, and the words by which it is found again."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.support.access import (
    arranges,
    link_ended_by,
    other_ticket,
    supplier_side,
    ticket_arranged_by,
    ticket_for,
    ticket_worked_by,
    voice_of,
)
from quietmonday.support.actions.linking import CannotLink, link, settle_under, unlink
from quietmonday.support.actions.merging import merge, take_apart
from quietmonday.support.actions.splitting import split_off
from quietmonday.support.actions.tagging import TooManyTags, tag, untag
from quietmonday.support.forms.linking import BelowForm, LinkForm, MergeForm, SplitForm, TagsForm
from quietmonday.support.logic.tags import LONGEST, MOST
from quietmonday.support.models import LinkKind, Ticket
from quietmonday.support.queries.links_page import links_page, messages_to_split
from quietmonday.support.templatetags.link_words import link_refusal
from quietmonday.support.views.ticket import REFUSED, see_other, to_ticket


@require_GET
@signed_in
def links(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show what a request has to do with others, to whom may see it."""
    return draw_links(request, ticket_for(request.viewer, ref))


def draw_links(request: ViewerRequest, ticket: Ticket, **refused: forms.Form) -> HttpResponse:
    """Draw the page. `refused`: forms by name that were sent and not taken."""
    page = links_page(request.viewer, ticket)
    may = arranges(request.viewer, ticket)
    drawn: dict[str, Any] = {}
    if may:
        drawn = {
            "link": LinkForm(auto_id="link_%s"),
            "merge": MergeForm(auto_id="merge_%s"),
            "tags": TagsForm(auto_id="tags_%s"),
        }
    settles = ticket.state == "resolved" and bool(supplier_side(request.viewer, ticket))
    if settles and page.below:
        drawn["below"] = BelowForm(
            tickets=page.below,
            auto_id="below_%s",
            initial={"requests": [str(each.pk) for each in page.below]},
        )
    context = {
        "page": page,
        "ticket": ticket,
        "now": request.moment,
        "zone": ticket.business.zone,
        "may": may,
        "f": drawn | refused,
        "refused": next(iter(refused.values()), None),
        "refused_name": next(iter(refused), ""),
    }
    return render(request, "support/links.html", context, status=REFUSED if refused else 200)


def to_links(ticket: Ticket) -> HttpResponse:
    """Go on to the page of links after a form was taken."""
    return see_other(reverse("support:links", args=[ticket.id]))


@require_POST
@signed_in
def add_link(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Say what it has to do with another."""
    ticket = ticket_arranged_by(request.viewer, ref)
    form = LinkForm(request.POST, auto_id="link_%s")
    other = _other(request, ticket, form)
    if other is None:
        return draw_links(request, ticket, link=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        link(**form.pair(ticket, other), note=form.cleaned_data["note"], actor=actor, now=request.moment)
    except CannotLink as refused:
        form.add_error("number", link_refusal(refused.rule, form.cleaned_data["number"]))
        return draw_links(request, ticket, link=form)
    messages.success(request, _("Linked with request %(n)d.") % {"n": other.work_item.number})
    return to_links(ticket)


@require_POST
@signed_in
def end_link(request: ViewerRequest, ref: uuid.UUID, link: uuid.UUID) -> HttpResponse:
    """They have nothing to do with each other any more; a request that was part of another is one again."""
    ticket = ticket_arranged_by(request.viewer, ref)
    row = link_ended_by(request.viewer, ticket, link)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    if row.kind == LinkKind.PART_OF:
        part = take_apart(row=row, actor=actor, now=request.moment)
        said = _("Request %(n)d stands by itself again, from its own start.") % {"n": part.work_item.number}
        messages.success(request, said)
        return to_links(ticket)
    try:
        unlink(row=row, actor=actor, now=request.moment)
    except CannotLink as refused:
        raise PermissionDenied from refused
    messages.success(request, _("The link is ended."))
    return to_links(ticket)


@require_POST
@signed_in
def make_one(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """It is the same call as another: it becomes part of that."""
    ticket = ticket_arranged_by(request.viewer, ref)
    form = MergeForm(request.POST, auto_id="merge_%s")
    other = _other(request, ticket, form)
    if other is None:
        return draw_links(request, ticket, merge=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        merge(one=ticket, other=other, actor=actor, now=request.moment)
    except CannotLink as refused:
        form.add_error("number", link_refusal(refused.rule, form.cleaned_data["number"]))
        return draw_links(request, ticket, merge=form)
    said = _("Request %(part)d is part of request %(whole)d now. It goes on here.")
    messages.success(request, said % {"part": ticket.work_item.number, "whole": other.work_item.number})
    return to_ticket(other)


@require_POST
@signed_in
def settle_below(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """What stands under a settled request is settled like it."""
    ticket = ticket_worked_by(request.viewer, ref)
    page = links_page(request.viewer, ticket)
    form = BelowForm(request.POST, tickets=page.below, auto_id="below_%s")
    if not form.is_valid():
        return draw_links(request, ticket, below=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    mine = [each for each in form.chosen() if arranges(request.viewer, each)]
    settled, left = settle_under(parent=ticket, tickets=mine, actor=actor, now=request.moment)
    said = ngettext(
        "%(n)d request is settled like this one.", "%(n)d requests are settled like this one.", len(settled)
    )
    messages.success(request, said % {"n": len(settled)})
    if left:
        numbers = ", ".join(str(each.work_item.number) for each in left)
        messages.warning(request, _("Left as they are: %(numbers)s.") % {"numbers": numbers})
    return to_links(ticket)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def split(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose what is another matter; it becomes a request of its own."""
    ticket = ticket_arranged_by(request.viewer, ref)
    said = messages_to_split(request.viewer, ticket)
    form = SplitForm(request.POST if request.method == "POST" else None, messages=said, auto_id="split_%s")
    if request.method == "POST" and form.is_valid():
        _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
        try:
            new = split_off(
                ticket=ticket,
                messages=form.chosen(),
                subject=form.cleaned_data["subject"],
                actor=actor,
                now=request.moment,
            )
        except CannotLink as refused:
            form.add_error("messages", link_refusal(refused.rule, ticket.work_item.number))
        else:
            messages.success(request, _("Request %(n)d is its own from now on.") % {"n": new.work_item.number})
            return to_ticket(new)
    context = {
        "ticket": ticket,
        "form": form,
        "said": said,
        "chosen": request.POST.getlist("messages"),
        "now": request.moment,
        "zone": ticket.business.zone,
    }
    return render(request, "support/split.html", context, status=REFUSED if form.errors else 200)


@require_POST
@signed_in
def add_tags(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Words by which it is found again."""
    ticket = ticket_arranged_by(request.viewer, ref)
    form = TagsForm(request.POST, auto_id="tags_%s")
    if not form.is_valid():
        return draw_links(request, ticket, tags=form)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    try:
        tag(ticket=ticket, names=form.cleaned_data["tags"], actor=actor, now=request.moment)
    except TooManyTags:
        form.add_error("tags", _("A request bears at most %(n)d tags. Take some off first.") % {"n": MOST})
        return draw_links(request, ticket, tags=form)
    messages.success(request, _("Tagged."))
    return to_links(ticket)


@require_POST
@signed_in
def remove_tag(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a word off."""
    ticket = ticket_arranged_by(request.viewer, ref)
    _person, actor = voice_of(request.viewer, ticket, supplier_side(request.viewer, ticket))
    name = request.POST.get("name", "")[: LONGEST + 1]
    if untag(ticket=ticket, name=name, actor=actor, now=request.moment):
        messages.success(request, _("Taken off: %(tag)s.") % {"tag": name})
    return to_links(ticket)


def _other(request: ViewerRequest, ticket: Ticket, form: Any) -> Ticket | None:
    """The request that a form names; None if the form is refused, with what is wrong."""
    if not form.is_valid():
        return None
    number = form.cleaned_data["number"]
    other = other_ticket(request.viewer, ticket, number)
    if other is None:
        form.add_error("number", _("There is no request %(n)d of this business here.") % {"n": number})
    return other
