"""Signing in, or showing once more who one is, at somebody else's: Microsoft Entra, Google Workspace, Keycloak.

One asks by POST, so that no other site can; the way there is a page that leads on, because browsers let no form of ours
end at another host. The way back is a GET, as the standard has it: it does nothing but for the session that asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from quietmonday.kit.clock import now
from quietmonday.people.access import ViewerRequest, grave, own_identity, signed_in
from quietmonday.people.actions.identities import bind_identity, end_identity, identity_of
from quietmonday.people.actions.providers import answer_of, ask
from quietmonday.people.actions.sign_in import limited
from quietmonday.people.logic.id_tokens import LEEWAY, Claims
from quietmonday.people.logic.providers import Provider
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account
from quietmonday.people.queries import may_sign_in
from quietmonday.people.queries.second_factors import label_of, needs_second_factor

ASKED = "people.asked_providers"  # in the session: state → the question, its purpose, where to go on
MOST_ASKED = 4  # of one browser, in as many windows
ASKED_SECONDS = 600


@require_POST
def sign_in_with(request: HttpRequest, name: str) -> HttpResponse:
    """Begin to sign in at a provider."""
    limited(request, "provider", "")
    if request.user.is_authenticated:
        return redirect("/")
    return _to(request, _provider(name), purpose="in", back=reverse("account_login"))


@require_POST
@signed_in
def shown_with(request: ViewerRequest, name: str) -> HttpResponse:
    """Begin to show at a provider once more who one is."""
    limited(request, "provider", "")
    return _to(request, _provider(name), purpose="again", back=reverse("people:again"))


@require_POST
@signed_in
@grave
def bind(request: ViewerRequest, name: str) -> HttpResponse:
    """Begin to let a provider sign oneself in."""
    limited(request, "provider", "")
    return _to(request, _provider(name), purpose="bind", back=reverse("people:ways"))


@require_GET
@never_cache
@sensitive_variables()
def back(request: HttpRequest, name: str) -> HttpResponse:
    """Take in what somebody brings back from a provider. As often as they asked, which is limited; no GET would be."""
    provider = _provider(name)
    kept = _asked(request)
    if kept is None:
        return _refusal(request, provider, "provider_stale", reverse("account_login"))
    try:
        claims = answer_of(provider, kept, request.GET.dict())
        if kept["purpose"] == "in":
            return _sign_in(request, provider, claims, kept)
        account = _who_asked(request, kept)
        return (_show_again if kept["purpose"] == "again" else _bind)(request, provider, account, claims, kept)
    except Refused as refused:
        return _refusal(request, provider, refused.rule, kept["back"])


@require_POST
@signed_in
@grave
def identity_ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let a provider sign oneself in no more."""
    identity = own_identity(request.viewer, ref)
    label = label_of(identity)
    end_identity(identity=identity, label=label, now=request.moment)
    messages.success(request, _("%(provider)s can no longer sign you in.") % {"provider": label})
    return redirect("people:ways")


def _provider(name: str) -> Provider:
    found: Provider | None = settings.SIGN_IN_PROVIDERS.get(name)
    if found is None:
        raise Http404
    return found


def _to(request: Any, provider: Provider, *, purpose: str, back: str) -> HttpResponse:
    """Send the browser to the provider, and remember in its session what was asked."""
    target = request.POST.get("next", "")
    try:
        question = ask(provider, anew=purpose == "again")
    except Refused as refused:
        return _refusal(request, provider, refused.rule, back)
    asked = request.session.get(ASKED, {})
    newest = sorted(asked.items(), key=lambda each: float(each[1]["at"]))[-(MOST_ASKED - 1) :]
    kept = {
        **question.kept,
        "purpose": purpose,
        "account": str(request.user.pk) if request.user.is_authenticated else "",
        "target": target if get_adapter(request).is_safe_url(target) else "",
        "back": back,
        "at": now().timestamp(),
    }
    request.session[ASKED] = {**dict(newest), question.state: kept}
    response = render(request, "people/provider_going.html", {"provider": provider, "url": question.url})
    response.headers["Refresh"] = f"0; url={question.url}"
    return response


def _asked(request: HttpRequest) -> Any:
    """Return what this session asked under the state that came back, once; None if nothing, or too long ago."""
    asked = request.session.get(ASKED, {})
    kept = asked.pop(request.GET.get("state", ""), None)
    if kept is None:
        return None
    request.session[ASKED] = asked
    return kept if 0 <= now().timestamp() - kept["at"] < ASKED_SECONDS else None


def _sign_in(request: HttpRequest, provider: Provider, claims: Claims, kept: Mapping[str, Any]) -> HttpResponse:
    account = identity_of(claims=claims, label=provider.label, now=now()).account
    _record(request, account, claims)
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=kept["target"] or None))
    return response


def _show_again(
    request: HttpRequest, provider: Provider, account: Account, claims: Claims, kept: Mapping[str, Any]
) -> HttpResponse:
    """Whoever came back is the one who asked, and showed it to the provider after that."""
    identity = identity_of(claims=claims, label=provider.label, now=now(), may_bind=False)
    if identity.account_id != account.pk:
        raise Refused("provider_unknown")
    if claims.shown_at is None or claims.shown_at < float(kept["at"]) - LEEWAY:
        raise Refused("provider_not_shown")
    if needs_second_factor(account) and not claims.mfa:
        raise Refused("provider_one_factor")
    _record(request, account, claims, reauthenticated=True)
    return redirect(kept["target"] or "/")


def _bind(
    request: HttpRequest, provider: Provider, account: Account, claims: Claims, kept: Mapping[str, Any]
) -> HttpResponse:
    bind_identity(account=account, claims=claims, label=provider.label, now=now())
    messages.success(request, _("From now on %(provider)s can sign you in.") % {"provider": provider.label})
    return redirect("people:ways")


def _who_asked(request: HttpRequest, kept: Mapping[str, Any]) -> Account:
    account: Any = request.user
    if not account.is_authenticated or str(account.pk) != kept["account"] or not may_sign_in(account, now()):
        raise Refused("provider_stale")
    return account  # type: ignore[no-any-return]  # an Account: signed in


def _record(request: HttpRequest, account: Account, claims: Claims, **more: Any) -> None:
    """Note it as old as it is: who was signed in at the provider since this morning shows nothing now."""
    shown_at = min(claims.shown_at, now().timestamp()) if claims.shown_at else 0.0
    record_authentication(request, account, method="provider", at=shown_at, mfa=claims.mfa, **more)


def _refusal(request: HttpRequest, provider: Provider, rule: str, back: str) -> HttpResponse:
    context = {"provider": provider, "rule": rule, "back": back}
    return render(request, "people/provider_refused.html", context, status=503 if rule == "provider_down" else 422)
