"""Reads that several callers share: the four states of an item; it is always in exactly one."""

from django.db.models import QuerySet

from quietmonday.outbox.models import OutboxItem


def waiting() -> QuerySet[OutboxItem]:
    """Not handed to a worker yet: due now or later."""
    return OutboxItem.objects.filter(queued_at=None, done_at=None, failed_at=None)


def queued() -> QuerySet[OutboxItem]:
    """Handed over as a background task that has not settled."""
    return OutboxItem.objects.filter(queued_at__isnull=False, done_at=None, failed_at=None)


def unsettled() -> QuerySet[OutboxItem]:
    """Waiting or queued: seen from outside, it waits."""
    return OutboxItem.objects.filter(done_at=None, failed_at=None)


def failed() -> QuerySet[OutboxItem]:
    """Given up until somebody says to try again."""
    return OutboxItem.objects.filter(failed_at__isnull=False)
