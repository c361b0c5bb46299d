"""Whose turn it is to be read."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.outbox.actions import put
from quietmonday.post.models import Mailbox

READ = "post.read_mailbox"
SURE = dt.timedelta(minutes=2, seconds=30)  # below the length from which on a mailbox counts as not read


@transaction.atomic
def put_reading(mailbox: uuid.UUID, now: dt.datetime) -> None:
    """Put one reading of a mailbox, say right after it was connected."""
    put(topic=READ, ids={"mailbox": str(mailbox)}, now=now)


def is_due(mailbox: Mailbox, now: dt.datetime, folders: int = 1) -> bool:
    """Return whether the schedule is to read the mailbox at `now`: each minute; if somebody listens at its only folder,
    every few minutes to be sure."""
    if mailbox.next_try_at is not None and mailbox.next_try_at > now:
        return False
    lease = getattr(mailbox, "lease", None)
    listened = lease is not None and lease.listens_since and lease.until_at and lease.until_at > now
    lately = mailbox.last_ok_at is not None and not mailbox.last_error and now - mailbox.last_ok_at < SURE
    return not (listened and lately and folders == 1)
