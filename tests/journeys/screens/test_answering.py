"""Answering all day in a real browser: texts by typing, pictures by pasting, nothing typed lost, nobody run over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from quietmonday.support.actions.keeping_ready import keep_ready
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.models import CannedReply, Message, Ticket
from tests.cast import Cast, sign_in
from tests.journeys.screens.browsing import Visitor, needs_chromium
from tests.support.scene import actor, asked, words, wrote

PASTE = """([kinds, text]) => {
  const data = new DataTransfer();
  for (const [type, size] of kinds) data.items.add(new File([new Uint8Array(size)], "image.png", { type }));
  if (text) data.setData("text/plain", text);
  const box = document.getElementById("message_text");
  return box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""

Visit = Callable[..., Visitor]


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def opened(visit: Visit, cast: Cast, who: str = "sam") -> tuple[Visitor, Ticket]:
    """Dele asked an hour ago, and somebody of Fennimore looks at it."""
    ticket = asked(cast, at=ago(60))
    visitor = visit(getattr(cast, who))
    visitor.go(reverse("support:ticket", args=[ticket.id]))
    return visitor, ticket


def send(visitor: Visitor) -> None:
    with visitor.next_page():
        visitor.page.click("#compose button.main")


def box(visitor: Visitor) -> str:
    return visitor.page.input_value("#message_text")


def drafts(visitor: Visitor) -> Any:
    return visitor.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('quiet-monday-draft'))")


def kept(visitor: Visitor) -> None:
    """Wait until the page has kept what was typed: it does so a moment after the last key."""
    for _ in range(100):
        if drafts(visitor):
            return
        visitor.page.wait_for_timeout(50)
    raise AssertionError("nothing was kept")


@needs_chromium
def test_a_text_is_found_by_typing_put_where_the_cursor_was_and_counted(cast: Cast, visit: Visit) -> None:
    for title, text in (("Password", "Your password is new, {{ first_name }}."), ("Printer", "Switch it off and on.")):
        keep_ready(supplier=cast.fennimore.pk, person=None, title=title, text=text, actor=actor(cast.asha), now=ago(90))
    sam, _ticket = opened(visit, cast)
    sam.page.fill("#message_text", "Hello")
    sam.page.click("#compose a[hx-get]")
    sam.page.locator("#canned li").nth(1).wait_for()
    assert sam.focused() == "Words in title or text"
    sam.type("passw")
    expect(sam.page.locator("#canned li")).to_have_count(1)
    sam.page.click("#canned [data-use]")
    assert box(sam) == "Hello\nYour password is new, Dele."
    assert sam.page.locator("#canned li").count() == 0
    send(sam)
    assert Message.objects.get(side="supplier").text == "Hello\nYour password is new, Dele."
    assert dict(CannedReply.objects.values_list("title", "used")) == {"Password": 1, "Printer": 0}


@needs_chromium
def test_pictures_are_pasted_seen_removed_and_sent(cast: Cast, visit: Visit) -> None:
    sam, _ticket = opened(visit, cast)
    listed = sam.page.locator(".chosen-files li")
    assert sam.page.evaluate(PASTE, [[["image/png", 10_000_000]], ""]) is False  # ours: the browser does nothing
    assert sam.page.evaluate(PASTE, [[["image/jpeg", 2_000]], ""]) is False
    assert [each.partition(" Remove")[0] for each in listed.all_text_contents()] == [
        "picture-1.png, 9.5 MB",
        "picture-2.jpg, 2 KB",
    ]
    assert sam.page.evaluate(PASTE, [[["image/png", 2_000]], "a table as text"]) is True  # of both, the text
    assert sam.page.evaluate(PASTE, [[["image/png", 26 * 1024 * 1024]], ""]) is False
    assert "picture-3.png has 26.0 MB." in sam.page.inner_text("#compose [role=alert]:visible")
    assert listed.count() == 2
    listed.nth(0).get_by_role("button").click()
    sam.page.fill("#message_text", "See the picture")
    send(sam)
    message = Message.objects.get(side="supplier")
    assert list(message.attachments.values_list("name", "file__size")) == [("picture-2.jpg", 2_000)]


