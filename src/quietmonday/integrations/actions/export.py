"""One business's whole record, as a file that another installation takes in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import textwrap
from pathlib import Path

from django.db import transaction

from quietmonday.integrations.actions.packing import PackedFiles, Progress, head_of, pack_files, pack_rows
from quietmonday.integrations.logic.manifest import BUSINESS
from quietmonday.integrations.queries.belonging import instead_of, rows_of, travelling_models
from quietmonday.integrations.queries.snapshot import snapshot
from quietmonday.journal.actions import append
from quietmonday.journal.models import Chain
from quietmonday.kit.actors import Actor
from quietmonday.kit.archives import writing
from quietmonday.people.models import Business
from quietmonday.post.models import File

READ_ME = textwrap.dedent("""\
    The record of one business, out of Quiet Monday: it is the business's own. manifest.json lists what is in it.

    Another installation takes it in with

        quietmonday import business "NAME OF THE BUSINESS" THIS-FILE --owner ADDRESS

    where ADDRESS is that of the person at the business who is to sign in first. Every seal that was mailed goes on
    fitting there: quietmonday verify --seal TEXT.

    Not in it: who may sign in, passwords, mails that were not sent yet, and the notes that suppliers wrote for their
    own people only. It does hold what people wrote and their addresses: keep it as you keep the record.
    """)


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds."""

    rows: int
    tickets: int
    files: PackedFiles
    size: int


def export_business(*, business: Business, path: Path, now: dt.datetime, progress: Progress) -> Exported:
    """Write the record of `business`, as it is at this moment, into `path`; return what it holds.

    Raises kit.archives.AlreadyThere, OSError: then there is no file of that name.
    """
    with writing(path) as writer:
        with writer.part("READ-ME.txt") as part:
            part.write(READ_ME.encode())
        with snapshot():
            head = head_of(kind=BUSINESS, made_at=now)
            tables = [
                pack_rows(writer, rows_of(model, business.pk), progress, instead_of(model, business.pk))
                for model in travelling_models()
            ]
            ours = File.objects.filter(pk__in=rows_of(File, business.pk).values("pk"))
            files = pack_files(writer, ours, progress)
            chains = Chain.objects.filter(business_id=business.pk).order_by("id")
            ends = [{"id": str(c.pk), "count": c.count, "head_hash": c.head_hash} for c in chains]
        writer.finish(
            head
            | {
                "business": {"id": str(business.pk), "name": business.name},
                "chains": ends,
                "tables": [table.as_json() for table in tables],
                "files": {"count": files.count, "missing": files.missing[:1000]},
            }
        )
    rows = {table.label: table.rows for table in tables}
    return Exported(sum(rows.values()), rows["support.Ticket"], files, path.stat().st_size)


@transaction.atomic
def tell_of_export(*, business: Business, actor: Actor, now: dt.datetime) -> None:
    """Write into the business's own chain that its record is taken out, before it is: the file tells of itself."""
    append(
        verb="business.exported",
        actor=actor,
        business_id=business.pk,
        engagement_ids=[],
        subject=("business", business.pk),
        payload={},
        occurred_at=now,
        recorded_at=now,
    )
