"""Mail that a mail server hands over: by a pipe with the exit codes it understands, and over SMTP."""

import asyncio
import contextlib
import datetime as dt
import io
import re
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from quietmonday.cli import _sysexit
from quietmonday.kit import clock
from quietmonday.post.actions import handed
from quietmonday.post.actions.mailboxes import connect_mailbox, disconnect_mailbox, pause_mailbox
from quietmonday.post.jobs import smtp
from quietmonday.post.jobs.smtp import House
from quietmonday.post.logic.mail import parse
from quietmonday.post.management.commands import intake
from quietmonday.post.models import InboxItem, Mailbox
from quietmonday.support.actions.intake import take_in
from tests.cast import Cast, make_cast
from tests.journeys.place import Place, copies
from tests.journeys.servers import _certificate, free_port, wait_until_answers
from tests.journeys.story import DELE, TUESDAY, letter
from tests.outbox.installation import ROOT
from tests.support.scene import actor

HELP = "help@fennimore.test"
MAIL = letter(DELE, "Handed over", "It broke", "handed-1", TUESDAY).as_bytes()


def mailbox(cast: Cast, address: str = HELP, **more: Any) -> Mailbox:
    given = {"supplier": cast.fennimore, "business": None, **more}
    return connect_mailbox(address=address, way="handed", actor=actor(cast.asha), now=clock.now(), **given)


@pytest.fixture
def house(transactional_db: None) -> Iterator[Callable[..., int]]:
    """Begin a listener in a thread of its own; the call returns its port."""
    with contextlib.ExitStack() as stack:

        def begin(**more: Any) -> int:
            loop = asyncio.new_event_loop()
            stop, ready = asyncio.Event(), threading.Event()
            ports: list[int] = []

            def at(port: int) -> None:
                ports.append(port)
                ready.set()

            def run() -> None:
                loop.run_until_complete(House(("127.0.0.1", 0), **more).listen(stop, at))
                connections.close_all()

            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            assert ready.wait(10)

            def end() -> None:
                loop.call_soon_threadsafe(stop.set)
                thread.join(10)

            stack.callback(end)
            return ports[0]

        yield begin


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast(clock.now())


def sent(port: int, *recipients: str, data: bytes = MAIL, sender: str = DELE) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.sendmail(sender, list(recipients), data)


def code_of(port: int, recipient: str, data: bytes = MAIL, sender: str = DELE) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail(sender)
        code, _ = client.rcpt(recipient)
        if code != 250:
            return code
        return client.data(data)[0]


def test_mail_for_a_mailbox_is_kept_with_its_envelope_before_the_yes(cast: Cast, house: Callable[..., int]) -> None:
    mailbox(cast)
    port = house()
    assert sent(port, "Help+Printer@Fennimore.test") == {}
    item = InboxItem.objects.select_related("raw").get()
    raw = bytes(item.raw.data)
    assert raw.endswith(MAIL.replace(b"\n", b"\r\n") if b"\r\n" not in MAIL else MAIL)
    assert raw.startswith(
        b"Return-Path: <dele@oakhurst.example>\r\nDelivered-To: Help+Printer@Fennimore.test\r\nReceived: "
    )
    mail = parse(raw)
    assert [each.addr for each in mail.delivered_to] == ["help+printer@fennimore.test"]
    assert (item.source, item.state, mail.hops) == ("smtp", "waiting", 1)
    assert take_in(item_id=item.id, now=clock.now()).state == "taken"


def test_nothing_is_relayed_and_nobody_else_is_taken(cast: Cast, house: Callable[..., int]) -> None:
    mailbox(cast)
    gone = mailbox(cast, "gone@fennimore.test")
    disconnect_mailbox(mailbox=gone, actor=actor(cast.asha), now=clock.now())
    port = house()
    for stranger in (
        *("boss@elsewhere.test", "helper@fennimore.test", "gone@fennimore.test", "help%elsewhere.test@fennimore.test"),
        *("help@fennimore.test.evil.test", "@fennimore.test:a@evil.test", "postmaster", "root@localhost"),
    ):
        assert code_of(port, stranger) in (550, 553, 501), stranger
    refused = sent(port, HELP, "boss@elsewhere.test")
    assert {name: code for name, (code, _) in refused.items()} == {"boss@elsewhere.test": 550}
    assert InboxItem.objects.count() == 1


