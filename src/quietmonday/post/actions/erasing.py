"""Raw mails and files are let go of. What stays says that they were there, and knows them when they come again."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Collection

from django.db import transaction
from django.db.models import QuerySet

from quietmonday.post.actions.files import place_of
from quietmonday.post.models import File, InboxItem, InboxState, RawBytes

AT_ONCE = 200
UNLINKED_AGAIN = dt.timedelta(days=7)


def erase_items(*, items: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Erase bytes, sender, subject and file name of inbox items; their origin and sum stay, so that none comes in
    twice. In the caller's transaction. Items that still wait to be looked at stay whole."""
    wanted = InboxItem.objects.filter(pk__in=items, erased_at=None).exclude(state=InboxState.WAITING)
    ids = list(wanted.values_list("pk", flat=True))
    RawBytes.objects.filter(item__in=ids).delete()
    InboxItem.objects.filter(pk__in=ids).update(erased_at=now, sender="", subject="", name="", params={}, asks_at=None)


def erase_files(
    *, files: Collection[uuid.UUID], unneeded: Callable[[list[uuid.UUID]], list[uuid.UUID]], now: dt.datetime
) -> None:
    """Erase the bytes of those files that are `unneeded`, once the caller's transaction is through.

    `unneeded` is asked with the rows locked: whoever makes a row point at one waits, and is seen or sees.
    """
    rows = File.objects.select_for_update().filter(pk__in=files, erased_at=None).order_by("pk")
    going = unneeded([row.pk for row in rows])
    File.objects.filter(pk__in=going).update(erased_at=now)
    for ref in going:
        transaction.on_commit(functools.partial(_unlink, ref))


def unlink_erased(*, now: dt.datetime) -> int:
    """Delete bytes that a killed process left behind after it had erased their row; return how many there were."""
    lately = File.objects.filter(erased_at__gt=now - UNLINKED_AGAIN)
    return sum(_unlink(ref) for ref in lately.values_list("pk", flat=True).iterator())


def mails_due(state: InboxState, business: uuid.UUID, older_than: dt.datetime) -> int:
    """Return how many mails of the business came before `older_than`, ended in `state` and are still whole."""
    return _mails(state, business, older_than).count()


@transaction.atomic
def let_go_of_mails(state: InboxState, business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase some of them; return how many, 0 when none is left. `why` goes into no entry: mails have none."""
    ids = list(_mails(state, business, older_than).values_list("pk", flat=True)[:AT_ONCE])
    erase_items(items=ids, now=now)
    return len(ids)


def _mails(state: InboxState, business: uuid.UUID, older_than: dt.datetime) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(business=business, state=state, received_at__lt=older_than, erased_at=None)


@transaction.atomic
def _unlink(ref: uuid.UUID) -> bool:
    """Delete the bytes of a file unless they came again meanwhile; return whether there were any."""
    row = File.objects.select_for_update().filter(pk=ref, erased_at__isnull=False).first()
    if row is None:
        return False
    path = place_of(row.business_id, row.sha256)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there
