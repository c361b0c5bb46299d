"""Reads that several callers share: the four states of an item; it is always in exactly one."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from quietmonday.outbox.models import OutboxItem, OutgoingMessage

PAGE = 25
COUNTED = 1000


def waiting() -> QuerySet[OutboxItem]:
    """Not handed to a worker yet: due now or later."""
    return OutboxItem.objects.filter(queued_at=None, done_at=None, failed_at=None)


def queued() -> QuerySet[OutboxItem]:
    """Handed over as a background task that has not settled."""
    return OutboxItem.objects.filter(queued_at__isnull=False, done_at=None, failed_at=None)


def unsettled() -> QuerySet[OutboxItem]:
    """Waiting or queued: seen from outside, it waits."""
    return OutboxItem.objects.filter(done_at=None, failed_at=None)


def ids_under_way(topic: str, now: dt.datetime) -> list[dict[str, str]]:
    """Return the ids of what a topic's job does now or is to do at once: putting the same again would do it twice."""
    rows = unsettled().filter(Q(queued_at__isnull=False) | Q(due_at__lte=now), topic=topic)
    return list(rows.values_list("ids", flat=True))


def waits_already(topic: str, ids: Mapping[str, str]) -> bool:
    """Return whether the job of `topic` waits to run with these ids, and no worker has begun."""
    return any(dict(each) == dict(ids) for each in waiting().filter(topic=topic).values_list("ids", flat=True))


def failed() -> QuerySet[OutboxItem]:
    """Given up until somebody says to try again."""
    return OutboxItem.objects.filter(failed_at__isnull=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One item as the administrator's page shows it; `recipient` if it sends a mail."""

    item: OutboxItem
    recipient: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class WorkPage:
    """What waits and what failed: counts (up to COUNTED, then "more than"), and a page of each, oldest first."""

    waiting: int
    failed: int
    waiting_lines: list[Line]
    failed_lines: list[Line]
    waiting_after: uuid.UUID | None
    failed_after: uuid.UUID | None
    oldest_due_at: dt.datetime | None


def work_page(*, waiting_after: uuid.UUID | None, failed_after: uuid.UUID | None) -> WorkPage:
    """Return the page that follows the items of these ids (None: the first). At most 6 queries."""
    open_items, open_next = _page(unsettled(), waiting_after)
    failed_items, failed_next = _page(failed(), failed_after)
    recipients = _recipients([*open_items, *failed_items])
    oldest = waiting().order_by("due_at").values_list("due_at", flat=True).first()
    return WorkPage(
        waiting=unsettled().order_by()[: COUNTED + 1].count(),
        failed=failed().order_by()[: COUNTED + 1].count(),
        waiting_lines=[Line(item, recipients.get(item.pk)) for item in open_items],
        failed_lines=[Line(item, recipients.get(item.pk)) for item in failed_items],
        waiting_after=open_next,
        failed_after=failed_next,
        oldest_due_at=oldest,
    )


def _page(rows: QuerySet[OutboxItem], after: uuid.UUID | None) -> tuple[list[OutboxItem], uuid.UUID | None]:
    """Return one page and the id to go on from. UUIDv7 keys sort by the time they were made."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    items = list(rows.order_by("pk")[: PAGE + 1])
    return items[:PAGE], items[PAGE - 1].pk if len(items) > PAGE else None


def _recipients(items: Iterable[OutboxItem]) -> dict[uuid.UUID, str]:
    rows = OutgoingMessage.objects.filter(item_id__in=[item.pk for item in items])
    return {item_id: recipient for item_id, recipient in rows.values_list("item_id", "recipient") if item_id}


def recipients_of(message_ids: Iterable[str]) -> list[str]:
    """Return to whom our mails of these Message-IDs went: one query."""
    return list(OutgoingMessage.objects.filter(message_id__in=list(message_ids)).values_list("recipient", flat=True))


def recipient_of(message: uuid.UUID) -> str:
    """Return to whom this mail goes, "" if its row is gone."""
    return OutgoingMessage.objects.filter(pk=message).values_list("recipient", flat=True).first() or ""


def mails_of(message_ids: Iterable[str]) -> list[tuple[uuid.UUID, str]]:
    """Return (row, recipient) of our mails of these Message-IDs: one query."""
    return list(OutgoingMessage.objects.filter(message_id__in=list(message_ids)).values_list("pk", "recipient"))


def key_and_recipient(message: uuid.UUID) -> tuple[str, str]:
    """Return what a mail was written for, and to whom; ("", "") if its row is gone."""
    rows = OutgoingMessage.objects.filter(pk=message).values_list("key", "recipient")
    return rows.first() or ("", "")


def mails_made_to(recipient: str, *, key_prefix: str, since: dt.datetime) -> int:
    """Return how many mails were written to the address since then whose key begins so: what caps receipts."""
    return OutgoingMessage.objects.filter(recipient=recipient, key__startswith=key_prefix, made_at__gte=since).count()
