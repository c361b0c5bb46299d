"""What is held about the time somebody worked, for their subject export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from quietmonday.people.models import Person
from quietmonday.people.queries.subjects import Held, Table
from quietmonday.work.models import TimeEntry


def held_in_work(person: Person) -> Held:
    """Return when they worked on what, and how long. Only somebody of a supplier did; for what, is the clients'."""
    return Held([Table("time", _("how long you worked, and on which request"), _worked(person))])


def _worked(person: Person) -> Iterator[dict[str, Any]]:
    rows = TimeEntry.objects.filter(person=person).select_related("work_item").order_by("at", "id")
    for row in rows.iterator(chunk_size=500):
        yield {"request": row.work_item.number, "at": row.at, "minutes": row.minutes}
