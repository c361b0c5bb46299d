"""A real browser on a real server, at a moment of our own choosing."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.transaction import Atomic
from django.http import HttpRequest, HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.cast import Member, sign_in

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def needs_chromium(test: Any) -> Any:
    """Mark a test that drives the browser."""
    missing = pytest.mark.skipif(not os.access(CHROMIUM, os.X_OK), reason="no Chromium on this machine")
    return pytest.mark.browser(missing(test))


_one = threading.RLock()


def one_at_a_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: one request after the other. Threads of the test server share the one in-memory connection."""

    def answer(request: HttpRequest) -> HttpResponse:
        with _one:
            return get_response(request)

    return answer


@contextlib.contextmanager
def no_transaction_within_another() -> Iterator[None]:
    """Pages ask again by themselves: what a test writes meanwhile would stand in the transaction of a request."""
    enter, leave = Atomic.__enter__, Atomic.__exit__

    def entered(atomic: Any) -> None:
        _one.acquire()
        enter(atomic)

    def left(atomic: Any, *why: Any) -> None:
        try:
            leave(atomic, *why)
        finally:
            _one.release()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Atomic, "__enter__", entered)
        patch.setattr(Atomic, "__exit__", left)
        yield


class Visitor:
    """Somebody in front of a browser: one context, one page, and what the browser complained of."""

    def __init__(self, browser: Browser, base: str, who: Member | None = None, **options: Any) -> None:
        self.base = base
        options.setdefault("viewport", DESK)
        options.setdefault("reduced_motion", "reduce")  # a colour measured on its way to another is neither
        options.setdefault("locale", "en-GB")
        self.context: BrowserContext = browser.new_context(base_url=base, **options)
        if who is not None:
            cookie = sign_in(Client(), who).cookies["sessionid"].value
            self.context.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def go(self, path: str) -> Response:
        """Open a page of the product and return its answer."""
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None
        return answer

    def path(self) -> str:
        """Return where the browser stands."""
        return urlsplit(self.page.url).path

    def heading(self) -> str:
        """Return the page's answer: its h1."""
        return " ".join(self.page.inner_text("h1").split())

    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        for name in names:
            self.page.keyboard.press(name)

    def type(self, text: str) -> None:
        """Type into whatever holds the focus."""
        self.page.keyboard.type(text)

    def tab_to(self, words: str, most: int = 60, back: bool = False) -> None:
        """Press Tab until the focus stands on what a screen reader calls `words`."""
        seen = []
        for _ in range(most):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            seen.append(self.focused())
            if words in seen[-1]:
                return
        raise AssertionError(f"Tab never came to {words!r}, only to {seen}")

    def focused(self) -> str:
        """Return the name of what holds the focus: its label, else its words."""
        return " ".join(str(self.page.evaluate(NAME_OF_FOCUS)).split())

    @contextlib.contextmanager
    def next_page(self) -> Iterator[None]:
        """Wait until what happens inside has brought the next page."""
        with self.page.expect_navigation(wait_until="load"):
            yield

    def _said(self, message: ConsoleMessage) -> None:
        # A page that says 404 or 422 on purpose is reported by the browser too; its own address is no complaint.
        if message.type == "error" and message.location.get("url") != self.page.url:
            self.complaints.append(message.text)


NAME_OF_FOCUS = """() => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? [...e.labels].map((l) => l.innerText).join(" ") : "";
  return e.getAttribute("aria-label") || label || e.innerText || e.getAttribute("name") || e.tagName;
}"""
