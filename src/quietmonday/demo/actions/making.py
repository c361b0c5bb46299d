"""The made-up firm is made: asked for once, then step by step, until its story has come to the present."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence

from django.db import transaction

from quietmonday.demo.actions.happening import Happening
from quietmonday.demo.logic.plan import WEEKS, plan
from quietmonday.demo.logic.steps import Step
from quietmonday.demo.models import Making
from quietmonday.demo.queries.told import story
from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.faults import reached
from quietmonday.outbox.actions import put
from quietmonday.outbox.actions.withdrawing import withdraw
from quietmonday.people.models import Business

MAKE = "demo.make"
_CHUNK = 40
"""Steps a transaction: about a third of a second, in which on SQLite nobody else writes."""


class StoryChanged(RuntimeError):
    """The product was upgraded while the story was half told: it cannot be gone on with."""


@transaction.atomic
def ask_for_firm(*, actor: Actor, now: dt.datetime, here: bool = False, weeks: int = WEEKS) -> Making:
    """Ask for the made-up firm; return its row. While there is one, that is it: asking twice makes nothing twice.

    A worker makes it, unless the caller does (`here`). `weeks`: how long its story is.
    """
    found = Making.objects.filter(only=True).first()
    if found is not None:
        return found
    row = Making.objects.create(by_name=actor.name, asked_at=now, weeks=weeks, total=len(plan(story(), now, weeks)))
    append(
        verb="demo.asked_for",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("making", row.pk),
        payload={"weeks": weeks},
        occurred_at=now,
        recorded_at=now,
    )
    if not here:
        put(topic=MAKE, ids={"making": str(row.pk)}, now=now, key=f"{MAKE}:{row.pk}")
    return row


def make_firm(*, clock: Callable[[], dt.datetime]) -> Iterator[Making]:
    """Go on with the made-up firm where it stands, to its end; yields its row after each portion.

    Several may do so at once: each portion is one transaction under the row's lock, and done once. Nothing happens if
    nobody asked for it, or it was taken away meanwhile. Raises StoryChanged.
    """
    row = Making.objects.filter(made_at=None).first()
    if row is None:
        return
    steps = plan(story(), row.asked_at, row.weeks)
    if len(steps) != row.total:
        raise StoryChanged("this version tells another story: take the made-up firm away and ask for it anew")
    happening = Happening(story(), row.asked_at)
    while row is not None and row.made_at is None:
        row = _portion(row, steps, happening, clock())
        reached("demo.make.after_portion")
        if row is not None:
            yield row


@transaction.atomic
def _portion(row: Making, steps: Sequence[Step], happening: Happening, now: dt.datetime) -> Making | None:
    """Let the next steps happen, and see to it that nobody is told of them."""
    locked = Making.objects.select_for_update().filter(pk=row.pk).first()
    if locked is None or locked.made_at is not None:
        return locked
    happening.look_around()
    for step in itertools.islice(steps, locked.done, locked.done + _CHUNK):
        happening.happen(step)
        locked.done += 1
    # Of what is made up nobody is told: whatever these steps called for (mails above all) goes before anybody sees it.
    withdraw(business_ids=Business.objects.filter(made_up=True).values_list("pk", flat=True), put_before=row.asked_at)
    if locked.done == locked.total:
        locked.made_at = now
        append(
            verb="demo.made",
            actor=SYSTEM,
            business_id=None,
            engagement_ids=(),
            subject=("making", locked.pk),
            payload={"steps": locked.total},
            occurred_at=now,
            recorded_at=now,
        )
    locked.save(update_fields=["done", "made_at"])
    return locked
