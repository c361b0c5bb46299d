"""Somebody signs in at the service that gives tokens for a mailbox, and comes back with a code.

What we asked for is bound to the session (state, verifier, mailbox), holds for some minutes, and serves once. The way
there is a link and not a redirect, because our pages let no form lead away.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quietmonday.kit.envelope import SecretUnreadable
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.post.actions.services import client_of
from quietmonday.post.actions.tokens import sign_in_mailbox
from quietmonday.post.jobs import put_reading
from quietmonday.post.jobs.imap import Key, Trouble
from quietmonday.post.jobs.reading import place_of, try_mailbox
from quietmonday.post.jobs.renewing import tokens_for_code
from quietmonday.post.logic.tokens import Tokens, sign_in_address
from quietmonday.post.models import Mailbox
from quietmonday.support.access import mailbox_for
from quietmonday.support.views.ticket import REFUSED, see_other

ASKED = "mailbox_sign_in"
HOLDS = dt.timedelta(minutes=15)


@require_POST
@signed_in
def sign_in(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show the way to the service's page, where somebody signs in as the mailbox."""
    found = mailbox_for(request.viewer, ref)
    if found.service is None or found.service.flow != "person":
        raise Http404
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    try:
        client = client_of(found.service)
    except SecretUnreadable:
        messages.error(request, _("The stored client secret cannot be opened with this root key. Type it in again."))
        return see_other(reverse("support:mail_service", args=[found.service.id]))
    request.session[ASKED] = {
        "mailbox": str(found.id),
        "state": state,
        "verifier": verifier,
        "until": (request.moment + HOLDS).isoformat(),
    }
    way = sign_in_address(
        found.service.authorise_url,
        client,
        kind=found.service.kind,
        redirect_uri=where_they_come_back(),
        state=state,
        verifier=verifier,
        user=found.user,
    )
    context = {"m": found, "way": way, "host": urlsplit(way).netloc, "service": found.service}
    return render(request, "support/mailbox_sign_in.html", context)


@require_GET
@signed_in
def signed_in_there(request: ViewerRequest) -> HttpResponse:
    """Take the code that somebody brings back, once, and only if this session asked for it."""
    asked: dict[str, str] = request.session.get(ASKED) or {}
    if not _is_ours(asked, request.GET.get("state", ""), request.moment):
        return _refused(request, _("This sign-in was not begun here, or too long ago. Nothing was changed."))
    del request.session[ASKED]
    found = mailbox_for(request.viewer, uuid.UUID(asked["mailbox"]))
    code = request.GET.get("code", "")
    if not code or found.service is None:
        return _refused(request, _("The service did not let us in. Nothing was changed."), found)
    try:
        said = tokens_for_code(
            found.service, code=code, redirect_uri=where_they_come_back(), verifier=asked["verifier"]
        )
        if not isinstance(said, Tokens):
            why = _("The service gave no token (%(code)s). Nothing was changed.")
            return _refused(request, why % {"code": said.code or _("it did not say why")}, found)
        wanted = [each.name for each in found.folders.all()]
        try_mailbox(place=place_of(found), key=Key(said.access, is_token=True), wanted=wanted, mailbox=found)
    except Trouble as trouble:
        why = _("The service let us in, but then: %(why)s. Did you sign in as %(user)s?")
        return _refused(request, why % {"why": _(trouble.words), "user": found.user}, found)
    except SecretUnreadable:
        return _refused(request, _("The stored client secret cannot be opened with this root key."), found)
    if not said.refresh and not found.sealed_refresh_token:
        why = _("The service gave a token that ends soon and none to renew it. Does its registration allow that?")
        return _refused(request, why, found)
    sign_in_mailbox(mailbox=found, tokens=said, actor=request.viewer.actor(found.business_id), now=request.moment)
    put_reading(found.id, request.moment)
    messages.success(request, _("Signed in. It is read from now on."))
    return see_other(reverse("support:mailbox", args=[found.id]))


def where_they_come_back() -> str:
    """Return the address that must be registered at the service."""
    return settings.ADDRESS + reverse("support:signed_in_there")


def _is_ours(asked: dict[str, str], state: str, now: dt.datetime) -> bool:
    if not asked or not state:
        return False
    fits = hmac.compare_digest(state.encode(), asked["state"].encode())
    return fits and now < dt.datetime.fromisoformat(asked["until"])


def _refused(request: ViewerRequest, why: str, found: Mailbox | None = None) -> HttpResponse:
    return render(request, "support/mailbox_refused.html", {"why": why, "m": found}, status=REFUSED)
