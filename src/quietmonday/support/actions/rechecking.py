"""Time alone changes verdicts too: a workaround runs past its date, three quiet days make a yes."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction

from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import Verdict
from quietmonday.support.queries.tickets import locked

LOOK_BACK = dt.timedelta(weeks=16)
_CHUNK = 500


def recheck(*, now: dt.datetime) -> int:
    """Refresh every ticket of the last sixteen weeks whose verdict is no longer what is stored; return how many.

    Reads stored facts only; a ticket is written, in its own transaction, when something changed.
    """
    changed = list(_changed(now))
    for ticket_id in changed:
        with transaction.atomic():
            refresh(ticket=locked(ticket_id), now=now)
    return len(changed)


def _changed(now: dt.datetime) -> Iterator[uuid.UUID]:
    rows = Verdict.objects.filter(ticket__opened_at__gte=now - LOOK_BACK).only("ticket", "inputs", "quick", "effective")
    for row in rows.iterator(chunk_size=_CHUNK):
        facts = facts_from_json(row.inputs)
        if (row.quick, row.effective) != (quick(facts, now).value.value, effective(facts, now).value.value):
            yield row.ticket_id
