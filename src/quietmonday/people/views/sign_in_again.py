"""The second step of signing in, signing in by passkey, and showing once more who one is."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_adapter
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.kit.clock import now
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.actions.codes import use_code
from quietmonday.people.actions.passkeys import ask_to_sign, use_passkey
from quietmonday.people.actions.second_stage import SecondFactorStage
from quietmonday.people.actions.sign_in import CODE_MINUTES, limited, mail_code
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.forms.second_factors import AgainPasswordForm, CodeForm, MailedCodeForm, PasskeyForm
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account
from quietmonday.people.queries.second_factors import Ways, shown_elsewhere, ways_of
from quietmonday.people.views.second_factors import PASSKEY_STATE, origin_of

MAILED = "people.mailed_again"  # in the session: hash and time of a code that was mailed to show who one is
MOST_TRIES = 3


@require_POST
def by_passkey(request: Any) -> HttpResponse:
    """Sign in by passkey alone. Without an answer: what the browser has to ask the device, as JSON."""
    limited(request, "passkey", "")
    if "credential" not in request.POST:
        asked = ask_to_sign(None, origin_of(request))
        request.session[PASSKEY_STATE] = asked.state
        return JsonResponse(asked.options)
    form = PasskeyForm(request.POST)
    state = request.session.pop(PASSKEY_STATE, None)
    if form.is_valid():
        try:
            used = use_passkey(
                account=None, origin=origin_of(request), state=state, answer=form.cleaned_data["credential"], now=now()
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            record_authentication(request, used.account, method="passkey")
            target = request.POST.get("next", "")
            login = Login(user=used.account, redirect_url=target if get_adapter(request).is_safe_url(target) else None)
            response: HttpResponse = perform_login(request, login)
            return response
    return render(request, "people/passkey_refused.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]  # allauth ships no types
def second(request: Any) -> HttpResponse:
    """Ask for the second factor."""
    stage = request._login_stage
    account: Account = stage.login.user
    ways = ways_of(account)
    code_form, passkey_form = CodeForm(), PasskeyForm()
    if request.method == "POST":
        limited(request, "second_factor", str(account.pk))
        form: CodeForm | PasskeyForm
        if "credential" in request.POST:
            form = passkey_form = PasskeyForm(request.POST)
        else:
            form = code_form = CodeForm(request.POST)
        if form.is_valid():
            try:
                method = _second_factor(request, account, form)
            except Refused as refused:
                say_why(form, refused)
            else:
                record_authentication(request, account, method=method)
                response: HttpResponse = stage.exit()
                return response
    context = {"ways": ways, "code_form": code_form, "passkey_form": passkey_form, **_asking(request, account, ways)}
    return render(
        request, "people/second_factor.html", context, status=422 if code_form.errors or passkey_form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
@signed_in
def again(request: ViewerRequest) -> HttpResponse:
    """Show once more who one is, then go on to what one wanted."""
    account: Any = request.user
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not get_adapter(request).is_safe_url(target):
        target = "/"
    ways = ways_of(account)
    forms = {
        "password": AgainPasswordForm(),
        "code": CodeForm(),
        "passkey": PasskeyForm(),
        "mailed": MailedCodeForm(),
    }
    way = request.POST.get("way", "")
    if request.method == "POST":
        limited(request, "second_factor", str(account.pk))
    if way == "mail" and not ways.second:
        _mail_again(request, account)
    elif way in forms and request.method == "POST":
        form = forms[way] = type(forms[way])(request.POST)
        if form.is_valid():
            try:
                method = _shown(request, account, ways, way, form)
            except Refused as refused:
                say_why(form, refused)
            else:
                record_authentication(request, account, method=method, reauthenticated=True)
                return redirect(target)
    context = {
        "ways": ways,
        "forms": forms,
        "next": target,
        "mailed": MAILED in request.session,
        "providers": shown_elsewhere(account, second=ways.second),
        **_asking(request, account, ways),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "people/again.html", context, status=status)


def _second_factor(request: Any, account: Account, form: Any) -> str:
    if isinstance(form, PasskeyForm):
        state = request.session.pop(PASSKEY_STATE, None)
        use_passkey(
            account=account, origin=origin_of(request), state=state, answer=form.cleaned_data["credential"], now=now()
        )
        return "passkey"
    return use_code(account=account, typed=form.cleaned_data["code"], now=now())


def _shown(request: Any, account: Account, ways: Ways, way: str, form: Any) -> str:
    """Return how they showed it. Raises Refused. A mailed code shows nothing where a second factor is asked for."""
    if way == "password":
        if not (ways.password and account.check_password(form.cleaned_data["password"])):
            raise Refused("password")
        return way
    if way == "mailed":
        if ways.second or not _is_mailed(request, form.cleaned_data["code"]):
            raise Refused("mailed")
        return "code"
    return _second_factor(request, account, form)


def _mail_again(request: Any, account: Account) -> None:
    limited(request, "request_login_code", account.email)
    code = get_adapter(request).generate_login_code()
    mail_code(account=account, code=code, now=now())
    request.session[MAILED] = {"hash": _hash(code), "at": now().timestamp(), "tries": 0}


def _is_mailed(request: Any, typed: str) -> bool:
    kept = request.session.pop(MAILED, None)
    if not isinstance(kept, dict) or not 0 <= now().timestamp() - kept["at"] < CODE_MINUTES * 60:
        return False
    if secrets.compare_digest(kept["hash"], _hash(typed)):
        return True
    if kept["tries"] + 1 < MOST_TRIES:
        request.session[MAILED] = {**kept, "tries": kept["tries"] + 1}
    return False


def _hash(code: str) -> str:
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _asking(request: Any, account: Account, ways: Ways) -> dict[str, Any]:
    """Return what the page asks the device, and remember it."""
    if not ways.passkeys:
        return {}
    asked = ask_to_sign(account, origin_of(request))
    request.session[PASSKEY_STATE] = asked.state
    return {"asked": asked.options}
