"""Signing in: what allauth asks of us. Its defaults are narrowed wherever they would tell or do more than needed.

- To an unknown address it would send a mail that says so. We send none, and do the same work and roll it back, so that
  neither the page nor its time tells who is known.
- It counts failed passwords by Host header and address: another Host would start a fresh count, and five tries from
  anywhere would lock an owner out. We count by address and network, and by address alone with a higher limit.
- `next=` could be any host that we answer to: we take a path only.
- A script's Accept header would turn its pages into JSON: it does not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit.clock import now as present
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.people.actions.sessions import remember_browser, write_sign_in
from quietmonday.people.logic.addresses import LONGEST, normal_address
from quietmonday.people.models import Account
from quietmonday.people.queries import account_that_may_sign_in, may_sign_in

CODE_MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up; codes go to known accounts only; limits cannot be walked round."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This address and this password do not belong together. Try again, or have a code mailed to you."
        ),
        "incorrect_code": gettext_lazy("That is not the code we mailed. Compare it letter by letter."),
        "too_many_login_attempts": gettext_lazy("That was the third wrong code. It is void now: ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        # The pages say what happened; of allauth's messages only those remain that have no page.
        if message:
            super().add_message(request, level, message=message, extra_tags=extra_tags)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        address = _counted(str(credentials.get("email", "")))
        used = []
        for action, key in (
            ("login_failed", f"{address} {ratelimit.get_ip(request)}"),
            ("login_failed_anywhere", address),
        ):
            usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if usage is None:
                raise ImmediateHttpResponse(ratelimit.respond_429(request))
            used += usage.usage
        # The base class takes this back after a right password, so that only wrong ones count.
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(usage=used)

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "quietmonday.people.actions.second_stage.SecondFactorStage"]

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        records = get_authentication_records(request, user)
        how = str(records[0]["method"]) if records else "link"
        write_sign_in(request, user, how, present())
        remember_browser(request, response, user)
        return response

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:
        if not may_sign_in(user, present()):
            from allauth.account.internal.stagekit import clear_login  # it imports this adapter

            clear_login(request)
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]  # a redirect
        return None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix != "account/email/login_code":
            raise NotImplementedError(f"no mail of the kind {template_prefix} is sent")
        moment = present()
        account = account_that_may_sign_in(email, moment)
        mail_code(account=account, code=str(context["code"]), now=moment)


def mail_code(*, account: Account | None, code: str, now: dt.datetime) -> None:
    """Write down the mail with a sign-in code. Without an account the same is done and rolled back."""
    with transaction.atomic():
        ref = new_id()
        enqueue_mail(
            key=f"people.code:{ref}",
            recipient=account.email if account else "nobody@invalid.example",
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=_("Your code for Quiet Monday"),
            text=_(
                "Your code is %(code)s\n\n"
                "Type it on the page where you asked for it, within %(minutes)d minutes. It works once.\n\n"
                "If you did not ask for it, somebody typed your address. Without this code they cannot get in; "
                "you need not do anything.\n"
            )
            % {"code": code, "minutes": CODE_MINUTES},
            headers={"Auto-Submitted": "auto-generated"},
            message_id=f"<code.{ref}@{settings.HOST}>",
            now=now,
        )
        if account is None:
            transaction.set_rollback(True)


def limited(request: HttpRequest, action: str, key: str) -> None:
    """Count one try of `action`; end the request with the 429 page when there were too many."""
    if ratelimit.consume(request, app="allauth.account", action=action, key=key) is None:
        raise ImmediateHttpResponse(ratelimit.respond_429(request))


def _counted(typed: str) -> str:
    """Return one key for every spelling of an address; nonsense counts as what it is, cut short."""
    return normal_address(typed) or typed.strip().lower()[:LONGEST]
