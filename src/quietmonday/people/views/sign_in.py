"""Signing in and out, and one's own password."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStage
from allauth.account.utils import get_adapter
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.kit.clock import now
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.actions.sessions import remember_browser, write_sign_in
from quietmonday.people.actions.sign_in import limited
from quietmonday.people.actions.sign_in_links import use_link
from quietmonday.people.forms.sign_in import AskForCodeForm, PasswordForm, SignInForm, TypeCodeForm

FRESH_SECONDS = 600
"""For so long after signing in by code or link, a new password needs no old one: the code replaces a reset."""


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """Address and password."""

    template_name = "people/sign_in.html"
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "providers": settings.SIGN_IN_PROVIDERS.values()}

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        clear_login(request)  # somebody who mistyped the address of a code starts again here


class AskForCode(RequestLoginCodeView):  # type: ignore[misc]  # as above
    """Asking for a code by mail. Known or not, the next page is the same."""

    template_name = "people/ask_for_code.html"
    form_class = AskForCodeForm

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        clear_login(request)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: AskForCodeForm) -> HttpResponse:
        if form._user is None:  # the same work as for a known address, rolled back
            adapter = get_adapter(self.request)
            code = adapter.generate_login_code()
            adapter.send_mail("account/email/login_code", form.cleaned_data["email"], {"code": code})
        response: HttpResponse = super().form_valid(form)
        return response


class TypeCode(ConfirmLoginCodeView):  # type: ignore[misc]  # as above
    """Typing the code: three tries for each."""

    template_name = "people/type_code.html"
    form_class = TypeCodeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # allauth counts tries in the session, which two requests at the same moment both read before either writes.
        limited(request, "confirm_login_code", f"{request.session.session_key} {self._process.state['at']}")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


# allauth's views take a PUT for a POST.
_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
sign_in = _get_or_post(sensitive_post_parameters("password")(SignIn.as_view()))
ask_for_code = _get_or_post(AskForCode.as_view())
type_code = _get_or_post(TypeCode.as_view())


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """Say that the account holds no role any more."""
    return render(request, "people/closed.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in_once(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; pressing it uses the link. A prefetch presses nothing."""
    if request.method != "POST":
        return render(request, "people/sign_in_once.html")
    account = use_link(token=token, now=now())
    if account is None:
        return render(request, "people/link_used.html", status=410)
    get_adapter(request).login(request, account)
    record_authentication(request, account, method="link")
    write_sign_in(request, account, "link", now())
    response = redirect("/")
    remember_browser(request, response, account)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return redirect("account_login")


@sensitive_variables("form")
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: ViewerRequest) -> HttpResponse:
    """Set or change one's own password; every other session of the account ends."""
    account: Any = request.user
    needs_old = account.has_usable_password() and not _signed_in_freshly(request)
    if request.method == "POST":
        limited(request, "change_password", str(account.pk))
    form = PasswordForm(request.POST or None, account=account, needs_old=needs_old)
    if form.is_valid():
        changed = set_password(
            account=account, password=form.cleaned_data["new"], actor=request.viewer.actor(), now=request.moment
        )
        update_session_auth_hash(request, changed)
        messages.success(request, _("Your new password holds. You are signed out everywhere else."))
        return redirect("/")
    status = 422 if form.is_bound else 200
    return render(
        request, "people/password.html", {"form": form, "has_one": account.has_usable_password()}, status=status
    )


def _signed_in_freshly(request: ViewerRequest) -> bool:
    account: Any = request.user
    records = get_authentication_records(request, account)
    if not records or records[-1].get("method") not in {"code", "link"}:
        return False
    return 0 <= request.moment.timestamp() - float(records[-1]["at"]) < FRESH_SECONDS
