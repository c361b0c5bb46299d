"""A passkey in a real browser, with a device that the browser makes up."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from quietmonday.people.models import Passkey
from tests.cast import Cast
from tests.journeys.screens.browsing import Visitor, needs_chromium

pytestmark = pytest.mark.django_db(transaction=True)

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@needs_chromium
def test_a_passkey_is_made_and_opens_alone_as_second_step_and_for_grave_acts(
    cast: Cast, browser: Browser, address: str
) -> None:
    visitor = Visitor(browser, address, cast.ruth)
    page = visitor.page
    told = visitor.context.new_cdp_session(page)
    told.send("WebAuthn.enable")
    device = told.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    visitor.go(reverse("people:ways"))
    page.click("text=Make a passkey")
    assert "Make a passkey on this device" in visitor.heading()
    page.fill("[name=name]", "My phone")
    with visitor.next_page():
        page.click("button:has-text('Make the passkey')")
    assert visitor.path() == reverse("people:recovery_codes")
    assert Passkey.objects.get().name == "My phone"

    page.click("text=Sign out")
    page.wait_for_url("**/sign-in/")
    with visitor.next_page():
        page.click("text=Use your passkey")
    assert visitor.path() != "/sign-in/" and page.locator("text=Sign out").count() == 1

    visitor.go(reverse("people:again") + "?next=/people/")
    with visitor.next_page():
        page.click("text=Use your passkey")
    assert visitor.path() == "/people/"

    told.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})  # a wrong finger
    visitor.go(reverse("people:again"))
    page.click("text=Use your passkey")
    page.wait_for_selector("text=Your device showed no passkey", timeout=15_000)
    assert visitor.complaints == []
    visitor.context.close()
