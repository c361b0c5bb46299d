"""Mailboxes: which there are and how they are, connecting one, changing it, pausing it, signing in for it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.post.actions.mailboxes import (
    change_mailbox,
    connect_mailbox,
    disconnect_mailbox,
    note_folders,
    pause_mailbox,
    resume_mailbox,
)
from quietmonday.post.jobs import put_reading
from quietmonday.post.jobs.imap import Key, Looked, Trouble
from quietmonday.post.jobs.reading import place_of, try_mailbox
from quietmonday.post.jobs.renewing import key_of, key_of_firm
from quietmonday.post.models import Mailbox, SignIn
from quietmonday.support.access import (
    clients_connected_by,
    mailbox_for,
    mailboxes_of,
    services_offered_to,
    suppliers_connected_by,
)
from quietmonday.support.forms.mailboxes import ChangeForm, ConnectForm
from quietmonday.support.queries.mailboxes import health_of
from quietmonday.support.views.ticket import REFUSED, see_other


def refuse_others(viewer: Viewer) -> None:
    """Raise PermissionDenied for who looks after no mailboxes."""
    if not (viewer.administrator or viewer.manages):
        raise PermissionDenied


@require_GET
@signed_in
def mailboxes(request: ViewerRequest) -> HttpResponse:
    """Show the mailboxes that are connected, each with how it is."""
    refuse_others(request.viewer)
    lines = health_of(mailboxes_of(request.viewer), request.moment)
    lines.sort(key=lambda line: line.well)  # stable: what needs somebody comes first, then by address
    context = {"lines": lines, "unwell": sum(not line.well for line in lines), "now": request.moment, "zone": "UTC"}
    return render(request, "support/mailboxes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def connect(request: ViewerRequest) -> HttpResponse:
    """Connect one. With a password it is opened once before it is stored; for a token somebody signs in after."""
    viewer = request.viewer
    refuse_others(viewer)
    form = ConnectForm(
        request.POST if request.method == "POST" else None,
        suppliers=suppliers_connected_by(viewer),
        engagements=clients_connected_by(viewer, request.moment),
        services=services_offered_to(viewer),
        for_all=viewer.administrator,
    )
    looked = None
    if not form.is_bound or not form.is_valid() or (form.fetches and not (looked := _look(form))):
        return _draw_form(request, form)
    supplier, business = form.chosen()
    data, service = form.cleaned_data, form.service() if form.fetches else None
    reading = {name: data[name] for name in ("host", "port", "security", "user", "password", "after", "after_folder")}
    try:
        mailbox = connect_mailbox(
            supplier=supplier,
            business=business,
            address=data["address"],
            way=data["way"] or "imap",
            service=service,
            folders=data["folders"],
            since=form.since(request.moment),
            trusted_server=data["trusted_server"],
            actor=viewer.actor(business.id if business else None),
            now=request.moment,
            **(reading if form.fetches else {}),
        )
    except IntegrityError:
        form.add_error("address", _("This address is read already."))
        return _draw_form(request, form)
    if looked is not None and looked.folders:
        note_folders(mailbox=mailbox, names=looked.folders)
    if mailbox.is_read and mailbox.sign_in_again_since is None:
        put_reading(mailbox.id, request.moment)
        messages.success(request, _("Connected. It is read from now on."))
    elif form.fetches:
        messages.info(request, _("Stored. One step is left: somebody signs in for it."))
    else:
        messages.success(request, _("Connected. It takes what your mail server hands over."))
    return see_other(reverse("support:mailbox", args=[mailbox.id]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mailbox(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show how one mailbox is, and change it; what was typed is tried before it is stored."""
    viewer = request.viewer
    found = mailbox_for(viewer, ref)
    posted = request.POST if request.method == "POST" else None
    services = services_offered_to(viewer)
    if found.service is not None and found.service not in services:
        services.append(found.service)  # somebody who may chose it; it can stay
    form = ChangeForm(posted, mailbox=found, services=services)
    if not form.is_bound or not form.is_valid() or (form.fetches and not _look(form, found)):
        return _draw_mailbox(request, found, form)
    changed = change_mailbox(
        mailbox=found,
        values=form.values() if form.fetches else {"trusted_server": form.cleaned_data["trusted_server"]},
        password=form.cleaned_data["password"] if form.fetches else "",
        folders=form.cleaned_data["folders"] if form.fetches else [],
        since=form.since(request.moment),
        actor=viewer.actor(found.business_id),
        now=request.moment,
    )
    if changed.is_read and changed.sign_in_again_since is None:
        put_reading(changed.id, request.moment)
    messages.success(request, _("Saved."))
    return see_other(reverse("support:mailbox", args=[found.id]))


