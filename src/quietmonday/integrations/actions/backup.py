"""A copy of everything, made while people work."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import textwrap
from pathlib import Path

from quietmonday.integrations.actions.packing import PackedFiles, Progress, head_of, pack_files, pack_rows
from quietmonday.integrations.logic.manifest import BACKUP
from quietmonday.integrations.queries.schema import models_at
from quietmonday.integrations.queries.snapshot import snapshot
from quietmonday.integrations.queries.tables import backed_up_models
from quietmonday.kit.archives import writing
from quietmonday.kit.envelope import derived_key

READ_ME = textwrap.dedent("""\
    A backup of Quiet Monday: every row, and every content file. manifest.json lists what is in it.

    It goes into an empty installation of the same or a newer version, on SQLite or on PostgreSQL:

        quietmonday restore THIS-FILE

    IT DOES NOT HOLD THE ROOT KEY, and cannot: whoever had both could read every mailbox password. Keep a copy of
    the file keys/root.key (or what QUIETMONDAY_ROOT_KEY_FILE names) apart from your backups, on paper or on a stick in
    a drawer: it never changes. Without it the record comes back whole, but passwords of mailboxes and mails not sent
    yet do not open, and links in mails that were sent no longer work.

    It does hold what people wrote and their addresses: keep it as you keep the record.
    """)


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    rows: int
    files: PackedFiles
    size: int


def key_check() -> str:
    """Return what tells whether a root key is the one, and nothing else about it."""
    return hashlib.sha256(derived_key("backup-key-check")).hexdigest()


def back_up(*, path: Path, now: dt.datetime, progress: Progress) -> Made:
    """Write everything as it is at this moment into `path`; return what it holds. Nobody has to stop.

    Raises kit.archives.AlreadyThere, OSError (disk full): then there is no file of that name.
    """
    with writing(path) as writer:
        with writer.part("READ-ME.txt") as part:
            part.write(READ_ME.encode())
        with snapshot():
            head = head_of(kind=BACKUP, made_at=now)
            # As the tables are, not as this version would have them: one backs up before one migrates.
            registry = models_at(head["migrations"])
            tables = [pack_rows(writer, model._base_manager.all(), progress) for model in backed_up_models(registry)]
            files = pack_files(writer, registry.get_model("post.File")._base_manager.all(), progress)
        writer.finish(
            head
            | {
                "key_check": key_check(),
                "tables": [table.as_json() for table in tables],
                "files": {"count": files.count, "missing": files.missing[:1000]},
            }
        )
    return Made(rows=sum(table.rows for table in tables), files=files, size=path.stat().st_size)
