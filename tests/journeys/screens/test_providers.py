"""Signing in at a real provider, in a real browser: what no other test sees is what the browser itself allows."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser

from quietmonday.people.models import Identity
from tests.cast import Cast
from tests.journeys.screens.browsing import Visitor, needs_chromium
from tests.people.providers import started
from tests.people.real_provider import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@needs_chromium
def test_somebody_signs_in_at_their_firms_provider_and_shows_it_again_there(
    cast: Cast, browser: Browser, address: str, clock: Any, settings: Any, tmp_path: Path
) -> None:
    clock.move_to(dt.datetime.fromtimestamp(time_machine.escape_hatch.time.time(), dt.UTC))  # the provider's clock
    with started(tmp_path, f"{address}/sign-in/with/contoso/back/") as real:
        settings.SIGN_IN_PROVIDERS = {"contoso": real.provider()}
        real.tells(ruth={"email": cast.ruth.email, "email_verified": True})
        visitor = Visitor(browser, address)
        page = visitor.page
        visitor.go("/sign-in/?next=/people/")
        page.click("text=Sign in with Contoso")
        page.wait_for_selector("[name=username]")
        assert page.url.startswith(real.issuer)
        page.fill("[name=username]", "ruth")
        page.fill("[name=password]", PASSWORD)
        page.click("button")
        page.wait_for_url(f"{address}/people/")
        assert Identity.objects.get().account == cast.ruth.account
        assert all(cookie["httpOnly"] for cookie in visitor.context.cookies(address) if cookie["name"] == "sessionid")

        visitor.go(reverse("people:ways"))
        assert "Contoso" in page.inner_text("main")
        visitor.go(reverse("people:again") + "?next=" + reverse("people:recovery_codes"))
        page.click("text=Show it at Contoso")
        page.wait_for_selector("[name=username]")  # it asks although it knows her
        page.fill("[name=username]", "ruth")
        page.fill("[name=password]", PASSWORD)
        page.click("button")
        page.wait_for_url(f"{address}{reverse('people:ways')}")
        assert visitor.complaints == []
        visitor.context.close()
