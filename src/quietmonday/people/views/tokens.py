"""Programs that act in one's own name: their API tokens."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quietmonday.people.access import Viewer, ViewerRequest, grave, own_token, signed_in
from quietmonday.people.actions.tokens import make_token, revoke_token
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.forms.tokens import NewTokenForm, scopes_in_words
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.queries.tokens import tokens_of
from quietmonday.people.views.pages import form_page, posted


@require_safe
@signed_in
def own(request: ViewerRequest) -> HttpResponse:
    """Say which programs act in one's name."""
    account: Any = request.user
    tokens = tokens_of(account, request.viewer, request.moment)
    context = {
        "tokens": [(line, scopes_in_words(line.token.scopes)) for line in tokens],
        "working": sum(line.works for line in tokens),
        "now": request.moment,
        "zone": next(iter(request.viewer.zones.values()), "UTC"),
    }
    return render(request, "people/tokens.html", context)


@sensitive_variables("text")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def new(request: ViewerRequest) -> HttpResponse:
    """Make a token; its text is shown in the answer to the button, and never again."""
    account: Any = request.user
    form = NewTokenForm(posted(request), firms=firms_of(request.viewer))
    if form.is_valid():
        try:
            token, text = make_token(
                account=account,
                name=form.cleaned_data["name"],
                scopes=form.scopes(),
                firm=form.chosen_firm(),
                expires_at=request.moment + dt.timedelta(days=form.cleaned_data["days"]),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            zone = next(iter(request.viewer.zones.values()), "UTC")
            context = {"token": token, "text": text, "zone": zone, "now": request.moment}
            return render(request, "people/token_made.html", context)
    return form_page(
        request,
        form,
        sentence=_("Which program shall act in your name?"),
        text=_("It gets a token, which is like a password: whoever has it does what you allow here, as you."),
        button=_("Make the token"),
        back=reverse("people:tokens"),
    )


@require_POST
@signed_in
def revoked(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a token back. Nobody is asked anew who they are: who fears a leak is quick."""
    revoke_token(token=own_token(request.viewer, ref), now=request.moment)
    messages.success(request, _("The token is taken back. It opens nothing any more."))
    return redirect("people:tokens")


def firms_of(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the firms to which a token can be held, by name."""
    refs = viewer.businesses() | viewer.sees.suppliers
    return sorted(((ref, viewer.place_names[ref]) for ref in refs), key=lambda firm: (firm[1].casefold(), firm[0]))
