"""An owner takes the business's record out on a page: asked for, made by a worker, fetched, expired."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quietmonday.integrations.actions.export import Exported, export_business, tell_of_export
from quietmonday.integrations.models import Export
from quietmonday.integrations.queries.exports import file_of, progress_file_of
from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.outbox.actions import put
from quietmonday.people.models import Business

KEPT = dt.timedelta(hours=48)
"""How long a file may be fetched: long enough for Monday's on Tuesday, short for a whole record on a disk."""


@transaction.atomic
def ask_for_export(*, business: Business, actor: Actor, now: dt.datetime) -> Export:
    """Have the record of `business` made into a file; return it. While one is being made, that one is it."""
    locked = Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    going_on = Export.objects.filter(business=locked, made_at=None).first()
    if going_on is not None:
        return going_on
    export = Export.objects.create(business=locked, by_name=actor.name, asked_at=now)
    put(
        topic="integrations.make_export",
        ids={"export": str(export.pk)},
        now=now,
        key=f"integrations.make_export:{export.pk}",
        business_id=locked.pk,
    )
    tell_of_export(business=locked, actor=actor, now=now)
    return export


def make_export(*, export_id: uuid.UUID, now: dt.datetime) -> Export:
    """Make the file; return its row. A second run, after a kill, makes it anew; of one that is made nothing changes."""
    export = Export.objects.select_related("business").get(pk=export_id)
    if export.made_at is not None:
        return export
    path = file_of(export)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for draft in path.parent.glob(f".{path.name}.*.partial"):
        draft.unlink()
    made = export_business(business=export.business, path=path, now=now, progress=_Teller(progress_file_of(export)))
    reached("integrations.export.after_file")
    return _made(export, made, now)


@transaction.atomic
def fetched(*, export: Export, actor: Actor, now: dt.datetime) -> None:
    """The owner fetched the file: the journal says who and when."""
    row = Export.objects.select_for_update().get(pk=export.pk)
    row.fetched_at = now
    row.save(update_fields=["fetched_at"])
    append(
        verb="business.export_fetched",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=[],
        subject=("export", row.pk),
        payload={"asked_at": row.asked_at},
        occurred_at=now,
        recorded_at=now,
    )


def expire_exports(*, now: dt.datetime) -> int:
    """Delete files whose time is over, and what no row knows; return how many."""
    folder = Path(settings.EXPORTS_DIR)
    going_on = Export.objects.filter(made_at=None) | Export.objects.filter(expires_at__gt=now)
    wanted = {str(pk) for pk in going_on.values_list("pk", flat=True)}
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.removeprefix(".").partition(".")[0] not in wanted:
            path.unlink(missing_ok=True)
            count += 1
    return count


@transaction.atomic
def _made(export: Export, made: Exported, now: dt.datetime) -> Export:
    export.made_at, export.expires_at = now, now + KEPT
    export.size, export.tickets, export.missing_files = made.size, made.tickets, len(made.files.missing)
    export.save()
    progress_file_of(export).unlink(missing_ok=True)
    return export


class _Teller:
    """Writes how many kinds of rows are done, each time one begins, into a file that the page reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[str, None] = {}

    def __call__(self, what: str, count: int) -> None:
        if what not in self._seen:
            self._seen[what] = None
            self._path.write_text(json.dumps({"done": len(self._seen)}))
