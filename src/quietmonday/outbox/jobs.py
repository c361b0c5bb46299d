"""Jobs and schedules of this area."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.outbox.actions.mails import SEND_MAIL, send_mail
from quietmonday.outbox.actions.pruning import prune


@handles(SEND_MAIL, _("Send a mail"))
def send_one_mail(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Send one mail (ids: message)."""
    send_mail(message_id=uuid.UUID(ids["message"]), now=now)


@handles("outbox.prune", _("Put away what was done long ago"))
def drop_what_has_served(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Drop old rows (ids: slot)."""
    prune(now=now)


scheduled("outbox.prune", every(30))
