"""Which processes live: a row for each life, a beat every ten seconds."""

import contextlib
import datetime as dt
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Now

from quietmonday.outbox.models import WorkerBeat

BEAT_SECONDS = 10
STALE = dt.timedelta(seconds=60)


@contextlib.contextmanager
def living(role: str, now: dt.datetime) -> Iterator[WorkerBeat]:
    """Hold a life of this process in `role` (worker, scheduler, tick) from `now` (UTC) on; its row goes at the end."""
    life = begin_life(role, now)
    try:
        yield life
    finally:
        end_life(life)


def begin_life(role: str, now: dt.datetime) -> WorkerBeat:
    """Write down that this process lives."""
    life = WorkerBeat(role=role, host=_host(), pid=os.getpid(), born=_born(os.getpid()), started_at=now, seen_at=now)
    life.save(force_insert=True)
    beat(life)
    return life


def beat(life: WorkerBeat) -> None:
    """Say that this process still lives; come back if the reaper took us for dead (the machine slept)."""
    if not WorkerBeat.objects.filter(pk=life.pk).update(seen_at=Now()):
        life.save(force_insert=True)
        WorkerBeat.objects.filter(pk=life.pk).update(seen_at=Now())


def end_life(life: WorkerBeat) -> None:
    """Write down a clean stop."""
    WorkerBeat.objects.filter(pk=life.pk).delete()


def alive(role: str) -> bool:
    """Return whether a process in `role` lives."""
    return any(life.role == role and lives for life, lives in lives_and_deaths())


def lives_and_deaths() -> list[tuple[WorkerBeat, bool]]:
    """Return every life on record, and whether it goes on. One query.

    In our own process namespace the process table decides at once; elsewhere a beat within the last minute, by the
    database's clock.
    """
    fresh = ExpressionWrapper(Q(seen_at__gte=Now() - Value(STALE)), output_field=BooleanField())
    here = _host()
    return [
        (life, life.born == _born(life.pid) if life.host == here else is_fresh)
        for life, is_fresh in ((row, bool(row.is_fresh)) for row in WorkerBeat.objects.annotate(is_fresh=fresh))
    ]


def _host() -> str:
    """Name the machine's run and the process namespace: two containers may share a host name, never this."""
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if not boot.exists():
        return socket.gethostname()
    return f"{socket.gethostname()[:100]} {boot.read_text().strip()} {space.readlink()}"


def _born(pid: int) -> str:
    """Return when process `pid` began, in a form that tells a reused pid apart; "" when it is gone or a zombie."""
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        return "running"
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if fields[0] in "ZX" else fields[19]
