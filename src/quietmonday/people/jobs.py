"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.people.actions.keeping import let_go_of_what_is_over
from quietmonday.people.actions.merging import gather_merged


@handles("people.let_go", _("Erase what businesses keep no longer"))
def let_go(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once a day: what is older than its period."""
    let_go_of_what_is_over(now=now)


@handles("people.gather_merged", _("Move what was written of a merged person meanwhile"))
def gather(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Ten minutes after a merge."""
    gather_merged(merge_id=uuid.UUID(ids["merge"]), now=now)


scheduled("people.let_go", every(minutes=24 * 60))
