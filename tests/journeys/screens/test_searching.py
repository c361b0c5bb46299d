"""Somebody looks for what was said once, by keyboard alone, from a page that has no list."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import Cast
from tests.journeys.screens.browsing import Visitor, needs_chromium
from tests.journeys.screens.moments import NOW
from tests.support.scene import asked, wrote
from tests.support.searching import HOUR


@needs_chromium
def test_a_word_said_once_is_found_from_anywhere_and_leads_to_its_message(
    cast: Cast, visit: Callable[..., Visitor]
) -> None:
    ticket = asked(cast, "Labels print blank", at=NOW - 48 * HOUR)
    for n in range(12):
        wrote(
            ticket,
            cast.dele,
            f"Still blank, try {n}. " + "It has not changed since. " * 20,
            at=NOW - 40 * HOUR + n * HOUR,
        )
    said = wrote(ticket, cast.dele, "The Netzwerkdrucker in the cellar is the only one that works.", at=NOW - 20 * HOUR)
    wrote(ticket, cast.dele, "And now?", at=NOW - 10 * HOUR)
    other = asked(cast, "Scanner", at=NOW - 30 * HOUR)

    sam = visit(cast.sam)
    sam.go(f"/requests/{other.pk}/")
    with sam.next_page():
        sam.keys("/")
    assert (sam.path(), sam.heading()) == ("/search/", "What are you looking for?")
    sam.keys("/")
    sam.type("drucker")
    with sam.next_page():
        sam.keys("Enter")
    assert sam.heading() == "1 request mentions “drucker”."
    assert sam.page.locator("mark").all_inner_texts() == ["drucker"]
    sam.tab_to("Dele Adeyemi")
    with sam.next_page():
        sam.keys("Enter")
    message = sam.page.locator(f"#m{said.pk}")
    assert sam.page.url.endswith(f"/requests/{ticket.pk}/#m{said.pk}")
    box, size = message.bounding_box(), sam.page.viewport_size
    assert box and size and 0 <= box["y"] < size["height"]

    dele = visit(cast.dele)
    dele.go(f"/search/?q={ticket.work_item.number}")
    assert dele.path() == f"/requests/{ticket.pk}/"
