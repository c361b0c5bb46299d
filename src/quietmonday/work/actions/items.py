"""Work items get their numbers here."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from quietmonday.kit.records import unsaved, write_new
from quietmonday.people.models import Business
from quietmonday.work.models import Numbers, WorkItem


def open_item(*, business: Business, kind: str, opened_at: dt.datetime, origin: str | None = None) -> WorkItem:
    """Return a new work item with the next number of the business; runs in the caller's transaction.

    The number's row is locked until the caller commits, so numbers have no gaps and none is given twice.
    Raises IntegrityError if the origin already caused an item.
    """
    numbers = _locked_numbers(business)
    numbers.last += 1
    numbers.save(update_fields=["last"])
    return WorkItem.objects.create(
        business=business, number=numbers.last, kind=kind, opened_at=opened_at, origin=origin
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Past:
    """Work that an import tells of: when it was opened and closed, and what it came from."""

    opened_at: dt.datetime
    closed_at: dt.datetime | None
    origin: str


def open_items(*, business: Business, kind: str, past: Sequence[Past]) -> list[WorkItem]:
    """Do what `open_item` does for many at once: two queries and one statement.

    Raises IntegrityError if an origin already caused an item.
    """
    if not past:
        return []
    numbers = _locked_numbers(business)
    first = numbers.last + 1
    numbers.last += len(past)
    numbers.save(update_fields=["last"])
    items = [
        unsaved(
            WorkItem,
            business=business,
            number=number,
            kind=kind,
            opened_at=each.opened_at,
            closed_at=max(each.closed_at, each.opened_at) if each.closed_at else None,
            origin=each.origin,
        )
        for number, each in enumerate(past, start=first)
    ]
    write_new(items)
    return items


def _locked_numbers(business: Business) -> Numbers:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a number is drawn inside the transaction that uses it")
    locked = Numbers.objects.select_for_update()
    numbers = locked.filter(business=business).first()
    if numbers is None:  # two may begin at once: one row gets in, both find it
        Numbers.objects.bulk_create([Numbers(business=business)], ignore_conflicts=True)
        numbers = locked.get(business=business)
    return numbers


def close_item(*, item: WorkItem, closed_at: dt.datetime | None) -> None:
    """Set or (None) take back the moment at which the work ended."""
    item.closed_at = max(closed_at, item.opened_at) if closed_at else None
    item.save(update_fields=["closed_at"])
