"""The made-up firm is taken away again: every row of it, and its files."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quietmonday.demo.models import Making
from quietmonday.demo.queries.belongings import made_up, relied_on, rows_to_remove
from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.outbox.actions import put
from quietmonday.people.models import Business
from quietmonday.support.actions.indexing import take_businesses_out_of_search

SWEEP = "demo.sweep_files"


class ReliedOn(Exception):
    """A business that is not made up stands in a row with the made-up firm; its name is the argument."""


@transaction.atomic
def remove_firm(*, actor: Actor, now: dt.datetime) -> int:
    """Take away every row of the made-up businesses and suppliers; return how many. None is left of a half-made firm.

    The journal of a made-up business goes with it: it tells of nothing that happened. Who asked for it and who took it
    away stays in the installation's own chain. Raises ReliedOn.
    """
    making = Making.objects.select_for_update().first()
    if making is None:
        return 0
    if (name := relied_on()) is not None:
        raise ReliedOn(name)
    gone = made_up()
    take_businesses_out_of_search(business_ids=gone.businesses)
    # Rows of the journal are written once, and the ORM refuses to delete them; here whole chains go, told of below.
    removed = sum(int(rows._raw_delete(rows.db) or 0) for rows in reversed(rows_to_remove(gone)))
    for business in sorted(gone.businesses):
        put(topic=SWEEP, ids={"business": str(business)}, now=now, key=f"{SWEEP}:{business}")
    append(
        verb="demo.removed",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("making", making.pk),
        payload={"rows": removed},
        occurred_at=now,
        recorded_at=now,
    )
    return removed


def sweep_files(*, business_id: uuid.UUID) -> None:
    """Delete the folder of a business that is gone; that of one which is there stays."""
    if not Business.objects.filter(pk=business_id).exists():
        shutil.rmtree(Path(settings.FILES_DIR) / str(business_id), ignore_errors=True)
