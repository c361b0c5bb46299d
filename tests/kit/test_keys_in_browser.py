"""The extras of quiet.js in a real browser: keys, the switch that turns them off, one press one request."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from quietmonday.kit.templatetags import quiet

SCRIPT = Path(quiet.__file__).resolve().parents[1] / "static" / "kit" / "quiet.js"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET_STARTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.access(CHROMIUM, os.X_OK), reason="no Chromium on this machine"),
]

PAGE = """<!doctype html><html lang="en"><title>t</title><body>
<input id="search" type="search" data-key="/">
<table data-rows><tr data-row><td>no link</td></tr>
<tr data-row data-r="#reply-1"><td><a href="#one">One</a></td></tr>
<tr data-row data-r="#reply-2"><td><a href="#two">Two</a></td></tr></table>
<form id="compose" method="post" action="http://quiet.test/sent" data-once data-ctrl-enter>
<textarea id="msg" data-key="r"></textarea>
<button class="btn main" id="send">Send</button></form><button id="settle" data-key="w">Working again</button>
<p id="hint" data-needs-js hidden>hint</p><div id="toasts"></div>
<dialog data-keys-dialog><form method="dialog">
<input type="checkbox" data-keys-off><button id="close">Close</button></form></dialog>
</body></html>"""


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET_STARTS)
        page = browser.new_page()
        # 204 leaves the page standing, as a download or a lost line would
        page.route("http://quiet.test/sent", lambda route: route.fulfill(status=204))
        page.route(
            "http://quiet.test/page", lambda route: route.fulfill(status=200, content_type="text/html", body=PAGE)
        )
        yield page
        browser.close()


@pytest.fixture
def page(browser_page: Page) -> Page:
    browser_page.goto("http://quiet.test/page")
    browser_page.evaluate("localStorage.clear()")
    browser_page.add_script_tag(path=SCRIPT)
    return browser_page


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def test_j_and_k_walk_the_rows_that_can_be_opened(page: Page) -> None:
    walked = []
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
        walked.append(focus(page))
    assert walked == ["One", "Two", "Two", "One"]


def test_r_goes_where_the_row_says(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert page.evaluate("location.hash") == "#reply-2"


def test_keys_are_letters_while_somebody_types(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("jkr")
    assert (focus(page), page.input_value("#search")) == ("search", "jkr")


def test_a_stray_key_only_focuses_a_button(page: Page) -> None:
    page.evaluate("settle.onclick = () => { document.title = 'pressed' }; null")
    page.keyboard.press("w")
    assert (focus(page), page.title()) == ("settle", "t")


def test_single_keys_can_be_turned_off_for_good(page: Page) -> None:
    page.keyboard.press("?")
    page.check("[data-keys-off]")
    page.click("#close")
    page.keyboard.press("w")
    assert focus(page) != "settle"
    page.reload()
    page.add_script_tag(path=SCRIPT)
    page.keyboard.press("w")
    assert focus(page) != "settle"
    assert page.is_checked("[data-keys-off]")


def test_control_enter_sends_and_a_second_press_does_not(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.focus("#msg")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.click("#send", force=True)
    page.wait_for_timeout(200)
    assert sent == ["http://quiet.test/sent"]
    assert page.get_attribute("#send", "aria-disabled") == "true"


def test_a_toast_shows_text_and_never_markup(page: Page) -> None:
    page.evaluate("""document.body.dispatchEvent(
        new CustomEvent("toast", {bubbles: true, detail: {value: "Sent <b>to</b> Dele."}}))""")
    assert page.inner_text("#toasts") == "Sent <b>to</b> Dele."


def test_hints_that_need_the_script_appear_with_it(page: Page) -> None:
    assert page.is_visible("#hint")
