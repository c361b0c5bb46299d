"""IMAP IDLE at a real Dovecot: a mail is in within seconds, one process listens at a mailbox, a kill loses nothing."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quietmonday.kit import clock
from quietmonday.outbox.models import OutboxItem
from quietmonday.post.actions.mailboxes import connect_mailbox, pause_mailbox, reading_failed, reading_worked
from quietmonday.post.jobs import listening
from quietmonday.post.jobs.listening import LEASE, Listener
from quietmonday.post.jobs.turns import is_due
from quietmonday.post.models import Mailbox, MailboxLease
from tests.cast import Cast
from tests.journeys.place import Place, copies
from tests.journeys.servers import PASSWORD, Dovecot, MailServers
from tests.journeys.story import DELE, HELP, TUESDAY, letter
from tests.support.scene import actor

pytestmark = [pytest.mark.imap]


@pytest.fixture
def dovecot(servers: MailServers) -> Iterator[Dovecot]:
    servers.empty()
    yield servers.dovecot
    servers.empty()


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Listener]]:
    made: list[Listener] = []
    # A process of its own closes its connections; here the one that there is holds the test's transaction.
    monkeypatch.setattr(listening, "close_old_connections", lambda: None)
    monkeypatch.setattr(listening.connections, "close_all", lambda: None)

    def make() -> Listener:
        made.append(Listener())
        return made[-1]

    yield make
    for each in made:
        each.close()


def mailbox_at(cast: Cast, dovecot: Dovecot, address: str = HELP, **more: Any) -> Mailbox:
    mailbox = connect_mailbox(
        supplier=cast.fennimore, business=None, address=address, host="127.0.0.1", port=dovecot.port, security="none",
        user=address, password=PASSWORD, actor=actor(cast.asha), now=clock.now(), **more,
    )  # fmt: skip
    reading_worked(mailbox=mailbox, now=clock.now())
    return Mailbox.objects.get(pk=mailbox.pk)


def looked(listener: Listener, now: dt.datetime) -> set[Any]:
    listener._looked = float("-inf")  # as if ten seconds had passed
    listener.round(now, wait=0.05)
    return listener.listens_at()


def put() -> int:
    return OutboxItem.objects.filter(topic="post.read_mailbox").count()


def mail(n: int = 1) -> bytes:
    return letter(DELE, f"Mail {n}", "It broke", f"idle-{n}", TUESDAY).as_bytes()


@pytest.mark.django_db
def test_a_mail_that_comes_is_put_to_be_read_at_once_and_once(
    cast: Cast, dovecot: Dovecot, listeners: Callable[[], Listener]
) -> None:
    mailbox = mailbox_at(cast, dovecot)
    listener = listeners()
    assert looked(listener, clock.now()) == {mailbox.id}
    OutboxItem.objects.all().delete()  # the one at the beginning
    for n in range(3):
        dovecot.deliver(HELP, mail(n))
    until = time.monotonic() + 5
    while not put() and time.monotonic() < until:
        listener.round(clock.now(), wait=0.2)
    listener.round(clock.now(), wait=0.2)
    assert put() == 1


@pytest.mark.django_db
def test_one_process_listens_at_a_mailbox_and_another_follows_a_killed_one(
    cast: Cast, dovecot: Dovecot, listeners: Callable[[], Listener]
) -> None:
    mailbox = mailbox_at(cast, dovecot)
    first, second = listeners(), listeners()
    now = clock.now()
    assert (looked(first, now), looked(second, now)) == ({mailbox.id}, set())
    assert (looked(first, now + LEASE / 2), looked(second, now + LEASE)) == ({mailbox.id}, set())
    # The first one says nothing any more: killed.
    assert looked(second, now + 2 * LEASE) == {mailbox.id}
    assert looked(first, now + 2 * LEASE) == set()  # it was only slow
    second.close()
    assert MailboxLease.objects.get().until_at is None
    assert looked(first, now + 2 * LEASE) == {mailbox.id}


@pytest.mark.django_db
def test_what_is_not_read_is_not_listened_at(cast: Cast, dovecot: Dovecot, listeners: Callable[[], Listener]) -> None:
    now = clock.now()
    paused, away, fine = (mailbox_at(cast, dovecot, f"{name}@fennimore.test") for name in ("paused", "away", "fine"))
    listener = listeners()
    assert looked(listener, now) == {paused.id, away.id, fine.id}
    pause_mailbox(mailbox=paused, actor=actor(cast.asha), now=now)
    reading_failed(mailbox=away, error="the server did not answer in time", now=now)
    assert looked(listener, now) == {fine.id}


@pytest.mark.django_db
def test_connections_are_bounded_and_what_cannot_be_listened_at_is_read_each_minute(
    cast: Cast, dovecot: Dovecot, listeners: Callable[[], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST", 2)
    now = clock.now()
    rows = [mailbox_at(cast, dovecot, f"m{n}@fennimore.test") for n in range(3)]
    heard = looked(listeners(), now)
    assert len(heard) == 2
    due = {each.id for each in Mailbox.objects.select_related("lease") if is_due(each, now)}
    assert due == {each.id for each in rows} - heard
    later = now + dt.timedelta(minutes=3)  # to be sure
    MailboxLease.objects.filter(mailbox__in=heard).update(until_at=later + LEASE)
    assert {each.id for each in Mailbox.objects.select_related("lease") if is_due(each, later)} >= heard


@pytest.mark.django_db
def test_a_server_that_hangs_up_or_knows_no_idle_is_left_to_the_schedule(
    cast: Cast, servers: MailServers, listeners: Callable[[], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.empty()
    mailbox = mailbox_at(cast, servers.dovecot)
    listener = listeners()
    now = clock.now()
    assert looked(listener, now) == {mailbox.id}
    for ear in listener._ears.values():
        ear.client.client.sock.shutdown(2)
    listener.round(now, wait=0.5)
    assert listener.listens_at() == set()
    assert MailboxLease.objects.get().until_at is None
    with monkeypatch.context() as patch:
        patch.setattr(listening.imap, "_told", lambda client: ("IMAP4REV1",))
        assert looked(listener, now) == set()
    assert looked(listener, now) == set()  # not before some hours
    assert looked(listener, now + listening.NEVER) == {mailbox.id}


@pytest.mark.django_db
def test_idle_begins_anew_before_a_firewall_forgets_it(
    cast: Cast, dovecot: Dovecot, listeners: Callable[[], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = mailbox_at(cast, dovecot)
    listener = listeners()
    looked(listener, clock.now())
    monkeypatch.setattr(listening, "ANEW", 0)
    listener.round(clock.now(), wait=0.05)
    monkeypatch.undo()
    OutboxItem.objects.all().delete()
    dovecot.deliver(HELP, mail())
    until = time.monotonic() + 5
    while not put() and time.monotonic() < until:
        listener.round(clock.now(), wait=0.2)
    assert (put(), listener.listens_at()) == (1, {mailbox.id})


@pytest.mark.both_engines
def test_in_a_running_installation_a_mail_is_in_within_seconds_also_after_a_kill(
    template: Place, servers: MailServers, tmp_path: Path
) -> None:
    """The clock stands still, so that the schedule reads nothing: what comes in was heard of."""
    servers.empty()
    with copies(template, tmp_path, "idle") as [place]:
        place.set_clock(TUESDAY)
        place.must("step", "connect", str(servers.dovecot.port))
        place.settle()
        place.begin("scheduler")
        worker = place.begin("worker")
        _wait_for(place, lambda: listens(place))
        servers.dovecot.deliver(HELP, mail(1))
        assert _wait_for(place, lambda: came(place) == 1) < 10
        place.kill(worker)
        servers.dovecot.deliver(HELP, mail(2))
        place.pass_time(61)  # its lease
        place.begin("worker")
        _wait_for(place, lambda: came(place) == 2)
        servers.dovecot.deliver(HELP, mail(3))
        _wait_for(place, lambda: came(place) == 3)


def listens(place: Place) -> bool:
    return bool(place.rows("SELECT id FROM post_mailboxlease WHERE listens_since IS NOT NULL"))


def came(place: Place) -> int:
    return len(place.rows("SELECT id FROM post_inboxitem WHERE source = 'mailbox'"))


def _wait_for(place: Place, there: Callable[[], bool], seconds: float = 60) -> float:
    began = time.monotonic()
    while not there():
        assert time.monotonic() - began < seconds, place.said()[-3000:]
        time.sleep(0.2)
    return time.monotonic() - began
