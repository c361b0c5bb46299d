"""Who else hears of the requests of both businesses, what they have to do with each other, how they are tagged."""

from __future__ import annotations

from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Person
from quietmonday.support.actions.calling_in import would_call_in
from quietmonday.support.actions.linking import link
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.watching import suggest_copied, watch
from quietmonday.support.models import CopySuggestion, Tag, Watcher
from tests.boundaries.sweep.stories import HOUR, NOW, Holder, Table, actor_of
from tests.cast import SINCE

HEAR = {"ours": "ruth maria dele sam asha", "theirs": "jo kim lee"}
"""Everybody who sees the request that waits, and acts there: so that each can end it."""


def relate(world: Holder, table: Table, copies: int) -> None:
    """One of each on the fresh request of a business, or `copies`; the settled one has an open piece."""
    prefix = table.prefix
    fresh, owner = world[prefix], actor_of(table.owner)
    for number in range(copies):
        hears, copied = (
            add_person(
                place=table.business, name=f"{name} {number}", emails=[f"{name}{number}@{prefix}.example"],
                actor=SYSTEM, now=SINCE,
            )
            for name in ("Hearer", "Copied")
        )  # fmt: skip
        [watcher] = watch(ticket=fresh, persons=[hears], why="added", actor=owner, now=NOW - HOUR)
        staff = Person.objects.get(pk=table.staff.person.pk)
        [copy] = suggest_copied(ticket=fresh, persons=[copied], by=staff, now=NOW - HOUR)
        tag(ticket=fresh, names=[f"word {number}"], actor=owner, now=NOW - HOUR)
    tie = link(
        one=fresh, other=world[f"{prefix}_last_week"], kind="blocks", note=table.says("link"), actor=owner,
        now=NOW - HOUR,
    )  # fmt: skip
    for kind in ("related", "caused_by", "under")[: copies - 1]:
        link(one=fresh, other=world[f"{prefix}_last_week"], kind=kind, actor=owner, now=NOW - HOUR)
    link(one=world[f"{prefix}_waiting"], other=world[f"{prefix}_settled"], kind="under", actor=owner, now=NOW - HOUR)
    all_hear = [world[name].person for name in HEAR[prefix].split()]
    watch(ticket=world[f"{prefix}_waiting"], persons=all_hear, why="self", actor=owner, now=NOW - HOUR)
    call_in = would_call_in(
        ticket=fresh, supplier_id=table.supplier.pk, note=table.says("call in"), actor=actor_of(table.technician),
        now=NOW - HOUR,
    )  # fmt: skip
    world.objects |= {
        f"{prefix}_watcher": Watcher.objects.get(pk=watcher.pk),
        f"{prefix}_copy": CopySuggestion.objects.get(pk=copy.pk),
        f"{prefix}_copied": copied,
        f"{prefix}_hears": hears,
        f"{prefix}_tie": tie,
        f"{prefix}_call_in": call_in,
        f"{prefix}_tag": Tag.objects.filter(business=table.business).latest("id"),
    }
