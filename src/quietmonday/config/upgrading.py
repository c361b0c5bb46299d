"""`quietmonday upgrade`: one command between two versions. Backs up first, then tables and static files."""

import datetime as dt
import fcntl
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quietmonday.config.listening import CannotStart
from quietmonday.config.running import prepare
from quietmonday.integrations.actions.backup import back_up
from quietmonday.integrations.queries.schema import states_here
from quietmonday.kit.archives import AlreadyThere
from quietmonday.outbox.actions.beats import lives_and_deaths

Say = Callable[[str], None]

SPARE = 256 * 1024 * 1024
"""Bytes that stay free: logs and mails go on while we work."""


def upgrade(*, backup: Path | None, while_running: bool, now: dt.datetime, say: Say) -> None:
    """Bring this installation to the present version; `say` gets each step, what failed, and the way back.

    Raises CannotStart before anything is touched, and when a step fails. `backup`: the file to write, none: one in
    VAR/backups. Nothing to do for the tables: then no backup is made either.
    """
    missing = _missing()
    if not states_here():
        raise CannotStart("There is no record here yet, so there is nothing to upgrade: `quietmonday run` makes one.")
    if not missing:
        prepare()
        say(f"The tables are those of version {version('quietmonday')} already. Static files are in place.")
        return
    if not while_running:
        _refuse_while_processes_run()
    file = backup or _file_of(now)
    _refuse_full_disk(file.parent)
    _back_up(file, now, say)
    _migrate(missing, file, say)
    call_command("check", verbosity=0)
    say(f"This is version {version('quietmonday')} now. Start Quiet Monday again, and let quietmonday verify check it.")


def _missing() -> list[str]:
    """Return the migrations of this version that the database has not been through."""
    executor = MigrationExecutor(connection)
    return [f"{node.app_label} {node.name}" for node, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _refuse_while_processes_run() -> None:
    running = [f"a {life.role} (process {life.pid})" for life, lives in lives_and_deaths() if lives] + _others()
    if running:
        raise CannotStart(
            "Not upgraded, nothing was touched: processes of the version before still run and would meet tables that "
            "they do not know:\n"
            + "\n".join(f"- {each}" for each in running[:20])
            + "\nStop web, worker and scheduler on every machine, then say `quietmonday upgrade` again. If these are "
            "none of ours: `quietmonday upgrade --while-running`."
        )


def _others() -> list[str]:
    """Return who else is at work on this record, as far as the engine or a lock can tell."""
    if connection.vendor == "sqlite":
        return [f"`quietmonday run` or `serve` from {settings.VAR}"] if _is_locked(settings.VAR / "run.lock") else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(host(client_addr), 'this machine') FROM pg_stat_activity WHERE datname = "
            "current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 2 ORDER BY 2"
        )
        return [f"{count} connections to the database from {where}" for count, where in cursor.fetchall()]


def _is_locked(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _file_of(now: dt.datetime) -> Path:
    folder = Path(settings.VAR) / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"before-{version('quietmonday')}-{now:%Y%m%d-%H%M%S}.qm"


def _refuse_full_disk(folder: Path) -> None:
    """A backup packs rows and files to less than they take, so what they take is enough; SQLite may copy a table."""
    if not folder.is_dir():
        raise CannotStart(f"Not upgraded, nothing was touched: there is no folder {folder} for the backup.")
    database, files = _size_of_database(), _size_of_files()
    needed = {folder: database + files}
    if connection.vendor == "sqlite":
        needed[Path(settings.VAR)] = needed.get(Path(settings.VAR), 0) + database
    for place, size in _by_disk(needed).items():
        free = shutil.disk_usage(place).free
        if free < size + SPARE:
            raise CannotStart(
                f"Not upgraded, nothing was touched: {place} has {_mb(free)} free, and backup and upgrade may need "
                f"{_mb(size + SPARE)}. Make room there, or name a file on another disk: "
                "quietmonday upgrade --backup FILE"
            )


def _by_disk(needed: dict[Path, int]) -> dict[Path, int]:
    """Add up what is needed on the same disk."""
    disks: dict[int, Path] = {}
    sums: dict[Path, int] = {}
    for place, size in needed.items():
        first = disks.setdefault(place.stat().st_dev, place)
        sums[first] = sums.get(first, 0) + size
    return sums


def _size_of_database() -> int:
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return sum(path.stat().st_size for path in (name, name.with_name(f"{name.name}-wal")) if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _size_of_files() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(size), 0) FROM post_file")
        return int(cursor.fetchone()[0])


def _back_up(file: Path, now: dt.datetime, say: Say) -> None:
    try:
        made = back_up(path=file, now=now, progress=lambda _what, _count: None)
    except AlreadyThere as error:
        raise CannotStart(f"Not upgraded, nothing was touched: {error}") from None
    except OSError as error:
        raise CannotStart(
            f"Not upgraded, nothing was touched: no backup could be written ({error.strerror}: {file})."
        ) from None
    say(f"Backed up into {file}: {made.rows:,} rows, {made.files.count:,} files, {_mb(made.size)}.")


def _migrate(missing: list[str], file: Path, say: Say) -> None:
    say(f"Bringing the tables to this version: {len(missing)} steps.")
    try:
        prepare()
    except (DatabaseError, CommandError, OSError, ValueError, RuntimeError) as error:
        at = (_missing() or ["static files"])[0]
        words = (str(error).strip().splitlines() or [""])[0][:300]
        raise CannotStart(_way_back(at, f"{type(error).__name__}: {words}", file)) from error


def _way_back(at: str, reason: str, file: Path) -> str:
    if connection.vendor == "sqlite":
        empty = f"move {connection.settings_dict['NAME']} (and -wal, -shm) away"
    else:
        empty = "make a new, empty database and name it in QUIETMONDAY_DATABASE_URL"
    return (
        f"The upgrade stopped at {at} ({reason}).\n"
        "What was done before that step stays done; the step itself left nothing. Your record as it was is in\n"
        f"{file}\n"
        "Forward: put the reason right and say `quietmonday upgrade` again; it goes on where it stopped.\n"
        f"Back: install the version before; {empty}; then, with that version: quietmonday restore {file}\n"
        "Do not start Quiet Monday in between: neither version knows the tables as they are."
    )


def _mb(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MB" if size >= 10 * 1024 * 1024 else f"{size / 1024:,.0f} KB"
