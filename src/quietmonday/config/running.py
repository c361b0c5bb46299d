"""`quietmonday run` and `serve`: web, worker and scheduler of one machine, prepared, then supervised."""

import contextlib
import fcntl
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections

from quietmonday.config import web
from quietmonday.config.listening import CannotStart, answers, hosts, refuse_taken
from quietmonday.config.public import refuse_unfit
from quietmonday.config.supervisor import Supervisor
from quietmonday.kit import clock
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground
from quietmonday.people.actions.sign_in_links import first_link
from quietmonday.support.actions.indexing import bring_search_up


def run(say: Callable[[str], None]) -> None:
    """Run until told to stop; `say` gets one line once people can open the page. Raise CannotStart if they cannot."""
    listen_on = hosts(settings.BIND, settings.PORT)
    with _only_one(settings.VAR / "run.lock"):
        refuse_taken(listen_on, settings.PORT)
        if settings.SMTP_BIND:
            refuse_taken([settings.SMTP_BIND[0]], settings.SMTP_BIND[1], "QUIETMONDAY_SMTP=127.0.0.1:2525 bin/run")
        prepare()
        _stand()
        line = _line(first_link(now=clock.now()))
        connections.close_all()  # children open their own
        try:
            Supervisor(_commands(), settings.VAR / "logs").run(
                is_ready=lambda: all(answers(host, settings.PORT) for host in listen_on),
                when_ready=lambda: say(line),
            )
        finally:
            _close_database()


def serve(say: Callable[[str], None]) -> None:
    """Do what `run` does behind a proxy that strangers reach; raise CannotStart for settings that do not fit that."""
    refuse_unfit(
        address=settings.ADDRESS_AS_SET,
        trusted=settings.TRUSTED_PROXIES,
        listens_on=hosts(settings.BIND, settings.PORT),
    )
    run(say)


def prepare() -> None:
    """Bring database, cache table, search and static files to this version; changes nothing that is there already."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    bring_search_up()
    if settings.STORAGES["staticfiles"]["BACKEND"].startswith("whitenoise."):
        _collect_static()


def _stand() -> None:
    try:
        stand_on_common_ground(now=clock.now())
    except OtherGround as reason:
        raise CannotStart(str(reason)) from None


def _commands() -> dict[str, list[str]]:
    ours = [sys.executable, "-m", "quietmonday"]
    smtp = {"smtp": [*ours, "smtp"]} if settings.SMTP_BIND else {}
    return {"web": web.COMMAND, "worker": [*ours, "worker"], "scheduler": [*ours, "scheduler"], **smtp}


def _line(link: str | None) -> str:
    where = f"Quiet Monday runs at {settings.ADDRESS}"
    return f"{where} – sign in, once, with {link}" if link else f"{where} – Ctrl-C stops it."


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold `lock` while running: two schedulers and workers on one SQLite would only wait for each other."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:  # Python's files are closed on exec: no child holds it on
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Quiet Monday runs already from {lock.parent}. Stop that one first.") from None
        yield


def _collect_static() -> None:
    made_from = Path(settings.STATIC_ROOT) / "made-from"
    source = _digest_of_static_files()
    if made_from.exists() and made_from.read_text() == source:
        return
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    made_from.write_text(source)


def _digest_of_static_files() -> str:
    """Return a digest of name and content of every file that collectstatic would take."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            with storage.open(name) as file:
                digest.update(f"{name}\0{hashlib.sha256(file.read()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _close_database() -> None:
    """Put what SQLite's write-ahead log still holds into the database file, so that a copy of it is whole."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