@needs_chromium
def test_what_was_typed_outlives_the_session_and_goes_when_it_is_sent(cast: Cast, visit: Visit) -> None:
    sam, ticket = opened(visit, cast)
    here = reverse("support:ticket", args=[ticket.id])
    sam.page.fill("#message_text", "A long answer")
    sam.context.clear_cookies()
    with sam.next_page():
        sam.page.click("#compose button.main")
    assert sam.path() != here  # the session is over
    assert not Message.objects.filter(side="supplier").exists()
    cookie = sign_in(Client(), cast.sam).cookies["sessionid"].value
    sam.context.add_cookies([{"name": "sessionid", "value": cookie, "url": sam.base}])
    sam.go(here)
    assert box(sam) == "A long answer"
    assert "What you typed before is back." in sam.page.inner_text("#compose")
    send(sam)
    assert Message.objects.get(side="supplier").text == "A long answer"
    assert (box(sam), drafts(sam)) == ("", [])
    sam.complaints.clear()  # the page after the lost session may have said so


@needs_chromium
def test_a_draft_goes_at_the_sign_out_and_is_nobody_elses(cast: Cast, visit: Visit) -> None:
    sam, ticket = opened(visit, cast)
    here = reverse("support:ticket", args=[ticket.id])
    sam.page.fill("#message_text", "Half a thought")
    kept(sam)
    cookie = sign_in(Client(), cast.asha).cookies["sessionid"].value
    sam.context.clear_cookies()
    sam.context.add_cookies([{"name": "sessionid", "value": cookie, "url": sam.base}])
    sam.go(here)
    assert (box(sam), drafts(sam)) == ("", [])
    sam.page.fill("#message_text", "Ashas half a thought")
    kept(sam)
    with sam.next_page():
        sam.page.get_by_role("button", name="Sign out").click()
    assert drafts(sam) == []


@needs_chromium
def test_two_at_one_request_see_each_other_and_nobody_is_run_over(cast: Cast, visit: Visit) -> None:
    sam, ticket = opened(visit, cast)
    asha = visit(cast.asha)
    asha.go(reverse("support:ticket", args=[ticket.id]))
    asha.page.wait_for_selector("#presence p")
    assert asha.page.inner_text("#presence").strip() == "Sam Kessler is looking at this."
    sam.page.fill("#message_text", "I am replacing it")
    wrote(ticket, cast.dele, "It works again", at=dt.datetime.now(dt.UTC))
    send(sam)
    assert "Not sent: this happened while you were writing." in sam.page.inner_text("#compose")
    assert "It works again" in sam.page.inner_text("#compose [role=alert]")
    assert box(sam) == "I am replacing it"
    assert not Message.objects.filter(side="supplier").exists()
    send(sam)
    assert Message.objects.get(side="supplier").text == "I am replacing it"


@needs_chromium
def test_one_request_is_printed_without_notes_and_without_controls(cast: Cast, visit: Visit) -> None:
    ticket = asked(cast, at=ago(60))
    note_for_colleagues(
        ticket=ticket,
        words=words(cast.sam, "Between us", ago(30)),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=ago(30),
    )
    sam = visit(cast.sam)
    sam.go(reverse("support:ticket", args=[ticket.id]))
    assert sam.page.locator("[data-print]").is_visible()
    sam.page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    sam.page.click("[data-print]")
    sam.page.wait_for_selector("body[data-printed=yes]")
    sam.page.emulate_media(media="print")
    shown = sam.page.inner_text("body")
    assert "Scanners lose Wi-Fi" in shown
    assert "As it stood on " in shown
    for hidden in ("Between us", "Your message", "Full history", "Settle it", "Queue\n"):
        assert hidden not in shown
    assert sam.page.pdf(format="A4").startswith(b"%PDF")
