"""Fill the empty database of the environment with what the product of this checkout makes; print its seals.

python -m tests.upgrades.populate
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

BUSY = 2
"""How often everything happens: some thirty requests."""


def main() -> None:
    """Migrate, fill, print the line of every seal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    print("\n".join(fill_everything()))


def fill_everything() -> list[str]:
    """Write two businesses with all that happens between them and their suppliers; return the lines of their seals."""
    import time_machine

    from quietmonday.journal.actions import erase_payload
    from quietmonday.journal.models import Entry, Seal
    from quietmonday.journal.queries import text_of
    from quietmonday.kit.actors import SYSTEM
    from quietmonday.people.actions.engagements import engage
    from quietmonday.people.models import Supplier
    from tests.boundaries.sweep.stories import HOUR, NOW, Table, actor_of, fill, requests_with_other_suppliers
    from tests.boundaries.sweep.world import _those_who_left_and_those_to_come
    from tests.cast import make_cast

    @dataclasses.dataclass
    class Holder:
        cast: Any
        objects: dict[str, Any] = dataclasses.field(default_factory=dict)
        sessions: dict[str, str] = dataclasses.field(default_factory=dict)

        def __getitem__(self, name: str) -> Any:
            return self.objects[name]

    with time_machine.travel(NOW, tick=False):
        cast = make_cast(NOW)
        holder = Holder(cast)
        _those_who_left_and_those_to_come(holder)
        for table in (
            Table(
                cast.oakhurst, cast.fennimore, cast.engagement, cast.ruth, cast.dele, cast.sam, "ours",
                says=lambda place: f"The printer prints “{place}” – again",
                notes=lambda place: "Between us: it is the old driver",
                mails=lambda place: f"Scanner, {place}",
            ),
            Table(
                cast.tilden, cast.brightwell, cast.tilden_engagement, cast.jo, cast.kim, cast.lee, "theirs",
                says=lambda place: f"Die Kasse zählt nicht: {place}",
                notes=lambda place: "Between us: the till is full of soil",
                mails=lambda place: f"Till, {place}",
            ),
        ):  # fmt: skip
            fill(holder, table, BUSY)
        requests_with_other_suppliers(holder)
        engage(business=cast.tilden, supplier=Supplier.objects.get(name="Norvane Telecom"), actor=SYSTEM, now=NOW)
        entry = Entry.objects.filter(business_id=cast.oakhurst.pk, verb="ticket.noted").order_by("id").first()
        assert entry is not None
        erase_payload(entry=entry, actor=actor_of(cast.ruth), reason="asked for by the person", now=NOW - HOUR)
        return [text_of(seal) for seal in Seal.objects.order_by("id")]


if __name__ == "__main__":
    main()