@require_POST
@signed_in
def try_it(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Open a mailbox now and say what was found."""
    found = mailbox_for(request.viewer, ref)
    back = see_other(reverse("support:mailbox", args=[found.id]))
    if not found.is_read:
        messages.info(request, _("Nothing is fetched from it at the moment, so there is nothing to try."))
        return back
    wanted = [each.name for each in found.folders.all()]
    try:
        looked = try_mailbox(place=place_of(found), key=key_of(found), wanted=wanted, mailbox=found)
    except Trouble as trouble:
        messages.error(request, _("It could not be opened: %(why)s.") % {"why": _(trouble.words)})
        return back
    for name in looked.missing:
        messages.error(request, _("There is no folder %(name)s.") % {"name": name})
    if not looked.missing:
        words = ngettext("It opens. %(n)d folder is there.", "It opens. %(n)d folders are there.", len(looked.folders))
        messages.success(request, words % {"n": len(looked.folders)})
        how = (
            _("The server says at once when a mail comes.")
            if looked.can_wait
            else _("The server does not say when a mail comes, so it is read each minute.")
        )
        messages.info(request, how)
        put_reading(found.id, request.moment)
    return back


@require_POST
@signed_in
def pause(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Stop reading it for a time."""
    found = mailbox_for(request.viewer, ref)
    pause_mailbox(mailbox=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("Paused. Nothing comes in through it until you go on; Monday says so."))
    return see_other(reverse("support:mailbox", args=[found.id]))


@require_POST
@signed_in
def resume(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Go on reading it."""
    found = mailbox_for(request.viewer, ref)
    resume_mailbox(mailbox=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("It is read again, and what came meanwhile comes in."))
    return see_other(reverse("support:mailbox", args=[found.id]))


@require_POST
@signed_in
def disconnect(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Stop reading a mailbox and forget its password and tokens."""
    found = mailbox_for(request.viewer, ref)
    disconnect_mailbox(mailbox=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("Disconnected. Its password is forgotten here; what came in stays."))
    return see_other(reverse("support:mailboxes"))


def _look(form: ConnectForm | ChangeForm, mailbox: Mailbox | None = None) -> Looked | None:
    """Open the mailbox as the form says; None with the reason on the form if it cannot be."""
    try:
        key = _key(form, mailbox)
        if key is None:  # nobody has signed in yet: nothing to try
            return Looked((), (), can_wait=False)
        wanted = form.all_folders()
        make = wanted if form.cleaned_data["make"] else ()
        looked = try_mailbox(place=form.place(), key=key, wanted=wanted, make=make, mailbox=mailbox)
    except Trouble as trouble:
        said = _("It was not saved: %(problem)s.") if mailbox else _("The mailbox was not connected: %(problem)s.")
        form.add_error(None, said % {"problem": _(trouble.words)})
        return None
    for name in looked.missing:
        words = _("There is no folder %(name)s. Correct it, or tick below that we make it.") % {"name": name}
        form.add_error("after_folder" if name == form.cleaned_data["after_folder"] else "folders", words)
    return None if looked.missing else looked


def _key(form: ConnectForm | ChangeForm, mailbox: Mailbox | None) -> Key | None:
    service = form.service()
    if service is None:
        if form.cleaned_data["password"] or mailbox is None:
            return Key(form.cleaned_data["password"])
        return key_of(mailbox)
    if service.flow == "firm":
        return key_of_firm(service)
    same = mailbox is not None and (mailbox.service_id, mailbox.host, mailbox.user) == (
        service.id, form.cleaned_data["host"], form.cleaned_data["user"],
    )  # fmt: skip
    return key_of(mailbox) if mailbox and same and mailbox.sign_in_again_since is None else None


def _draw_form(request: ViewerRequest, form: ConnectForm) -> HttpResponse:
    context = {"form": form, "nobody": not form.suppliers}
    return render(request, "support/mailbox_new.html", context, status=REFUSED if form.errors else 200)


def _draw_mailbox(request: ViewerRequest, found: Mailbox, form: ChangeForm) -> HttpResponse:
    [line] = health_of([found], request.moment)
    context = {
        "m": found,
        "line": line,
        "form": form,
        "command": f"quietmonday intake --mailbox {found.address}",
        "by_token": found.sign_in == SignIn.TOKEN,
        "now": request.moment,
        "zone": found.business.zone if found.business else "UTC",
    }
    return render(request, "support/mailbox.html", context, status=REFUSED if form.errors else 200)
