"""Shells: the made-up firm is made, and what it leaves on the disk goes."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.demo.actions.making import MAKE, StoryChanged, make_firm
from quietmonday.demo.actions.removing import SWEEP, sweep_files
from quietmonday.kit.clock import now as present
from quietmonday.kit.topics import JobFailed, handles


@handles(MAKE, _("Make the made-up firm"))
def make(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Somebody wants to look around. Goes on where a lost worker stopped."""
    try:
        for _row in make_firm(clock=present):
            pass
    except StoryChanged as changed:
        raise JobFailed(str(changed), for_good=True) from None


@handles(SWEEP, _("Delete the files of a made-up firm that was taken away"))
def sweep(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A made-up business is gone from the database."""
    sweep_files(business_id=uuid.UUID(ids["business"]))
