"""How mail begins to come in: a mailbox is connected, or files of mails are handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.post.actions.mailboxes import connect_mailbox, disconnect_mailbox
from quietmonday.post.jobs import try_mailbox
from quietmonday.support.access import (
    clients_connected_by,
    engagement_imported_by,
    mailbox_for,
    mailboxes_of,
    suppliers_connected_by,
)
from quietmonday.support.actions.uploads import keep_uploaded_mails
from quietmonday.support.forms.set_up import ImportForm, MailboxForm
from quietmonday.support.queries.inbox import import_progress
from quietmonday.support.views import whose
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mailbox(request: ViewerRequest) -> HttpResponse:
    """Show the mailboxes that are read; connect one. It is opened once before it is stored."""
    viewer = request.viewer
    if not (viewer.administrator or viewer.manages):
        raise PermissionDenied
    suppliers, engagements = suppliers_connected_by(viewer), clients_connected_by(viewer, request.moment)
    if request.method != "POST":
        return _draw_mailboxes(request, MailboxForm(suppliers=suppliers, engagements=engagements))
    form = MailboxForm(request.POST, suppliers=suppliers, engagements=engagements)
    if not form.is_valid():
        return _draw_mailboxes(request, form)
    given = {key: form.cleaned_data[key] for key in ("host", "port", "security", "user", "password", "folder")}
    problem = try_mailbox(**given)
    if problem:
        form.add_error(None, _("The mailbox was not connected: %(problem)s.") % {"problem": _(problem)})
        return _draw_mailboxes(request, form)
    supplier, business = form.chosen()
    try:
        connect_mailbox(
            supplier=supplier,
            business=business,
            address=form.cleaned_data["address"],
            actor=viewer.actor(business.id if business else None),
            now=request.moment,
            **given,
        )
    except IntegrityError:
        form.add_error("address", _("This address is read already."))
        return _draw_mailboxes(request, form)
    messages.success(request, _("Connected. It is read every minute from now on."))
    return see_other(reverse("support:connect_mailbox"))


@require_POST
@signed_in
def disconnect(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Stop reading a mailbox and forget its password."""
    found = mailbox_for(request.viewer, ref)
    disconnect_mailbox(mailbox=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("Disconnected. Its password is forgotten here; what came in stays."))
    return see_other(reverse("support:connect_mailbox"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mails(request: ViewerRequest) -> HttpResponse:
    """Take in files of mails: kept raw at once, looked at by a worker."""
    choices = whose.choices(request)
    if request.method != "POST":
        return _draw_import(request, ImportForm(**choices))
    form = ImportForm(request.POST, request.FILES, **choices)
    engagement = whose.engagement_of(request, form) if form.is_valid() else None
    if engagement is None:
        return _draw_import(request, form)
    kept = keep_uploaded_mails(engagement=engagement, uploads=form.cleaned_data["mails"], now=request.moment)
    said = ngettext("%(n)d mail came in.", "%(n)d mails came in.", kept.new) % {"n": kept.new}
    messages.success(request, said)
    if kept.before:
        again = ngettext("%(n)d mail was here before.", "%(n)d mails were here before.", kept.before)
        messages.info(request, again % {"n": kept.before})
    for name, problem in kept.unreadable[:5]:
        messages.warning(request, _("%(name)s was not read: %(problem)s.") % {"name": name, "problem": problem})
    where = reverse("support:import_progress", args=[engagement.id])
    return see_other(f"{where}?{urlencode({'at': request.moment.isoformat()})}")


@require_GET
@signed_in
def progress(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show how far an import is."""
    engagement = engagement_imported_by(request.viewer, ref, request.moment)
    try:
        at = dt.datetime.fromisoformat(request.GET.get("at", "").replace(" ", "+"))
    except ValueError as error:
        raise Http404 from error
    if at.tzinfo is None:
        raise Http404
    context = {
        "progress": import_progress(engagement.business_id, at),
        "engagement": engagement,
        "again": f"?{urlencode({'at': at.isoformat()})}",
    }
    return render(request, "support/import_progress.html", context)


def _draw_mailboxes(request: ViewerRequest, form: MailboxForm) -> HttpResponse:
    mailboxes = mailboxes_of(request.viewer)
    context = {
        "form": form,
        "mailboxes": mailboxes,
        "unread": sum(bool(mailbox.last_error) for mailbox in mailboxes),
        "nobody": not form.suppliers,
        "now": request.moment,
        "zone": "UTC",
    }
    return render(request, "support/mailboxes.html", context, status=REFUSED if form.errors else 200)


def _draw_import(request: ViewerRequest, form: ImportForm) -> HttpResponse:
    context = {"form": form, "only": next(iter(form.engagements.values())) if len(form.engagements) == 1 else None}
    return render(request, "support/import.html", context, status=REFUSED if form.errors else 200)
