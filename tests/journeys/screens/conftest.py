"""One server for the folder; browser, clock and database anew for each test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast, Member, make_cast
from tests.journeys.screens.browsing import ARGUMENTS, CHROMIUM, Visitor, no_transaction_within_another
from tests.journeys.screens.moments import NOW
from tests.people.providers import CONTOSO


@pytest.fixture
def browser(address: str) -> Iterator[Browser]:
    """Chromium. It is gone before the database is emptied: while it runs, Django takes our reads for a mistake."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[LiveServer]:
    """The product, answering one request at a time."""
    one = "tests.journeys.screens.browsing.one_at_a_time"
    with override_settings(MIDDLEWARE=[one, *django_settings.MIDDLEWARE]):
        live = LiveServer("localhost")  # it has read its middleware when this returns
    try:
        yield live
    finally:
        live.stop()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It is Monday 23 November 2026, 13:40, and time goes on from there."""
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def address(
    server: LiveServer, transactional_db: None, clock: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Where the server is; links in mails lead there."""
    # Playwright keeps a loop running in this thread, which Django takes for a coroutine that waits for the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.ADDRESS = server.url
    settings.SIGN_IN_PROVIDERS = {CONTOSO.name: CONTOSO}
    with no_transaction_within_another():
        yield server.url


@pytest.fixture
def cast(address: str) -> Cast:
    """The standing cast, at the moment of this folder."""
    return make_cast(dt.datetime.now(dt.UTC))


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Open a browser for somebody; afterwards none of them may have complained."""
    visitors: list[Visitor] = []

    def opened(who: Member | None = None, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, address, who, **options))
        return visitors[-1]

    yield opened
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
