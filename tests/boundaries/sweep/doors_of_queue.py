"""Doors of the queue's own pages: how it is shown, views with a name, edits of many; and of the list of requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.boundaries.sweep.core import TAKEN, Door
from tests.boundaries.sweep.rules import MEMBERS, page, verb, who
from tests.boundaries.sweep.world import World

QUEUE = "sam asha ines hal lee theo"
NO_QUEUE = who("ruth maria dele bill jo kim ada rita")
KEEPERS = MEMBERS - who("ada")  # an administrator is nobody in any list


def _ticket(target: str, **more: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"ticket": world[target].pk, **more}


def _nothing(world: World) -> dict[str, Any]:
    return {}


OF_LISTS = [
    page("support:queue_live", QUEUE, refused=NO_QUEUE),
    page("support:queue_arrange", QUEUE, refused=NO_QUEUE),
    page("support:queue_arrange", QUEUE, "shown", _nothing, query=lambda world: "?show=1&col_why=1", success=TAKEN,
         refused=NO_QUEUE),
    page("support:queue_views", QUEUE, refused=NO_QUEUE),
    page("support:queue_new_view", QUEUE),
    verb("support:queue_new_view", QUEUE, {"name": "Mine", "look": "?view=all&priority=1"}),
    verb("support:queue_habits", QUEUE, {"look": "?cols=request,why&sort=-opened"}),
    verb("support:queue_start", QUEUE, {"view": "all"}),
    page("support:requests_arrange", MEMBERS),
    page("support:requests_views", KEEPERS),
    page("support:requests_new_view", KEEPERS),
    verb("support:requests_new_view", KEEPERS, {"name": "Mine", "look": "?state=open"}),
    verb("support:requests_habits", KEEPERS, {"look": "?sort=opened"}),
    verb("support:requests_start", KEEPERS, {"view": "open"}),
]  # fmt: skip

OF_VIEWS = [
    each
    for target, own, firm, lead in (
        ("ours_view", "sam", "", ""), ("theirs_view", "lee", "", ""),
        ("ours_shared_view", "sam", "asha theo", "asha"), ("theirs_shared_view", "lee", "", ""),
        ("ours_owner_view", "ruth", "maria rita", "maria"), ("theirs_owner_view", "jo", "", ""),
    )
    for each in (
        page("support:saved_view", f"{own} {lead}", target),
        verb("support:saved_view", f"{own} {lead}", {"name": "Renamed", "shared": "on"}, target),
        verb("support:saved_view_look", f"{own} {lead}", {"look": "?priority=2"}, target),
        verb("support:saved_view_delete", f"{own} {lead}", {}, target),
        *(
            verb(f"support:{'requests' if 'owner' in target else 'queue'}_{what}", f"{own} {firm}",
                 lambda world, t=target: {"view": world[t].pk, "pinned": "1"}, target, _nothing)
            for what in ("pins", "start")
        ),
    )
]  # fmt: skip

OF_EDITS = [
    page("support:queue_edit", "sam asha ines hal lee"),
    *(
        page("support:queue_edit", "sam asha ines hal lee", f"chosen {target}", _nothing,
             query=lambda world, t=target: f"?ticket={world[t].pk}")
        for target in ("ours", "theirs")
    ),
    verb("support:queue_edit", "sam asha", _ticket("ours", do="priority", priority="1"), "chosen ours", _nothing,
         also=((422, who("ines hal lee")),)),
    verb("support:queue_edit", "lee", _ticket("theirs", do="aside", state="spam"), "chosen theirs", _nothing,
         also=((422, who("sam asha ines hal")),)),
    *(
        verb("support:queue_edit", "", lambda world, n=name: {
            "ticket": world["ours"].pk, "do": "hands", "person": world[n].person.pk}, f"ours to {name}", _nothing,
            also=((422, who("sam asha ines hal lee")),))
        for name in ("kim", "finn", "dele")
    ),
    *(
        each
        for target, ok in (("ours_edit", "sam"), ("theirs_edit", "lee"))
        for each in (
            page("support:queue_edited", ok, target),
            verb("support:queue_undo", ok, {"back": "?view=all"}, target),
            page("support:queue", ok, f"after {target}", _nothing, refused=NO_QUEUE,
                 query=lambda world, t=target: f"?edit={world[t].pk}"),
        )
    ),
]  # fmt: skip

OF_QUEUE: list[Door] = [*OF_LISTS, *OF_VIEWS, *OF_EDITS]
