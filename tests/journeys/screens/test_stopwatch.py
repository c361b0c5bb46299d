"""Two stories by the stopwatch: a call logged by keyboard alone, and a report with a photo from a phone.

What a person does is counted and asserted: keys pressed, taps. How long the product took is printed: the seconds of
a busy test machine prove nothing about anybody's.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from quietmonday.people.models import Person
from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import Resolution, Ticket
from quietmonday.work.models import TimeEntry
from tests.cast import Cast
from tests.journeys.screens.browsing import PHONE, Visitor, needs_chromium
from tests.journeys.screens.moments import at
from tests.journeys.screens.test_from_report_to_monday import NO_MOUSE
from tests.journeys.screens.world import a_photo
from tests.support.scene import actor, asked

KEYS_A_SECOND = 4
"""How fast somebody types who also listens: half of what a practised typist does."""

SECONDS_FOR_A_CALL, SECONDS_FOR_A_REPORT, SECONDS_A_TAP = 15, 10, 1


class Fingers:
    """What somebody presses, counted."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.pressed, self.began = visitor, 0, time.perf_counter()

    def keys(self, *names: str) -> None:
        """Press keys that are no letters of a word."""
        self.pressed += len(names)
        self.visitor.keys(*names)

    def type(self, text: str) -> None:
        """Type a word."""
        self.pressed += len(text)
        self.visitor.type(text)

    def tab_to(self, words: str, most: int) -> None:
        """Press Tab until the focus stands on `words`, and count each."""
        for _ in range(most):
            self.keys("Tab")
            if words in self.visitor.focused():
                return
        raise AssertionError(f"{most} times Tab did not come to {words!r}")

    def told(self, what: str) -> None:
        """Say how long it took the product and the browser."""
        print(f"{what}: {self.pressed} keys or taps, {time.perf_counter() - self.began:.1f} s in the browser")


def met(cast: Cast) -> None:
    """Dele rang before, so Sam's firm knows him; he has a number."""
    Person.objects.filter(pk=cast.dele.person.pk).update(phone="+44 20 7946 0511")
    before = asked(cast, "The scale shows nonsense", at=at(16, 9))
    resolve(ticket=before, kind="fixed", actor=actor(cast.sam), now=at(16, 10))
    asked(cast, "Toner for the office printer", by=cast.dele, at=at(20, 9))


@needs_chromium
def test_a_call_is_logged_by_keyboard_alone(cast: Cast, visit: Callable[..., Visitor]) -> None:
    met(cast)
    sam = visit(cast.sam)
    sam.page.add_init_script(NO_MOUSE)
    sam.go("/queue/")
    fingers = Fingers(sam)
    with sam.next_page():
        fingers.keys("c")
    assert sam.focused().startswith("Who is calling?")
    fingers.type("dele")
    sam.page.locator("#callers").get_by_text("Dele Adeyemi, Oakhurst Joinery").wait_for()
    fingers.tab_to("What is it, in one line?", 4)
    fingers.type("Label printer blank")
    fingers.tab_to("Working again, for good", 3)
    fingers.keys("Space")
    fingers.tab_to("Minutes it took", 3)
    fingers.type("4")
    with sam.next_page():
        fingers.keys("Control+Enter")
    fingers.told("a call that was solved")

    ticket = Ticket.objects.get(subject="Label printer blank")
    assert (ticket.source, ticket.state, ticket.requester_id) == ("phone", "resolved", cast.dele.person.pk)
    assert Resolution.objects.get(ticket=ticket).kind == "fixed"
    assert TimeEntry.objects.get().minutes == 4
    assert "Answered on the phone" in sam.page.inner_text(".verd")
    assert fingers.pressed <= SECONDS_FOR_A_CALL * KEYS_A_SECOND


@needs_chromium
def test_a_call_with_a_promise_from_a_number_is_logged_from_any_page(cast: Cast, visit: Callable[..., Visitor]) -> None:
    met(cast)
    sam = visit(cast.sam)
    sam.page.add_init_script(NO_MOUSE)
    sam.go("/people/")
    fingers = Fingers(sam)
    with sam.next_page():
        fingers.keys("c")
    fingers.type("0511")
    sam.page.locator("#callers").get_by_text("Dele Adeyemi, Oakhurst Joinery").wait_for()
    fingers.tab_to("What is it, in one line?", 4)
    fingers.type("Scanner beeps")
    fingers.tab_to("Working again, for good", 3)
    fingers.keys("ArrowDown", "ArrowDown")
    assert sam.focused() == "We work on it"
    fingers.tab_to("Next word by", 2)
    with sam.next_page():
        fingers.keys("Control+Enter")
    fingers.told("a call with a promise")

    ticket = Ticket.objects.get(subject="Scanner beeps")
    assert ticket.next_word_by is not None
    assert ticket.next_word_by > dt.datetime.now(dt.UTC)
    assert ticket.assignee_id == cast.sam.person.pk
    assert fingers.pressed <= SECONDS_FOR_A_CALL * KEYS_A_SECOND


@needs_chromium
def test_a_call_about_an_open_request_joins_it(cast: Cast, visit: Callable[..., Visitor]) -> None:
    met(cast)
    sam = visit(cast.sam)
    sam.page.add_init_script(NO_MOUSE)
    sam.go("/queue/")
    fingers = Fingers(sam)
    with sam.next_page():
        fingers.keys("c")
    fingers.type("dele")
    sam.page.locator("#callers").get_by_text("Toner for the office printer").wait_for()
    fingers.tab_to("Something new", 3)
    fingers.keys("ArrowDown")
    assert "Toner for the office printer" in sam.focused()
    fingers.tab_to("What they said, and what you did", 2)
    fingers.type("Two, black")
    fingers.tab_to("Working again, for good", 2)
    fingers.keys("ArrowUp")
    assert sam.focused() == "Only on record"
    with sam.next_page():
        fingers.keys("Control+Enter")
    fingers.told("a call about an open request")
    assert sam.heading() == "Toner for the office printer"
    assert "Two, black" in sam.page.inner_text(".talk")
    assert fingers.pressed <= SECONDS_FOR_A_CALL * KEYS_A_SECOND


@needs_chromium
def test_a_report_with_a_photo_comes_from_a_phone(cast: Cast, visit: Callable[..., Visitor]) -> None:
    dele = visit(cast.dele, viewport=PHONE, has_touch=True, is_mobile=True)
    dele.go("/")
    fingers = Fingers(dele)
    page = dele.page
    assert page.locator("[name=photo]").get_attribute("capture") == "environment"
    page.get_by_label("What is wrong?").tap()
    dele.type("Scanner dead")  # said to the phone, or typed: twelve letters
    page.locator("label", has_text="Partly").tap()
    with page.expect_file_chooser() as chooser:
        page.locator("label", has_text="Add a photo").tap()
    chooser.value.set_files({"name": "scanner.png", "mimeType": "image/png", "buffer": a_photo()})
    with dele.next_page():
        page.get_by_role("button", name="Send").tap()
    taps = 4
    fingers.pressed = taps + len("Scanner dead")
    fingers.told("a report with a photo")

    assert dele.heading() == "We have it: request 1."
    seen = page.inner_text("main")
    assert "A person answers you by" in seen
    assert "Say the number 1." in seen
    ticket = Ticket.objects.get()
    assert ticket.messages.get().attachments.count() == 1
    assert taps * SECONDS_A_TAP + len("Scanner dead") / KEYS_A_SECOND <= SECONDS_FOR_A_REPORT
