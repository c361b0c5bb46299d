"""Jobs that leave countable traces."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from quietmonday.kit.topics import JobFailed, handles
from quietmonday.outbox.actions import enqueue_mail, put
from tests.outbox.probe.models import Mark, Run


@handles("probe.mark", "Mark it")
def mark(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Leave a Run each time and a Mark once."""
    with transaction.atomic():
        Run.objects.create(key=ids["key"])
        Mark.objects.get_or_create(key=ids["key"])


@handles("probe.chain", "Begin the next")
def chain(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Call for one more mark and one mail, each once however often this runs."""
    with transaction.atomic():
        put(topic="probe.mark", ids={"key": f"after-{ids['key']}"}, now=now, key=f"mark:{ids['key']}")
        enqueue_mail(
            key=f"mail:{ids['key']}",
            recipient=f"{ids['key']}@mill.example",
            sender="Quiet Monday <desk@quiet.example>",
            subject="Your request",
            text="It works again.",
            message_id=f"<{ids['key']}@quiet.example>",
            now=now,
        )


@handles("probe.refuse", "Refuse")
def refuse(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Fail for good."""
    raise JobFailed("no such shelf", for_good=True)
