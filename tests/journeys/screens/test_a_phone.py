"""On a phone: a problem is reported with a photo in a few taps, and every place is under the thumb."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import Cast
from tests.journeys.screens.browsing import PHONE, Visitor, needs_chromium
from tests.journeys.screens.world import a_photo

AS_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
FINGER = 44


@needs_chromium
def test_a_problem_is_reported_with_a_photo_in_five_taps(cast: Cast, visit: Callable[..., Visitor]) -> None:
    dele = visit(cast.dele, **AS_A_PHONE)
    dele.go("/")
    taps = [
        dele.page.get_by_label("What is wrong?"),
        dele.page.locator("label", has_text="Partly"),
        dele.page.locator("label", has_text="Fennimore IT"),
        dele.page.locator("label", has_text="Add a photo"),
        dele.page.get_by_role("button", name="Send"),
    ]
    assert [box["height"] >= FINGER for tap in taps if (box := tap.bounding_box())] == [True] * 5

    taps[0].tap()
    dele.type("The scanners in finishing drop off the Wi-Fi")
    taps[1].tap()
    taps[2].tap()
    with dele.page.expect_file_chooser() as chooser:
        taps[3].tap()
    chooser.value.set_files({"name": "access point.png", "mimeType": "image/png", "buffer": a_photo()})
    shown = dele.page.locator("[name=photo]").bounding_box()  # the browser writes the name of the picture into it
    assert shown is not None
    assert shown["width"] > 100
    with dele.next_page():
        taps[4].tap()

    assert dele.heading() == "We have it: request 1."
    assert "A person answers you by Tue 24 Nov, 09:40." in dele.page.inner_text("main")
    with dele.next_page():
        dele.page.get_by_role("link", name="Go to the request").tap()
    assert dele.heading() == "The scanners in finishing drop off the Wi-Fi"
    picture = dele.page.locator(".talk img")
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 640
    assert "Fennimore IT has it." in dele.page.inner_text(".settle")


@needs_chromium
def test_all_places_stand_under_the_thumb(cast: Cast, visit: Callable[..., Visitor]) -> None:
    ruth = visit(cast.ruth, **AS_A_PHONE)
    ruth.go("/")
    places = ruth.page.locator("header nav a")
    assert places.count() == 5
    for n in range(5):
        box = places.nth(n).bounding_box()
        assert box is not None
        assert box["height"] >= FINGER
        assert PHONE["height"] - 100 < box["y"] + box["height"] <= PHONE["height"]
        path = places.nth(n).get_attribute("href")
        with ruth.next_page():
            places.nth(n).tap()
        assert ruth.path() == path
        assert ruth.page.locator("header nav a[aria-current]").count() == 1
