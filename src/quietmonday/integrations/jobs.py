"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.integrations.actions.idempotency import forget_keys
from quietmonday.integrations.actions.taking_out import expire_exports, make_export
from quietmonday.integrations.actions.telling import deliver, forget_deliveries
from quietmonday.kit.topics import every, handles, scheduled


@handles("integrations.make_export", _("Put the record of a business into a file"))
def make(ids: Mapping[str, str], now: dt.datetime) -> None:
    """An owner asked for the record."""
    make_export(export_id=uuid.UUID(ids["export"]), now=now)


@handles("integrations.expire_exports", _("Delete files of records whose time is over"))
def expire(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once an hour: files whose time is over."""
    expire_exports(now=now)


@handles("integrations.deliver", _("Tell another server what happened"))
def tell(ids: Mapping[str, str], now: dt.datetime) -> None:
    """One delivery of a webhook, if it is its turn."""
    deliver(delivery_id=uuid.UUID(ids["delivery"]), now=now)


@handles("integrations.forget", _("Forget what programs were answered and webhooks were told"))
def forget(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once an hour: keys of two days ago, deliveries of a month ago."""
    forget_keys(now=now)
    forget_deliveries(now=now)


scheduled("integrations.expire_exports", every(minutes=60))
scheduled("integrations.forget", every(minutes=60))
