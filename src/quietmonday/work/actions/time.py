"""Time spent on work items. The building blocks run in the caller's transaction; the entry is the caller's."""

import datetime as dt

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_text
from quietmonday.people.models import Engagement, Person
from quietmonday.work.models import MOST_MINUTES, TimeEntry, WorkItem


class NoSuchTime(ValueError):
    """Somebody works at least a minute and at most a day at once."""


def add_time(
    *,
    item: WorkItem,
    engagement: Engagement,
    person: Person | None,
    minutes: int,
    at: dt.datetime,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
) -> TimeEntry:
    """Store that `person` worked `minutes` from `at` on; return the row. Raises NoSuchTime."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise NoSuchTime(f"between 1 and {MOST_MINUTES} minutes")
    return TimeEntry.objects.create(
        business_id=item.business_id,
        work_item=item,
        engagement=engagement,
        person=person,
        by_name=actor.name,
        minutes=minutes,
        at=at,
        recorded_at=now,
        note=clean_text(note),
    )
