"""Webhooks: which servers hear of what happens, what each was told, and whether it took it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quietmonday.integrations.access import (
    delivery_kept_by,
    firm_told_of,
    firms_told_of,
    webhook_kept_by,
    webhooks_kept_by,
)
from quietmonday.integrations.actions.telling import send_again, send_test
from quietmonday.integrations.actions.webhooks import (
    WebhookRefused,
    add_webhook,
    end_webhook,
    pause_webhook,
    resume_webhook,
)
from quietmonday.integrations.forms.webhooks import WebhookForm
from quietmonday.integrations.queries.webhooks import EVENT_WORDS, newest_deliveries
from quietmonday.kit.outside import Refused
from quietmonday.people.access import Viewer, ViewerRequest, grave, signed_in


@require_safe
@signed_in
def webhooks(request: ViewerRequest) -> HttpResponse:
    """Say which other servers hear of what happens here."""
    if not firms_told_of(request.viewer):
        raise Http404
    rows = list(webhooks_kept_by(request.viewer).order_by("made_at", "id")[:200])
    context = {
        "rows": rows,
        "hearing": sum(row.paused_at is None and row.failing_since is None for row in rows),
        "now": request.moment,
        "zone": _zone(request.viewer),
    }
    return render(request, "integrations/webhooks.html", context)


@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def new(request: ViewerRequest) -> HttpResponse:
    """Add one; its secret is shown in the answer to the button, and never again."""
    viewer = request.viewer
    firms = _firms(viewer)
    if not firms:
        raise Http404
    form = WebhookForm(request.POST if request.method == "POST" else None, firms=firms)
    if form.is_valid():
        place = firm_told_of(viewer, form.chosen_firm())
        account: Any = request.user
        try:
            row, secret = add_webhook(
                place=place,
                account=account,
                url=form.cleaned_data["url"],
                events=form.cleaned_data["events"],
                actor=viewer.actor(place.pk),
                now=request.moment,
            )
        except Refused as refused:
            form.add_error("url", refused.words)
        except WebhookRefused:
            form.add_error(None, _("There are twenty webhooks already, or none of this is told to a business."))
        else:
            return render(request, "integrations/webhook_made.html", {"webhook": row, "secret": secret})
    context = {"form": form, "asks_firm": "firm" in form.fields, "back": reverse("integrations:webhooks")}
    return render(request, "integrations/new_webhook.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def webhook(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """One webhook, with what it was told lately."""
    row = webhook_kept_by(request.viewer, ref)
    context = {
        "webhook": row,
        "place": row.business or row.supplier,
        "events": [EVENT_WORDS[each] for each in row.events],
        "lines": newest_deliveries(row),
        "now": request.moment,
        "zone": _zone(request.viewer),
    }
    return render(request, "integrations/webhook.html", context)


@require_POST
@signed_in
def tested(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Send a test."""
    send_test(webhook=webhook_kept_by(request.viewer, ref), now=request.moment)
    messages.success(request, _("A test is on its way. Look below in a moment."))
    return redirect("integrations:webhook", ref)


@require_POST
@signed_in
def paused(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Tell it nothing more until somebody says so."""
    row = webhook_kept_by(request.viewer, ref)
    pause_webhook(webhook=row, why="person", actor=_actor(request, row), now=request.moment)
    messages.success(request, _("It is paused, and is told nothing."))
    return redirect("integrations:webhook", ref)


@require_POST
@signed_in
@grave
def resumed(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Tell it again, what oneself may see."""
    row = webhook_kept_by(request.viewer, ref)
    account: Any = request.user
    resume_webhook(webhook=row, account=account, actor=_actor(request, row), now=request.moment)
    messages.success(request, _("From now on it is told again. What happened meanwhile stands on the record."))
    return redirect("integrations:webhook", ref)


@require_POST
@signed_in
def ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """End it for good."""
    row = webhook_kept_by(request.viewer, ref)
    end_webhook(webhook=row, actor=_actor(request, row), now=request.moment)
    messages.success(request, _("It is ended. Its address and its secret are forgotten."))
    return redirect("integrations:webhooks")


@require_POST
@signed_in
def sent_again(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Send one delivery once more."""
    delivery = delivery_kept_by(request.viewer, ref)
    if delivery.webhook.paused_at is not None:
        messages.warning(request, _("It is paused. Resume it first."))
    else:
        send_again(delivery=delivery, now=request.moment)
        messages.success(request, _("It is on its way once more, under the same id."))
    return redirect("integrations:webhook", delivery.webhook_id)


def _actor(request: ViewerRequest, row: Any) -> Any:
    return request.viewer.actor(row.business_id or row.supplier_id)


def _firms(viewer: Viewer) -> list[tuple[uuid.UUID, str, bool]]:
    """Return (id, name, whether it is a supplier) of the firms whose webhooks the viewer looks after, by name."""
    refs = firms_told_of(viewer)
    named = [(ref, viewer.place_names[ref], ref in viewer.manages) for ref in refs]
    return sorted(named, key=lambda firm: (firm[1].casefold(), firm[0]))


def _zone(viewer: Viewer) -> str:
    return next(iter(viewer.zones.values()), "UTC")
