"""The first run on a bare folder, in the browser: from the one line it prints to requests out of a file of mails."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.config.test_running import Running, free_port
from tests.journeys.screens.browsing import ARGUMENTS, CHROMIUM, needs_chromium


def mail(number: int, subject: str, text: str) -> str:
    return (
        f"From: Dele Adeyemi <dele@oakhurst.example>\nTo: help@fennimore.example\nSubject: {subject}\n"
        f"Message-ID: <first-{number}@oakhurst.example>\nDate: Tue, {number} Sep 2026 09:00:00 +0000\n\n{text}\n"
    )


@pytest.fixture
def mails(tmp_path: Path) -> list[Path]:
    """Two single mails and an mbox with two more, one of which asks for nothing."""
    files = {
        "one.eml": mail(1, "Labels print blank", "Since this morning."),
        "two.eml": mail(8, "Shared calendar shows the wrong hour", "An hour early."),
        "older.mbox": "".join(
            f"From dele@oakhurst.example Tue Sep 15 09:00:00 2026\n{each}\n"
            for each in (mail(15, "Scanners lose Wi-Fi", "All of them."), mail(16, "New starter on Monday", "Kim."))
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return [tmp_path / name for name in files]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A first run in an empty folder, after its line."""
    one = Running(tmp_path / "place", free_port())
    one.said = one.line()
    yield one
    if one.process.poll() is None:
        one.stop(signal.SIGTERM)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        yield page
        browser.close()


@pytest.mark.sqlite
@needs_chromium
def test_the_first_run_leads_to_requests_and_the_second_finds_them(
    running: Running, page: Page, mails: list[Path]
) -> None:
    _sign_in(running, page)
    assert page.inner_text("h1") == "Nothing is here yet. How do you want to begin?"
    offers = page.locator("main li a")
    assert offers.all_inner_texts() == ["Begin", "Connect a mailbox", "Take in mails", "Take in a log"]

    offers.nth(0).click()
    for label, text in (
        ("The business that buys IT support", "Oakhurst Joinery"),
        ("Who there owns the relationship", "Ruth Okafor"),
        ("Their e-mail address", "ruth@oakhurst.example"),
        ("The supplier", "Fennimore IT"),
    ):
        page.get_by_label(text=label, exact=True).fill(text)
    page.get_by_label("the owner of the relationship").check()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/agreement/")
    assert page.inner_text("h1") == "Nobody has agreed yet how soon 1 supplier of Oakhurst Joinery answers."

    page.goto(f"http://localhost:{running.port}/set-up/mails/")
    page.get_by_label("Mail files").set_input_files(mails)
    page.get_by_role("button", name="Take them in").click()
    # The worker looks at them; the page looks again by itself.
    expect(page.locator("h1")).to_have_text("All 4 mails are looked at.", timeout=60_000)
    page.get_by_role("link", name="Go to the requests").click()
    subjects = ["New starter on Monday", "Scanners lose Wi-Fi", "Shared calendar shows the wrong hour"]
    expect(page.locator("main h3")).to_have_text([*subjects, "Labels print blank"])

    again = _stopped_and_begun_again(running)
    page.goto(f"http://localhost:{again.port}/requests/")
    expect(page.locator("main h3")).to_have_text([*subjects, "Labels print blank"])  # still signed in, too
    _stopped_for_good(again)


def _sign_in(running: Running, page: Page) -> None:
    found = re.search(r"http://localhost:\d+/sign-in/\S+", running.said)
    assert found is not None
    page.goto(found[0])
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_url("**/set-up/")


def _stopped_and_begun_again(running: Running) -> Running:
    _stopped_for_good(running)
    again = Running(running.folder, running.port)
    again.said = again.line()
    return again


def _stopped_for_good(running: Running) -> None:
    family = running.family()
    running.stop(signal.SIGINT)
    assert [process for process in family if process.is_running()] == []