def test_a_mail_for_two_mailboxes_is_kept_for_both_or_not_at_all(
    cast: Cast, house: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox(cast)
    mailbox(cast, "oakhurst@fennimore.test", business=cast.oakhurst)
    port = house()
    real, calls = handed.keep_raw, [0]

    def second_fails(**given: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            raise OSError("disk full")
        return real(**given)

    monkeypatch.setattr(handed, "keep_raw", second_fails)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        sent(port, HELP, "oakhurst@fennimore.test")
    assert (refused.value.smtp_code, InboxItem.objects.count()) == (451, 0)
    monkeypatch.undo()
    for _ in range(2):  # the mail server did not hear our yes
        sent(port, HELP, "oakhurst@fennimore.test", "help+x@fennimore.test")
    assert sorted(str(each) for each in InboxItem.objects.values_list("business", flat=True)) == sorted(
        ["None", str(cast.oakhurst.id)]
    )


def test_a_report_of_a_returned_mail_comes_from_nobody(cast: Cast, house: Callable[..., int]) -> None:
    mailbox(cast)
    assert code_of(house(), HELP, sender="") == 250
    assert bytes(InboxItem.objects.get().raw.data).startswith(b"Return-Path: <>\r\n")


def test_a_paused_mailbox_is_for_later(cast: Cast, house: Callable[..., int]) -> None:
    row = mailbox(cast)
    pause_mailbox(mailbox=row, actor=actor(cast.asha), now=clock.now())
    assert code_of(house(), HELP) == 451


def test_sizes_lines_recipients_commands_and_connections_are_bounded(
    cast: Cast, house: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MOST_RECIPIENTS", 3)
    monkeypatch.setattr(smtp, "MOST_CONNECTIONS", 4)
    mailbox(cast)
    port = house(max_bytes=100_000)
    assert code_of(port, HELP, b"Subject: x\r\n\r\n" + b"x\r\n" * 40_000) == 552
    assert code_of(port, HELP, b"Subject: x\r\n\r\n" + b"x" * 99_000) == 500
    assert code_of(port, HELP, b"Subject: x\r\n\r\n" + b"y" * 60_000) == 250  # longer than the standard's 1000
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        assert client.docmd("MAIL FROM:<a@b.test> SIZE=999999")[0] == 552
        client.mail("a@b.test")
        codes = [client.rcpt(f"help+{n}@fennimore.test")[0] for n in range(5)]
        assert codes == [250, 250, 250, 452, 452]
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            assert {client.docmd("NOOP")[0] for _ in range(300)} == {250, 421}
    with contextlib.ExitStack() as stack:
        guests = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(6)]
        assert sorted(guest.recv(3) for guest in guests) == [b"220"] * 4 + [b"421"] * 2
    until = time.monotonic() + 5
    while True:  # those who went make room
        try:
            assert code_of(port, HELP) == 250
            break
        except smtplib.SMTPException:
            assert time.monotonic() < until
            time.sleep(0.05)


def say(raw: socket.socket, line: bytes) -> bytes:
    """Send a line as it stands, and return the last line of the answer."""
    raw.sendall(line + b"\r\n")
    answer = b""
    while not re.search(rb"(?:^|\n)\d{3} [^\n]*\n$", answer):
        more = raw.recv(2000)
        assert more, answer
        answer += more
    return answer.splitlines()[-1]


@contextlib.contextmanager
def spoken(port: int, greeting: bytes = b"EHLO x") -> Iterator[socket.socket]:
    """Give a connection that is about to send a mail for the mailbox."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.recv(1000)
        for line in (greeting, b"MAIL FROM:<a@b.test>", b"RCPT TO:<help@fennimore.test>", b"DATA"):
            assert say(raw, line)[:1] in b"23"
        yield raw


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n\x00.\r\n"])
def test_a_second_mail_cannot_be_smuggled_into_the_first(cast: Cast, house: Callable[..., int], end: bytes) -> None:
    """Line ends that some servers take for the end of a mail (SMTP smuggling, 2023)."""
    mailbox(cast)
    second = b"MAIL FROM:<ruth@oakhurst.example>\r\nRCPT TO:<help@fennimore.test>\r\nDATA\r\nSubject: two\r\n\r\nx"
    with spoken(house()) as raw:
        assert say(raw, b"Subject: one\r\n\r\nx" + end + second + b"\r\n.")[:3] == b"250"
        assert say(raw, b"QUIT")[:3] == b"221"
    assert b"Subject: two" in bytes(InboxItem.objects.get().raw.data)


def test_no_name_that_somebody_gives_himself_becomes_a_header(cast: Cast, house: Callable[..., int]) -> None:
    mailbox(cast)
    with spoken(house(), b"EHLO x\x01y z\rFrom: evil") as raw:
        assert say(raw, b"Subject: x\r\n\r\nhello\r\n.")[:3] == b"250"
    head = bytes(InboxItem.objects.get().raw.data).split(b"\r\n\r\n")[0]
    assert b"Received: from unknown ([127.0.0.1]) by localhost with ESMTP; " in head
    assert b"evil" not in head


def test_tls_is_offered_and_may_be_required(cast: Cast, house: Callable[..., int], tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    mailbox(cast)
    port = house(tls=tls, require_tls=True)
    assert code_of_mail(port) == 530
    with smtplib.SMTP("localhost", port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(certificate)))
        assert client.sendmail(DELE, [HELP], MAIL) == {}
    assert b"with ESMTPS;" in bytes(InboxItem.objects.get().raw.data)


def code_of_mail(port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        return client.mail(DELE)[0]


@pytest.mark.parametrize(("code", "exit_code"), [(0, 0), (None, 0), (1, 75), (2, 64), (67, 67), ("words", 75)])
def test_what_a_mail_server_reads_from_our_exit_codes(code: Any, exit_code: int) -> None:
    assert _sysexit(code) == exit_code


def piped(monkeypatch: pytest.MonkeyPatch, *words: str, data: bytes = MAIL) -> int:
    """Return the code with which `quietmonday intake` ends."""
    stdin = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr("sys.stdin", stdin)
    try:
        call_command("intake", *words)
    except CommandError as error:
        return error.returncode
    return 0


@pytest.mark.django_db
def test_what_is_wrong_with_a_piped_mail_is_told_apart_from_trouble(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox(cast)
    pause_mailbox(mailbox=mailbox(cast, "paused@fennimore.test"), actor=actor(cast.asha), now=clock.now())
    firms = ("--business", "oakhurst joinery", "--supplier", "Fennimore IT")
    assert piped(monkeypatch, *firms, data=MAIL + b"to Oakhurst") == 0
    item = InboxItem.objects.get()
    assert (item.source, item.business_id, item.supplier_id) == ("pipe", cast.oakhurst.id, cast.fennimore.id)
    assert piped(monkeypatch, "--mailbox", HELP, data=b" \n") == 65
    assert piped(monkeypatch, "--mailbox", "nobody@fennimore.test") == 67
    assert piped(monkeypatch, "--business", "Nobody") == 67
    assert piped(monkeypatch, "--mailbox", "paused@fennimore.test") == 75
    assert piped(monkeypatch, *firms[:2]) == 64  # it has two suppliers
    assert piped(monkeypatch) == 64
    for module in (intake, handed):
        monkeypatch.setattr(module, "MAX_RAW_BYTES", 100)
    assert piped(monkeypatch, "--mailbox", HELP) == 65
    assert InboxItem.objects.count() == 1


@pytest.mark.both_engines
def test_a_pipe_and_a_listener_of_a_running_installation(template: Place, tmp_path: Path) -> None:
    with copies(template, tmp_path, "handed") as [place]:
        port = free_port()
        place.env["QUIETMONDAY_SMTP"] = f"127.0.0.1:{port}"
        place.set_clock(TUESDAY)
        place.must("step", "hand", HELP)

        def piped(*words: str, **env: str) -> int:
            command = [sys.executable, "-m", "quietmonday", "intake", *words]
            return subprocess.run(command, input=MAIL, env={**place.env, **env}, cwd=ROOT, check=False).returncode

        for _ in range(2):  # the same bytes: a mail server that tries again
            assert piped("--mailbox", "help+a@fennimore.test", "--sender", DELE) == 0
        assert piped("--wrong", "x") == 64
        assert piped("--mailbox", HELP, QUIETMONDAY_DATABASE_URL="postgres://nobody@127.0.0.1:1/none") == 75
        assert piped("--mailbox", HELP, QUIETMONDAY_DATABASE_URL="mysql://x") == 75
        listener = place.begin("smtp")
        wait_until_answers(port)
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            assert client.sendmail(DELE, [HELP], letter(DELE, "Two", "Help", "handed-2", TUESDAY).as_bytes()) == {}
        assert place.tell_to_stop(listener) == 0
        place.settle()
        subjects = place.rows("SELECT subject FROM support_ticket WHERE subject IN ('Handed over', 'Two') ORDER BY 1")
        assert subjects == [("Handed over",), ("Two",)]
        # Killed after it kept and before its yes: the mail server sends it again, and it is there once.
        listener = place.begin("smtp", fault="post.smtp.after_keep")
        wait_until_answers(port)
        third = letter(DELE, "Three", "Help", "handed-3", TUESDAY + dt.timedelta(minutes=1)).as_bytes()
        with pytest.raises(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail(DELE, [HELP], third)
        place.wait(listener)
        listener = place.begin("smtp")
        wait_until_answers(port)
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail(DELE, [HELP], third)
        assert len(place.rows("SELECT id FROM post_inboxitem WHERE source = 'smtp'")) == 2
        assert place.tell_to_stop(listener) == 0
