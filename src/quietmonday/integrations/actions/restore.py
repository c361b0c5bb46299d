"""A backup comes back, into an empty installation: all of it or nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction

from quietmonday.integrations.actions.backup import key_check
from quietmonday.integrations.actions.packing import Progress
from quietmonday.integrations.actions.unpacking import packed_files, store_files, unpack_rows
from quietmonday.integrations.logic.manifest import BACKUP, TableInFile, Unfit, states_of, tables_of
from quietmonday.integrations.queries.schema import is_before, migrate_to, models_at, refuse_newer, states_here
from quietmonday.integrations.queries.tables import backed_up_models, columns_of, our_models
from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.archives import Reader
from quietmonday.kit.faults import reached
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions.grounds import unfinished_restore
from quietmonday.outbox.actions.mails import SEND_MAIL
from quietmonday.outbox.models import OutboxItem
from quietmonday.people.access import holding
from quietmonday.people.actions.ended_list import EndedAgain, end_again, sign_in_anew
from quietmonday.people.models import Membership, Role
from quietmonday.support.actions.indexing import rebuild_search

HELD = "Held after a restore: it may have been sent since the backup was made. Send it again if it was not."


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    made_at: str
    rows: int
    files: int
    missing: list[str]
    held_mails: int
    fits_key: bool
    administrators: list[str]
    ended: EndedAgain | None  # None: there was no list of what has ended since
    taken_away: dict[str, int]  # of what opens by itself, if that was asked for


def restore(
    *,
    path: Path,
    now: dt.datetime,
    progress: Progress,
    other_root_key: bool = False,
    ended_files: Sequence[Path] = (),
    mailed_codes_only: bool = False,
) -> Restored:
    """Bring the backup `path` into the empty installation of this environment.

    Everything in the file is checked first. All rows come in one transaction: whoever interrupts it finds the
    installation empty as before (content files that lie on the disk without a row do no harm). Sessions and one-time
    links do not come back; mails that waited are held until an administrator says "send it again".
    What has ended since then ends again, as far as the list outside the database knows it (`ended_files`, and the one
    of this installation). `mailed_codes_only`: passwords, passkeys and sign-ins at providers open nothing any more.
    Raises kit.archives.Damaged, Unfit. `other_root_key`: go on although the secrets in it will not open here.
    """
    with Reader(path) as reader:
        manifest = reader.manifest
        tables = tables_of(manifest, kind=BACKUP)
        states = states_of(manifest)
        refuse_newer(states)
        fits_key = manifest.get("key_check") == key_check()
        if not fits_key and not other_root_key:
            raise Unfit(
                f"The root key {settings.ROOT_KEY_FILE} is not the one that this backup was made with. Put the copy "
                "that you keep apart from your backups in its place, then try again. If it is lost: --other-root-key "
                "brings back all but passwords of mailboxes and mails that were not sent yet. Nothing was changed."
            )
        _refuse_what_is_not_empty(states)
        found = _fitting(tables, models_at(states))
        progress("checking the file", 0)
        reader.check()
        for _file in packed_files(reader):
            pass
        migrate_to(states)
        _refuse_rows(our_models(models_at(states)))
        files = len(store_files(reader, progress))
        reached("integrations.restore.before_rows")
        with _unfinished(), transaction.atomic():
            for model, table in found:
                unpack_rows(reader, table, into=model._meta.db_table, progress=progress)
            held = _hold_mails(now)
            _forget_the_line()
            _reset_sequences([model for model, _ in found])
            reached("integrations.restore.before_commit")
    reached("integrations.restore.after_commit")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    rebuild_search(progress=progress)
    _analyse()
    missing = _missing(manifest)
    with transaction.atomic():
        lists = [*ended_files, *([settings.ENDED_FILE] if settings.ENDED_FILE.exists() else [])]
        ended = end_again(files=lists, now=now) if lists else None
        taken_away = sign_in_anew(now=now) if mailed_codes_only else {}
        _tell(manifest, now, missing, ended)
    unfinished_restore().unlink()
    return Restored(
        made_at=str(manifest.get("made_at")),
        rows=sum(table.rows for table in tables.values()),
        files=files,
        missing=missing,
        held_mails=held,
        fits_key=fits_key,
        administrators=_administrators(now),
        ended=ended,
        taken_away=taken_away,
    )


@contextlib.contextmanager
def _unfinished() -> Iterator[None]:
    """Let nothing start, from before the rows are here until what had ended has ended again."""
    mark = unfinished_restore()
    mark.touch()
    try:
        yield
    except BaseException:
        mark.unlink()  # nothing came in
        raise


def _refuse_what_is_not_empty(states: dict[str, str]) -> None:
    here = states_here()
    if not is_before(here, states):
        raise Unfit(
            "The backup was made with other tables than the ones here, and tables go forward only. Begin with none: "
            f"{_begin_anew()}. Then restore; it brings the tables to this version itself. Nothing was changed."
        )
    if here:
        _refuse_rows(our_models())


def _refuse_rows(found: Sequence[type[models.Model]]) -> None:
    there = set(connection.introspection.table_names())
    full = [m._meta.label for m in found if m._meta.db_table in there and m._base_manager.exists()]
    if full:
        raise Unfit(
            f"This installation is not empty ({', '.join(full[:3])}), and a backup replaces nothing. Begin anew: "
            f"{_begin_anew()}. Then restore. Nothing was changed."
        )


def _begin_anew() -> str:
    if connection.vendor == "sqlite":
        return "name a new folder in QUIETMONDAY_VAR, and put root.key and ended.list into its keys/"
    return "make a new database and name it in QUIETMONDAY_DATABASE_URL"


def _fitting(tables: dict[str, TableInFile], registry: Any) -> list[tuple[type[models.Model], TableInFile]]:
    """Return our tables, in order, each with its rows in the file; their columns are what they were then."""
    known = {model._meta.label: model for model in our_models(registry)}
    if strange := sorted(set(tables) - set(known)):
        raise Unfit(f"The backup has a table that was never ours: {strange[0][:80]}. Nothing was changed.")
    found = []
    for model in backed_up_models(registry):
        label = model._meta.label
        if label not in tables or tables[label].columns != columns_of(model):
            raise Unfit(f"The backup's table {label} is not what its version wrote. Nothing was changed.")
        found.append((model, tables[label]))
    return found


def _hold_mails(now: dt.datetime) -> int:
    """Mark mails that waited as given up: within seconds of the backup the other installation has sent them."""
    waiting = OutboxItem.objects.filter(topic=SEND_MAIL, done_at=None, failed_at=None)
    return waiting.update(failed_at=now, last_error=HELD, queued_at=None, task_id=None)


def _forget_the_line() -> None:
    """What stood in line for a worker waits again: the line itself was not in the backup."""
    OutboxItem.objects.filter(done_at=None, failed_at=None).update(queued_at=None, task_id=None)


def _reset_sequences(found: Sequence[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(found)):
            cursor.execute(sql)


def _missing(manifest: dict[str, Any]) -> list[str]:
    """Return which content files were gone already when the backup was made."""
    match manifest.get("files"):
        case {"missing": list(missing)}:
            return [str(each)[:200] for each in missing]
    return []


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tell(manifest: dict[str, Any], now: dt.datetime, missing: Sequence[str], ended: EndedAgain | None) -> None:
    append(
        verb="installation.restored",
        actor=SYSTEM,
        business_id=None,
        engagement_ids=[],
        subject=("backup", new_id()),
        payload={
            "made_at": str(manifest.get("made_at"))[:40],
            "missing_files": len(missing),
            "ended_again": len(ended.words) if ended else None,
        },
        occurred_at=now,
        recorded_at=now,
    )


def _administrators(now: dt.datetime) -> list[str]:
    rows = Membership.objects.filter(holding(now), role=Role.ADMINISTRATOR).select_related("account")
    return [row.account.email for row in rows.order_by("account__email")]
