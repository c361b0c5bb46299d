"""The step between a password or a mailed code and being signed in, for accounts with a second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from quietmonday.people.queries.second_factors import needs_second_factor


class SecondFactorStage(LoginStage):  # type: ignore[misc]  # allauth ships no types
    """Asks for a passkey, a code of the app or a recovery code. A passkey that began the sign-in was both already,
    and so was a provider that asked for a second factor itself, where the installation takes its word for that."""

    key = "second_factor"
    urlname = "account_second_factor"

    def handle(self) -> tuple[HttpResponseRedirect | None, bool]:
        account: Any = self.login.user
        if account is None or not needs_second_factor(account) or _was_both(self.request, account):
            return None, True
        # Whoever signs in by a mailed code brought along where to go on with this very request only.
        self.login.redirect_url = self.login.redirect_url or get_next_redirect_url(self.request)
        return HttpResponseRedirect(reverse(self.urlname)), True


def _was_both(request: HttpRequest, account: Any) -> bool:
    records = get_authentication_records(request, account)
    return any(
        record.get("method") == "passkey" or (record.get("method") == "provider" and record.get("mfa") is True)
        for record in records
    )
