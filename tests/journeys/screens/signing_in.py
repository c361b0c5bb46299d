"""The pages of how one signs in, in the states that a person may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyotp
from django.urls import reverse
from fido2.utils import websafe_encode

from quietmonday.people.actions.codes import renew_recovery_codes, set_code_app
from quietmonday.people.models import Identity, Passkey, SignIn
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.people.device import SEED, Device
from tests.people.providers import CONTOSO
from tests.people.signing_in import PASSWORD, with_password


def signing_in(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights: of Kim, who has nothing yet, and of Jo, who has all but a password."""
    jo, kim = world.cast.jo, world.cast.kim
    yield sight("ways-none", kim, "people:ways")
    yield sight("new-passkey", kim, "people:new_passkey")
    yield sight("code-app", kim, "people:code_app")
    yield sight("code-app-refused", kim, "people:code_app", then=_wrong_code)
    yield sight("show-again-by-mail", kim, "people:again")
    yield sight("show-again-mailed", kim, "people:again", then=sent("main form"))
    _give_everything(jo)
    yield sight("ways-all", jo, "people:ways")
    yield sight("recovery-codes-ask", jo, "people:recovery_codes")
    yield sight("recovery-codes", jo, "people:recovery_codes", then=sent("main form"))
    yield sight("show-again", jo, "people:again")
    yield sight("show-again-refused", jo, "people:again", then=_wrong_code)
    _give_everything(world.cast.lee)
    with_password(world.cast.lee)  # it ends the sessions of before
    yield sight("provider-refused", None, "people:provider_back", ("contoso",), "?state=x&code=y", status=422)
    yield sight("second-step", None, "account_second_factor", then=_by_password)
    yield sight(
        "second-step-refused", None, "account_second_factor", then=lambda visitor: _wrong_code(_by_password(visitor))
    )


def _give_everything(member: Any) -> None:
    device, account = Device(), member.account
    set_code_app(account=account, seed=SEED, typed=pyotp.TOTP(SEED).at(NOW), now=NOW)
    renew_recovery_codes(account=account, now=NOW)
    Identity.objects.create(
        account=account,
        issuer=CONTOSO.issuer,
        subject=str(account.pk),
        email=account.email,
        made_at=NOW,
        last_used_at=NOW,
    )
    Passkey.objects.create(
        account=account,
        name="The phone with the green case",
        credential_id=websafe_encode(device.credential_id),
        attested=bytes(device.attested()),
        made_at=NOW,
    )
    SignIn.objects.create(
        account=account,
        session_key=f"elsewhere {account.pk}"[:40],
        browser="Firefox, Windows",
        network="192.0.2.7",
        how="code",
        at=NOW,
    )


def _wrong_code(visitor: Visitor) -> Visitor:
    visitor.page.fill("[name=code]", "000000")
    with visitor.next_page():
        visitor.page.eval_on_selector(
            "form:has([name=code])", "form => { form.noValidate = true; form.requestSubmit() }"
        )
    return visitor


def _by_password(visitor: Visitor) -> Visitor:
    visitor.context.clear_cookies()
    visitor.go(reverse("account_login"))
    visitor.page.fill("[name=login]", "lee@brightwell.example")
    visitor.page.fill("[name=password]", PASSWORD)
    with visitor.next_page():
        visitor.page.eval_on_selector("#by-password", "form => form.requestSubmit()")
    return visitor
