"""The pages of whoever answers all day, in the states that they may see."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.support.actions.keeping_ready import keep_ready
from quietmonday.support.actions.scheduling import When, schedule, send_if_due
from quietmonday.support.actions.snoozing import snooze
from quietmonday.support.models import CannedReply, ScheduledReply
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.support.scene import actor, words, wrote

HOUR = dt.timedelta(hours=1)


def replying(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights: of Sam, who writes, and of Dele and Ruth, who read the history."""
    cast, talk = world.cast, world.talk
    yield sight("texts-none", cast.sam, "support:canned")
    yield sight("texts-refused", cast.sam, "support:canned", then=sent("main form[method=post]"))
    row = _texts(cast)
    yield sight("texts", cast.sam, "support:canned")
    yield sight("texts-not-found", cast.sam, "support:canned", query="?q=zeppelin")
    yield sight("text", cast.sam, "support:canned_one", (row.pk,))
    yield sight("texts-for-a-request", cast.sam, "support:canned_for", (talk.id,))
    yield sight("work-with-a-text", cast.sam, "support:ticket", (talk.id,), query=f"?canned={row.pk}")
    yield sight("work-choosing-a-text", cast.sam, "support:ticket", (talk.id,), then=_choose)
    yield sight("work-everything-refused", cast.sam, "support:ticket", (talk.id,), then=_nonsense)
    held, waits = _later(cast, talk)
    yield sight("work-waiting-and-snoozed", cast.sam, "support:ticket", (talk.id,))
    yield sight("later", cast.sam, "support:later", (waits,))
    yield sight("later-refused", cast.sam, "support:later", (waits,), then=_past)
    yield sight("later-held", cast.asha, "support:later", (held,))
    yield sight("queue-snoozed", cast.sam, "support:queue", query="?view=snoozed")
    yield sight("history-of-the-supplier", cast.sam, "support:history", (talk.id,))
    yield sight("history-of-the-client", cast.ruth, "support:history", (talk.id,))
    yield sight("work-not-sent", cast.asha, "support:ticket", (talk.id,), then=lambda visitor: _collide(visitor, world))


def _texts(cast: Any) -> CannedReply:
    rows = [
        keep_ready(
            supplier=cast.fennimore.pk,
            person=person,
            title=title,
            text="Hello {{ first_name }},\n\nrequest {{ number }} is with {{ technician }}. More by {{ next_word }}.",
            actor=actor(cast.asha),
            now=NOW - 24 * HOUR,
        )
        for title, person in (("We have it", None), ("My own words", cast.sam.person))
    ]
    return rows[0]


def _later(cast: Any, ticket: Any) -> tuple[uuid.UUID, uuid.UUID]:
    """One reply was held back because Dele wrote, one waits; and the request is snoozed."""
    rows: list[ScheduledReply] = []
    for text, at in (("Good morning, is it better?", HOUR), ("Once more, tomorrow.", 20 * HOUR)):
        rows.append(
            schedule(
                ticket=ticket,
                words=words(cast.sam, text, NOW - 2 * HOUR),
                person=cast.sam.person,
                supplier_id=cast.fennimore.pk,
                when=When(send_at=NOW - 2 * HOUR + at),
                actor=actor(cast.sam),
                now=NOW - 2 * HOUR,
            )
        )
        if len(rows) == 1:
            wrote(ticket, cast.dele, "It dropped off again.", at=NOW - 1.5 * HOUR)
            send_if_due(reply_id=rows[0].pk, now=NOW - HOUR)
    snooze(
        ticket=ticket,
        person=cast.sam.person,
        supplier_id=cast.fennimore.pk,
        until=None,
        why="The access point is on its way",
        actor=actor(cast.sam),
        now=NOW - HOUR,
    )
    return rows[0].pk, rows[1].pk


def _choose(visitor: Visitor) -> None:
    visitor.page.click("#compose a[hx-get]")
    visitor.page.wait_for_selector("#canned [data-use]")
    visitor.page.set_input_files("#message_attached", [{"name": "plan.png", "mimeType": "image/png", "buffer": b"x"}])


def _nonsense(visitor: Visitor) -> None:
    visitor.page.click("#compose summary")
    for name in ("own_time", "send_own", "snooze_own"):
        visitor.page.fill(f"#message_{name}", "2020-01-01T10:00")
    with visitor.next_page():
        visitor.page.click("#compose button.main")


def _past(visitor: Visitor) -> None:
    visitor.page.fill("[name=send_own]", "2020-01-01T10:00")
    with visitor.next_page():
        visitor.page.click("main form button.main")


def _collide(visitor: Visitor, world: Any) -> None:
    wrote(world.talk, world.cast.dele, "It is back on the line.", at=dt.datetime.now(dt.UTC))
    visitor.page.fill("#message_text", "My answer, which took long")
    with visitor.next_page():
        visitor.page.click("#compose button.main")
