"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.topics import JobFailed, every, handles, scheduled
from quietmonday.people.actions.ended_list import TOPIC, note_ended
from quietmonday.people.actions.keeping import let_go_of_what_is_over
from quietmonday.people.actions.merging import gather_merged


@handles("people.let_go", _("Erase what businesses keep no longer"))
def let_go(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once a day: what is older than its period."""
    let_go_of_what_is_over(now=now)


@handles(TOPIC, _("Write down outside the database what has ended"))
def note(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Whenever something ended, and once an hour."""
    try:
        note_ended(now=now)
    except OSError as error:
        raise JobFailed(f"the list of what has ended cannot be written: {error.strerror}") from None


@handles("people.gather_merged", _("Move what was written of a merged person meanwhile"))
def gather(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Ten minutes after a merge."""
    gather_merged(merge_id=uuid.UUID(ids["merge"]), now=now)


scheduled(TOPIC, every(minutes=60))
scheduled("people.let_go", every(minutes=24 * 60))
