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
<nav><a href="#queue" data-go="q">Queue</a> <a href="#bar" data-key="/">Search</a></nav><main>
<input id="search" type="search" data-key="/">
<form action="http://quiet.test/edit" data-chooses><input type="checkbox" data-all>
<table data-rows data-r="#reply"><tr data-row="0"><td>no link</td></tr>
<tr data-row="1"><td><input type="checkbox" name="ticket" value="1"><a href="/page#one">One</a></td></tr>
<tr data-row="2"><td><input type="checkbox" name="ticket" value="2"><a href="/page#two">Two</a></td></tr></table>
<span id="says" data-says="%(n)s chosen"></span><button name="do" value="hands" data-chosen="a">Hand over</button>
</form>
<form id="compose" method="post" action="http://quiet.test/sent" data-once data-ctrl-enter>
<textarea id="msg"></textarea>
<button class="btn main" id="send">Send</button></form><button id="settle" data-key="w">Working again</button>
<p id="hint" data-needs-js hidden>hint</p><div id="toasts"></div></main>
<dialog data-keys-dialog><form method="dialog">
<p data-for="rows">rows</p><p data-for="r">reply</p><p data-for="a">hand over</p><p data-for="w">working</p>
<p data-for="/">search</p><p data-for="go">go</p><p data-for="p">promise</p><p data-for="v">view</p>
<input type="checkbox" data-keys-off><button id="close">Close</button></form></dialog>
</body></html>"""


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET_STARTS)
        page = browser.new_page()
        # 204 leaves the page standing, as a download or a lost line would
        page.route("http://quiet.test/sent", lambda route: route.fulfill(status=204))
        page.route("http://quiet.test/edit*", lambda route: route.fulfill(status=204))
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


def test_r_goes_to_a_place_on_the_page_of_the_row(page: Page) -> None:
    page.keyboard.press("r")
    assert page.evaluate("location.hash") == ""  # no row is at hand
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert page.evaluate("location.hash") == "#reply"


def chosen(page: Page) -> tuple[list[str], str]:
    ticked = page.eval_on_selector_all("[name=ticket]:checked", "all => all.map(each => each.value)")
    return ticked, page.inner_text("#says")


def test_x_chooses_the_row_at_hand_and_the_page_counts(page: Page) -> None:
    page.keyboard.press("x")
    assert chosen(page) == ([], "")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert (chosen(page), focus(page)) == ((["1"], "1 chosen"), "One")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert chosen(page) == (["1", "2"], "2 chosen")
    assert page.is_checked("[data-all]")
    page.keyboard.press("x")
    assert chosen(page) == (["1"], "1 chosen")
    page.check("[data-all]")
    assert chosen(page) == (["1", "2"], "2 chosen")


def asked_for(page: Page, *keys: str) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("?")[2]))
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    return asked


def test_a_hands_over_what_is_chosen_or_the_row_at_hand(page: Page) -> None:
    assert asked_for(page, "a") == []
    assert asked_for(page, "j", "a") == ["ticket=1&do=hands"]


def test_a_takes_all_that_are_chosen(page: Page) -> None:
    assert asked_for(page, "j", "x", "j", "x", "a") == ["ticket=1&ticket=2&do=hands"]


def test_g_and_a_letter_go_to_a_place(page: Page) -> None:
    page.keyboard.press("q")
    assert page.evaluate("location.hash") == ""
    page.keyboard.press("g")
    page.keyboard.press("j")  # no such place: it is J again
    assert focus(page) == "One"
    page.keyboard.press("g")
    page.keyboard.press("q")
    assert page.evaluate("location.hash") == "#queue"


def test_the_sheet_of_keys_holds_what_works_here(page: Page) -> None:
    page.keyboard.press("?")
    shown = page.eval_on_selector_all(
        "dialog p", "all => all.filter(each => !each.hidden).map(each => each.textContent)"
    )
    assert shown == ["rows", "reply", "hand over", "working", "search", "go"]


def test_the_page_answers_to_a_key_before_the_bar(page: Page) -> None:
    page.keyboard.press("/")
    assert focus(page) == "search"


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
