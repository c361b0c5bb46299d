"""Where tokens for mailboxes come from, and as what we are registered there."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.post.actions.services import StillUsed, add_service, change_service, end_service
from quietmonday.support.access import service_kept_by, services_kept_by, suppliers_connected_by
from quietmonday.support.forms.mail_services import ServiceForm
from quietmonday.support.queries.mailboxes import mailboxes_by_service
from quietmonday.support.views.mail_sign_in import where_they_come_back
from quietmonday.support.views.mailboxes import refuse_others
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def services(request: ViewerRequest) -> HttpResponse:
    """Show them; add one."""
    viewer = request.viewer
    refuse_others(viewer)
    form = ServiceForm(
        request.POST if request.method == "POST" else None,
        suppliers=suppliers_connected_by(viewer),
        for_all=viewer.administrator,
    )
    if form.is_bound and form.is_valid():
        service = add_service(
            supplier=form.whose(),
            values=form.values(),
            secret=form.cleaned_data["secret"],
            actor=viewer.actor(),
            now=request.moment,
        )
        messages.success(request, _("Stored. Mailboxes can get their tokens from %(name)s.") % {"name": service.name})
        return see_other(reverse("support:mail_services"))
    found = list(services_kept_by(viewer))
    used = mailboxes_by_service([each.id for each in found])
    context = {
        "form": form,
        "lines": [(each, used.get(each.id, 0)) for each in found],
        "comes_back": where_they_come_back(),
    }
    return render(request, "support/mail_services.html", context, status=REFUSED if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def service(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Change one."""
    found = service_kept_by(request.viewer, ref)
    form = ServiceForm(request.POST if request.method == "POST" else None, suppliers=[], for_all=False, service=found)
    if form.is_bound and form.is_valid():
        change_service(
            service=found,
            values=form.values(),
            secret=form.cleaned_data["secret"],
            actor=request.viewer.actor(),
            now=request.moment,
        )
        messages.success(request, _("Saved."))
        return see_other(reverse("support:mail_services"))
    context = {"form": form, "service": found, "comes_back": where_they_come_back()}
    return render(request, "support/mail_service.html", context, status=REFUSED if form.errors else 200)


@require_POST
@signed_in
def end(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Forget one that no mailbox uses."""
    found = service_kept_by(request.viewer, ref)
    try:
        end_service(service=found, actor=request.viewer.actor(), now=request.moment)
    except StillUsed:
        messages.error(request, _("Mailboxes get their tokens there. Change or disconnect them first."))
    else:
        messages.success(request, _("Forgotten, with its secret."))
    return see_other(reverse("support:mail_services"))
