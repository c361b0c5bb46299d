"""Repeating duties: each turn is a slot, and a slot is taken once."""

import datetime as dt

import structlog
from django.db import IntegrityError, transaction

from quietmonday.kit.faults import reached
from quietmonday.kit.topics import Schedule, schedules
from quietmonday.outbox.actions.items import inside_transaction, put
from quietmonday.outbox.logic.failures import failure_of
from quietmonday.outbox.models import Slot

_log = structlog.get_logger("quietmonday.outbox")


def put_due_slots(*, now: dt.datetime, taken: set[tuple[str, str]]) -> int:
    """Put an item (ids: slot=key) for each slot that is due at `now` and free; return how many.

    `taken` is the caller's memory between rounds, so that an idle round asks the database nothing.
    """
    due = {(schedule.topic, key) for schedule in schedules() for key in _keys(schedule, now)}
    taken &= due
    count = 0
    for topic, key in sorted(due - taken):
        with transaction.atomic():
            if take_slot(topic=topic, key=key, now=now):
                put(topic=topic, ids={"slot": key}, now=now)
                count += 1
            reached("outbox.slot.before_commit")
        reached("outbox.slot.after_commit")
        taken.add((topic, key))
    return count


def take_slot(*, topic: str, key: str, now: dt.datetime) -> bool:
    """Take a slot; return False if it is taken. Stands in the transaction of what is done in that turn."""
    inside_transaction()
    if Slot.objects.filter(topic=topic, key=key).exists():
        return False
    try:
        with transaction.atomic():
            Slot(topic=topic, key=key, taken_at=now).save(force_insert=True)
    except IntegrityError:
        return False  # another scheduler was quicker
    return True


def _keys(schedule: Schedule, now: dt.datetime) -> list[str]:
    try:
        return list(schedule.keys(now))
    except Exception as exception:  # noqa: BLE001 - one broken schedule must not stop the others
        _log.error("outbox.schedule_broken", topic=schedule.topic, reason=failure_of(exception).reason)
        return []
