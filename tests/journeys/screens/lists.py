"""The lists as people arrange them: narrowed, ordered, saved under a name; many requests changed at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from quietmonday.people.access import viewer_of
from quietmonday.support.access import tickets_worked_on
from quietmonday.support.actions.bulk import HandOver, PutTags, edit_many, undo_many
from quietmonday.support.actions.saved_views import Look, save_view
from quietmonday.support.models import BulkEdit, SavedView
from tests.cast import Member
from tests.journeys.screens.browsing import Visitor
from tests.journeys.screens.moments import NOW
from tests.support.scene import actor

NARROWED = "?view=all&priority=1&priority=3&move=ours&sort=client&cols=client,request,hands,priority"


def lists(world: Any, sight: Callable[..., Any], sent: Callable[..., Any]) -> Iterator[Any]:
    """Yield the sights: Sam's queue, the requests of Ruth, and what Asha did to many."""
    cast = world.cast
    yield sight("queue-narrowed", cast.sam, "support:queue", query=NARROWED)
    yield sight("queue-passed-over", cast.sam, "support:queue", query="?priority=9&sort=colour&cols=shoes")
    yield sight("queue-choosing", cast.sam, "support:queue", query="?view=all", then=_choose)
    yield sight("queue-keys", cast.sam, "support:queue", then=lambda visitor: visitor.keys("?"))
    yield sight("queue-arrange", cast.sam, "support:queue_arrange", query=NARROWED)
    yield sight("requests-arrange", cast.ruth, "support:requests_arrange", query="?state=open")
    yield sight("requests-narrowed", cast.ruth, "support:requests", query="?view=all&state=open&priority=2")
    for place, member in (("queue", cast.sam), ("requests", cast.ruth)):
        yield sight(f"{place}-views-none", member, f"support:{place}_views")
        yield sight(f"{place}-new-view", member, f"support:{place}_new_view", query="?priority=2")
        refused = sent("main form[method=post]")
        yield sight(f"{place}-new-view-refused", member, f"support:{place}_new_view", then=refused)
        view = _view(member, place, "Before the week ends", shared=place == "requests")
        yield sight(f"{place}-views", member, f"support:{place}_views")
        yield sight(f"{place}-saved", member, f"support:{place}", query=f"?view={view.pk}")
        yield sight(f"{place}-saved-view", member, "support:saved_view", (view.pk,))
    shared = _view(cast.asha, "queue", "Everything of Oakhurst", shared=True)
    yield sight("queue-saved-view-refused", cast.asha, "support:saved_view", (shared.pk,), then=_nameless)

    refs = [world.talk.pk, world.paused.pk, world.reopened.pk]
    chosen = "?" + "&".join(f"ticket={ref}" for ref in refs)
    yield sight("queue-edit-none", cast.sam, "support:queue_edit")
    yield sight("queue-edit", cast.sam, "support:queue_edit", query=chosen)
    yield sight("queue-edit-all", cast.sam, "support:queue_edit", query="?which=all&view=all&do=priority")
    yield sight("queue-edit-refused", cast.sam, "support:queue_edit", query=chosen, then=sent("#hands form"))
    edit = _edit(cast.asha, HandOver(cast.asha.person), [*refs, world.untold.pk])
    yield sight("queue-edited-now", cast.asha, "support:queue", query=f"?edit={edit.pk}")
    yield sight("queue-edited", cast.asha, "support:queue_edited", (edit.pk,))
    tagged = _edit(cast.asha, PutTags(("wireless",)), refs)
    undo_many(edit=tagged, tickets=tickets_worked_on(viewer_of(cast.asha.account, NOW), refs), now=_now())
    yield sight("queue-edit-undone", cast.asha, "support:queue_edited", (tagged.pk,))


def _now() -> dt.datetime:
    """By the clock of the page: what was done can be undone for ten minutes."""
    return dt.datetime.now(dt.UTC)


def _view(member: Member, place: str, name: str, *, shared: bool) -> SavedView:
    return save_view(
        person=member.person,
        place=place,
        name=name,
        look=Look(
            {"priority": ["2", "3"]}, sorts=("client",), columns=("request", "client") if place == "queue" else ()
        ),
        shared=shared,
        may_share=True,
        actor=actor(member),
        now=NOW,
    )


def _edit(member: Member, change: Any, refs: list[Any]) -> BulkEdit:
    ours = tickets_worked_on(viewer_of(member.account, NOW), refs)
    return edit_many(person=member.person, change=change, tickets=ours, now=_now())


def _choose(visitor: Visitor) -> None:
    """With x, as a hand on the keys does."""
    visitor.keys("j", "x", "j", "x")


def _nameless(visitor: Visitor) -> None:
    visitor.page.fill("[name=name]", " ")
    with visitor.next_page():
        visitor.page.eval_on_selector(
            "form:has([name=name])", "form => { form.noValidate = true; form.requestSubmit() }"
        )
