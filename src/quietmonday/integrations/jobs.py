"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.integrations.actions.taking_out import expire_exports, make_export
from quietmonday.kit.topics import every, handles, scheduled


@handles("integrations.make_export", _("Put the record of a business into a file"))
def make(ids: Mapping[str, str], now: dt.datetime) -> None:
    """An owner asked for the record."""
    make_export(export_id=uuid.UUID(ids["export"]), now=now)


@handles("integrations.expire_exports", _("Delete files of records whose time is over"))
def expire(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once an hour: files whose time is over."""
    expire_exports(now=now)


scheduled("integrations.expire_exports", every(minutes=60))
