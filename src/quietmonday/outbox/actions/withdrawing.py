"""Work that nobody is to do: what the story of a made-up firm called for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from quietmonday.outbox.actions.items import inside_transaction
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.outbox.queries import waiting


def withdraw(*, business_ids: Iterable[uuid.UUID], put_before: dt.datetime) -> int:
    """Take back what was put for these businesses until `put_before` and still waits; return how many items.

    In the transaction that put it, so that no worker ever saw it. Mails among it go with their items.
    """
    inside_transaction()
    items = waiting().filter(business_id__in=list(business_ids), put_at__lte=put_before)
    ids = list(items.values_list("pk", flat=True))
    OutgoingMessage.objects.filter(item__in=ids).delete()
    items.filter(pk__in=ids).delete()
    return len(ids)
