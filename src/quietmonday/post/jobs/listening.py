"""Listening at mailboxes (IMAP IDLE): when a mail comes, the job that reads the mailbox is put at once.

One thread in each worker holds one connection a mailbox, up to MOST. A row says which process listens where, for a
minute at a time: a killed one is followed by another. Nothing is read here, and nothing depends on being here: what is
not heard is found by the readings of the schedule.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import select
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, connections
from django.db.models import F, Q
from imap_tools import BaseMailBox

from quietmonday.kit import clock
from quietmonday.kit.companions import beside_the_worker
from quietmonday.kit.made_up import is_made_up
from quietmonday.outbox.queries import waits_already
from quietmonday.post.jobs import imap
from quietmonday.post.jobs.imap import Trouble
from quietmonday.post.jobs.reading import place_of
from quietmonday.post.jobs.renewing import key_of
from quietmonday.post.jobs.turns import READ, put_reading
from quietmonday.post.models import Mailbox, MailboxLease, Way

MOST = 50  # connections a process
LOOK = 10  # seconds between looks at which mailboxes there are
LEASE = dt.timedelta(seconds=60)
ANEW = 4 * 60  # seconds after which IDLE begins anew: firewalls forget a silent connection after five minutes
LATER = dt.timedelta(minutes=5)  # until a server that could not be listened at is tried again
NEVER = dt.timedelta(hours=6)  # until one that does not know IDLE is

_log = structlog.get_logger("quietmonday.post")


@beside_the_worker("listening at mailboxes")
def listen(stop: threading.Event) -> None:
    """Listen until told to stop."""
    with contextlib.closing(Listener()) as listener:
        while not stop.is_set():
            try:
                listener.round(clock.now())
            except AnyDatabaseError as error:
                _log.warning("listening.database_error", reason=type(error).__name__)
                connections.close_all()
                stop.wait(LOOK)


@dataclass(slots=True)
class _Ear:
    """One mailbox that is listened at."""

    mailbox: Mailbox
    client: BaseMailBox
    since: float  # when IDLE began, by the monotonic clock
    close: Callable[[], object]


@dataclass(slots=True)
class Listener:
    """One process that listens. `round` is to be called again and again; it takes about a second."""

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    _ears: dict[uuid.UUID, _Ear] = field(default_factory=dict)
    _not_before: dict[uuid.UUID, dt.datetime] = field(default_factory=dict)
    _looked: float = float("-inf")

    def round(self, now: dt.datetime, wait: float = 1.0) -> None:
        """Look after the leases if it is time, wait for something to be said, and put what is to be read."""
        if time.monotonic() - self._looked >= LOOK:
            close_old_connections()
            self._look(now)
            self._looked = time.monotonic()
        for ear in self._said(wait):
            self._hear(ear, now)
        for ear in list(self._ears.values()):
            if time.monotonic() - ear.since >= ANEW:
                self._begin_anew(ear, now)

    def close(self) -> None:
        """Let go of everything."""
        for ref in list(self._ears):
            self._drop(ref)
        with contextlib.suppress(AnyDatabaseError):
            MailboxLease.objects.filter(listener=self.id).update(listener=None, until_at=None, listens_since=None)
        connections.close_all()

    def listens_at(self) -> set[uuid.UUID]:
        """Return at which mailboxes."""
        return set(self._ears)

    def _look(self, now: dt.datetime) -> None:
        wanted = {each.id: each for each in _listenable(now)}
        for ref, ear in list(self._ears.items()):
            if ref not in wanted or not _same(wanted[ref], ear.mailbox) or not self._hold(ref, now):
                self._drop(ref)
                self._release(ref)
        for ref, mailbox in wanted.items():
            if len(self._ears) >= MOST:
                return
            if ref not in self._ears and now >= self._not_before.get(ref, now) and self._hold(ref, now):
                self._begin(mailbox, now)

    def _hold(self, ref: uuid.UUID, now: dt.datetime) -> bool:
        """Take or keep the lease of a mailbox; return whether it is ours."""
        free = Q(until_at=None) | Q(until_at__lte=now) | Q(listener=self.id)
        rows = MailboxLease.objects.filter(mailbox=ref)
        if rows.filter(free).update(listener=self.id, until_at=now + LEASE):
            return True
        if rows.exists():
            return False
        MailboxLease.objects.bulk_create([MailboxLease(mailbox_id=ref)], ignore_conflicts=True)
        return bool(rows.filter(free).update(listener=self.id, until_at=now + LEASE))

    def _release(self, ref: uuid.UUID) -> None:
        rows = MailboxLease.objects.filter(mailbox=ref, listener=self.id)
        rows.update(listener=None, until_at=None, listens_since=None)

    def _begin(self, mailbox: Mailbox, now: dt.datetime) -> None:
        stack = contextlib.ExitStack()
        try:
            client = stack.enter_context(imap.opened(place_of(mailbox), key_of(mailbox)))
            if "IDLE" not in client.client.capabilities:
                self._give_up(mailbox, stack, now + NEVER)
                return
            client.folder.set(_folder_of(mailbox), readonly=True)
            client.idle.start()  # type: ignore[no-untyped-call]  # imap_tools has no annotations there
        except (Trouble, *imap.ANY) as error:
            _log.info("listening.not_begun", mailbox=str(mailbox.id), reason=imap.in_words(error))
            self._give_up(mailbox, stack, now + LATER)
            return
        self._ears[mailbox.id] = _Ear(mailbox, client, time.monotonic(), stack.close)
        MailboxLease.objects.filter(mailbox=mailbox, listener=self.id).update(listens_since=now)
        # What came between the last reading and now was announced to nobody.
        self._put(mailbox, now)

    def _give_up(self, mailbox: Mailbox, stack: contextlib.ExitStack, until: dt.datetime) -> None:
        _quietly(stack.close)
        self._not_before[mailbox.id] = until
        self._release(mailbox.id)

    def _said(self, wait: float) -> list[_Ear]:
        """Return at whose connection something can be read, after at most `wait` seconds."""
        if not self._ears:
            time.sleep(wait)
            return []
        poller = select.poll()
        by_number = {}
        for ear in self._ears.values():
            number = ear.client.client.sock.fileno()
            by_number[number] = ear
            poller.register(number, select.POLLIN | select.POLLHUP | select.POLLERR)
        return [by_number[number] for number, _ in poller.poll(wait * 1000)]

    def _hear(self, ear: _Ear, now: dt.datetime) -> None:
        try:
            lines = ear.client.idle.poll(timeout=0)
        except imap.ANY:
            lines = []
        if not lines:  # the server hung up; the next look begins anew
            self._drop(ear.mailbox.id)
            self._release(ear.mailbox.id)
        elif any(line.endswith((b" EXISTS", b" RECENT")) for line in map(bytes.strip, lines)):
            self._put(ear.mailbox, now)

    def _begin_anew(self, ear: _Ear, now: dt.datetime) -> None:
        try:
            ear.client.idle.stop()  # type: ignore[no-untyped-call]  # imap_tools has no annotations there
            ear.client.idle.start()  # type: ignore[no-untyped-call]  # imap_tools has no annotations there
        except imap.ANY:
            self._drop(ear.mailbox.id)
            self._release(ear.mailbox.id)
            return
        ear.since = time.monotonic()
        self._put(ear.mailbox, now)  # something may have been said in between

    def _put(self, mailbox: Mailbox, now: dt.datetime) -> None:
        if not waits_already(READ, {"mailbox": str(mailbox.id)}):
            put_reading(mailbox.id, now)

    def _drop(self, ref: uuid.UUID) -> None:
        ear = self._ears.pop(ref, None)
        if ear is not None:
            with contextlib.suppress(*imap.ANY):  # in IDLE the server hears nothing else, a goodbye neither
                ear.client.client.sock.settimeout(2)
                ear.client.idle.stop()  # type: ignore[no-untyped-call]  # imap_tools has no annotations there
            _quietly(ear.close)


def _listenable(now: dt.datetime) -> list[Mailbox]:
    """Return the mailboxes that could be read the last time, those first that nobody listens at."""
    rows = Mailbox.objects.filter(
        ended_at=None, paused_at=None, way=Way.IMAP, sign_in_again_since=None, last_error="", last_ok_at__isnull=False
    )
    rows = rows.select_related("service").prefetch_related("folders")
    order = F("lease__until_at").asc(nulls_first=True)
    return [each for each in rows.order_by(order, "id")[: 4 * MOST] if not is_made_up(each.address)]


def _folder_of(mailbox: Mailbox) -> str:
    """Return the folder to listen at: a connection hears of one only. The others are found by the schedule."""
    names = sorted(each.name for each in mailbox.folders.all())
    return next((name for name in names if name.upper() == "INBOX"), names[0] if names else "INBOX")


def _same(one: Mailbox, other: Mailbox) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("host", "port", "security", "user", "service_id")
    )


def _quietly(close: Callable[[], object]) -> None:
    with contextlib.suppress(Trouble, *imap.ANY):
        close()
