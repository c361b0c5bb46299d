"""The path of one request, from the report to what the owner reads on Monday: by keyboard, and without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import time_machine
from playwright.sync_api import Route

from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from tests.cast import Cast, Member
from tests.journeys.screens.browsing import Visitor, needs_chromium
from tests.journeys.screens.moments import at
from tests.support.scene import asked

MONDAY = dt.datetime(2026, 11, 30, 7, 31, tzinfo=dt.UTC)
PASSWORD = "copper wagon seven lanterns"
NO_MOUSE = "addEventListener('pointerdown', () => { throw new Error('a mouse was used') }, true)"

Visit = Callable[..., Visitor]


def mailed(who: Member) -> str:
    """Send what waits and return the last mail to somebody."""
    tick(now=dt.datetime.now(dt.UTC), schedule=False)
    return content_of(OutgoingMessage.objects.filter(recipient=who.email).latest("made_at", "id")).text


def link_in(text: str, part: str) -> str:
    """Return the path of the link in a mail that has `part` in it."""
    found = re.search(rf"https?://\S*{part}\S*", text)
    assert found is not None, text
    return urlsplit(found[0]).path


@needs_chromium
def test_from_sign_in_to_settled_by_keyboard_alone(cast: Cast, visit: Visit, clock: time_machine.Traveller) -> None:
    asked(cast, "The label printer is out of paper", by=cast.bill, at=at(23, 13, 20))
    asked(cast, "Scanners lose Wi-Fi", at=at(23, 13, 30))

    sam = visit()
    sam.page.add_init_script(NO_MOUSE)
    sam.go("/")
    sam.tab_to("Mail me a code")
    with sam.next_page():
        sam.keys("Enter")
    sam.tab_to("e-mail address")
    sam.type(cast.sam.email)
    with sam.next_page():
        sam.keys("Enter")
    code = re.search(r"Your code is (\S+)", mailed(cast.sam))
    assert code is not None
    sam.tab_to("code from the mail")
    sam.type(code[1])
    with sam.next_page():
        sam.keys("Enter")
    assert sam.heading() == "Nothing presses. 2 open, 1 client."

    sam.keys("j", "j", "k", "j")
    assert sam.focused() == "Scanners lose Wi-Fi"
    with sam.next_page():
        sam.keys("Enter")
    assert sam.heading() == "Scanners lose Wi-Fi"
    sam.keys("r")
    sam.type("It is the power of the access point. I change it now.")
    sam.tab_to("Next word by", most=2)
    sam.keys("ArrowDown")
    with sam.next_page():
        sam.keys("Control+Enter")
    assert "I change it now." in sam.page.inner_text(".talk")
    assert "Next word to Dele Adeyemi by" in sam.page.inner_text(".promise")
    sam.keys("w")
    sam.tab_to("Working again, for good", most=2)
    with sam.next_page():
        sam.keys("Enter")
    assert "Working again since" in sam.page.inner_text(".promise")

    dele = visit()
    dele.page.add_init_script(NO_MOUSE)
    dele.go(link_in(mailed(cast.dele), "/solved/"))
    assert dele.heading() == "Is it solved?"
    dele.tab_to("Solved", most=6)
    with dele.next_page():
        dele.keys("Enter")
    assert dele.heading() == "You said: solved."

    cast.ruth.account.set_password(PASSWORD)
    cast.ruth.account.save()
    clock.move_to(MONDAY)
    tick(now=MONDAY)
    ruth = visit()
    ruth.page.add_init_script(NO_MOUSE)
    ruth.go("/")
    ruth.tab_to("Your e-mail address")
    ruth.type(cast.ruth.email)
    ruth.keys("Tab")
    ruth.type(PASSWORD)
    with ruth.next_page():
        ruth.keys("Enter")
    assert ruth.heading() == (
        "You asked for help 2 times last week. 1 was taken care of, quickly and for good. 1 is still open, and late."
    )
    ruth.tab_to("Scanners lose Wi-Fi")
    with ruth.next_page():
        ruth.keys("Enter")
    assert "Dele Adeyemi said solved" in ruth.page.inner_text(".verd")


@needs_chromium
def test_the_same_path_without_javascript(cast: Cast, visit: Visit, clock: time_machine.Traveller) -> None:
    scripts: list[str] = []

    def watched(who: Member | None = None) -> Visitor:
        visitor = visit(who, java_script_enabled=False)

        def note(route: Route) -> None:
            scripts.append(route.request.url)
            route.continue_()

        visitor.page.route(re.compile(r"\.js$"), note)
        return visitor

    dele = watched(cast.dele)
    dele.go("/")
    dele.page.get_by_label("What is wrong?").fill("Scanners lose Wi-Fi")
    dele.page.get_by_label("Partly").check()
    dele.page.get_by_label("Fennimore IT").check()
    with dele.next_page():
        dele.page.get_by_role("button", name="Send").click()
    assert dele.heading() == "We have it: request 1."
    assert "A person answers you by" in dele.page.inner_text("main")

    sam = watched(cast.sam)
    sam.go("/")
    with sam.next_page():
        sam.page.get_by_role("link", name="Scanners lose Wi-Fi").click()
    sam.page.get_by_label("Your message").fill("Is it all of them?")
    sam.page.get_by_label("After sending").select_option("customer")
    with sam.next_page():
        sam.page.get_by_role("button", name="Send to Dele Adeyemi").click()
    assert "Our clock stopped here." in sam.page.inner_text(".talk")

    dele.go(link_in(mailed(cast.dele), "/requests/"))
    dele.page.get_by_label("Your message").fill("Only the two at the gate.")
    with dele.next_page():
        dele.page.get_by_role("button", name="Send to Fennimore IT").click()

    clock.shift(dt.timedelta(minutes=20))
    sam.go(sam.path())
    assert "Only the two at the gate." in sam.page.inner_text(".talk")
    sam.page.get_by_text("Held by a workaround until…").click()
    sam.page.get_by_label("Permanent fix by").fill("2026-12-04")
    with sam.next_page():
        sam.page.get_by_role("button", name="It works, held by a workaround").click()

    feedback = watched()
    feedback.go(link_in(mailed(cast.dele), "/solved/"))
    with feedback.next_page():
        feedback.page.get_by_role("button", name="Partly").click()
    assert feedback.heading() == "You said: partly solved."

    clock.move_to(MONDAY)
    tick(now=MONDAY)
    ruth = watched(cast.ruth)
    ruth.go("/")
    assert ruth.heading() == "You asked for help once last week. 1 is held by a workaround."
    assert scripts == []
