"""Every page of the product, looked at by a machine: axe, sideways scrolling, complaints of the browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, Page

from tests.cast import Cast
from tests.journeys.screens.browsing import DESK, PHONE, Visitor, needs_chromium
from tests.journeys.screens.pages import NO_PAGES, Sight, sights
from tests.journeys.screens.world import crowd, make_world

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the width of the window and the dark cannot change is asked once, on the desk.
ON_A_PHONE = ["color-contrast", "target-size", "scrollable-region-focusable", "meta-viewport", "link-in-text-block"]
NARROWEST = {"width": 320, "height": 640}

TOO_WIDE = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return `${root.scrollWidth} > ${innerWidth}: ${out.slice(-1).map((e) => e.outerHTML.slice(0, 120))}`;
}"""

pytestmark = pytest.mark.django_db(transaction=True)


@needs_chromium
@pytest.mark.parametrize(("part", "locale"), [("first half", "en-GB"), ("second half", "de-DE")])
def test_no_page_scrolls_sideways_or_shuts_anybody_out(
    cast: Cast, browser: Browser, address: str, part: str, locale: str
) -> None:
    world = make_world(cast, weeks=3)
    crowd(cast, 26)
    found: list[str] = []
    visitors: dict[str, Visitor] = {}
    for number, sight in enumerate(sights(world)):  # one by one: what is looked at changes in between
        if number % 2 != (part == "second half"):
            continue
        who = sight.who.email if sight.who else ""
        visitor = visitors.get(who) or visitors.setdefault(who, Visitor(browser, address, sight.who, locale=locale))
        found += [f"{sight.name}: {problem}" for problem in _look(visitor, sight)]
    for visitor in visitors.values():
        visitor.context.close()
    assert found == []


def test_no_page_is_missing_in_the_table(cast: Cast, client: Client) -> None:
    listed = {sight.url for sight in sights(make_world(cast, weeks=0))} | NO_PAGES
    answering = set()
    for name, path in _addresses(get_resolver().url_patterns):
        if name not in listed and client.get(path).status_code != 405:
            answering.add(name)
    assert answering == set(), "put these into the table of tests/journeys/screens/pages.py"


def _look(visitor: Visitor, sight: Sight) -> Iterator[str]:
    page = visitor.page
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    visitor.complaints.clear()
    answer = visitor.go(sight.path)
    if answer.status != sight.status:
        yield f"answers {answer.status}"
    sight.then(visitor)
    if sight.who and sight.status == 200 and not page.locator("header nav a").count():
        yield "leads nowhere: it has no places"
    yield from _axe(page, "desk, light", {"runOnly": {"type": "tag", "values": TAGS}})
    for size in (DESK, PHONE, NARROWEST):
        page.set_viewport_size(size)
        if wide := page.evaluate(TOO_WIDE):
            yield f"scrolls sideways at {size['width']}: {wide}"
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    yield from _axe(page, "phone, dark", {"runOnly": {"type": "rule", "values": ON_A_PHONE}})
    yield from visitor.complaints


def _axe(page: Page, where: str, options: dict[str, Any]) -> Iterator[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    result = page.evaluate("options => axe.run(options)", {**options, "resultTypes": ["violations"]})
    for violation in result["violations"]:
        node = violation["nodes"][0]
        yield f"{where}: {violation['id']}: {node['target']} {node['html'][:200]} {node['failureSummary'][:300]}"


def _addresses(patterns: list[Any], space: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, a path) of every URL pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            converters = re.findall(r"<(\w+):\w+>", str(pattern.pattern))
            made = {"uuid": uuid.UUID(int=1), "str": "x", "path": "x"}
            yield f"{space}{pattern.name}", reverse(f"{space}{pattern.name}", args=[made[each] for each in converters])
