"""What comes from another machine is bounded in time, size and place."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quietmonday.kit import fetching
from quietmonday.kit.fetching import Unreachable, fetch
from tests.network.certificate import write_certificate

Talk = Callable[[socket.socket], None]
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@contextmanager
def talking(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Let `talk` answer on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    try:
                        spoken = context.wrap_socket(line, server_side=True) if context else line
                        spoken.recv(65536)
                        talk(spoken)
                    except OSError:
                        continue  # whoever asked is gone: that is what is tried here

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])


def got(talk: Talk, seconds: float = 2, most_bytes: int = 1000) -> tuple[int, bytes] | str:
    """What is fetched from a machine that talks so; the words of the refusal if nothing is."""
    with talking(talk) as port:
        try:
            answer = fetch(f"http://127.0.0.1:{port}/x", most_bytes=most_bytes, seconds=seconds, inside=True)
        except Unreachable as refused:
            return str(refused)
    return answer.status, answer.body


def slowly(before: bytes, drop: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(before)
        for _ in range(100):
            line.sendall(drop)
            time.sleep(0.1)

    return talk


def test_what_is_sent_comes_whole_and_redirects_are_not_followed() -> None:
    assert got(lambda line: line.sendall(WHOLE)) == (200, b"hi")
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    assert got(lambda line: line.sendall(away)) == (302, b"")


def test_what_is_too_long_is_refused_and_nothing_is_unpacked() -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    exact = b"Content-Length: 1000\r\n\r\n" + b"x" * 1000
    assert got(lambda line: line.sendall(head + exact)) == (200, b"x" * 1000)
    for rest in (b"Content-Length: 1001\r\n\r\n" + b"x" * 1001, b"\r\n" + b"x" * 5000):
        assert got(lambda line, rest=rest: line.sendall(head + rest)) == "the answer is too long"  # type: ignore[misc]  # a default of a lambda
    chunk = b"Transfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n" + b"x" * 1000 + b"\r\n" + b"3e8\r\n" + b"x" * 1000
    assert got(lambda line: line.sendall(head + chunk)) == "the answer is too long"
    bomb = gzip.compress(b"\0" * 1_000_000)[:900]
    packed = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    assert got(lambda line: line.sendall(head + packed + bomb)) == (200, bomb)


@pytest.mark.parametrize(
    "talk",
    [
        lambda line: time.sleep(5),
        slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        slowly(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"x"),
        slowly(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_whoever_drips_is_cut_off_when_the_time_is_over(talk: Talk) -> None:
    begun = time.monotonic()
    assert got(talk, seconds=0.6) == "it took too long"
    assert time.monotonic() - begun < 1.5


SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"


@pytest.mark.parametrize("said", [b"", b"x\r\n\r\n", SHORT, b"HTTP/1.1 x\r\n\r\n"])
def test_what_is_no_answer_or_breaks_off_is_none(said: bytes) -> None:
    assert isinstance(got(lambda line: line.sendall(said)), str)


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "https://", "//x/", "https://[::1/",
        "https://x.example:port/", "https://x.example/\r\nX: y", "https://ü.example/", "",
    ],
)  # fmt: skip
def test_only_https_addresses_are_fetched(url: str) -> None:
    with pytest.raises(Unreachable):
        fetch(url, most_bytes=10, seconds=1, inside=True)


ANY = ["0.0.0.0", "[::]"]  # noqa: S104  # asked, not listened on
ODD = ["2130706433", "0x7f.1", "017700000001", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::ffff:127.0.0.1]"]
INNER = [
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00::1]",
    "100.64.0.1",
    "224.0.0.1",
]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", *ANY, *ODD, *INNER])
def test_no_way_leads_inside(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the address is written: looked at where the connection is made, before a byte is sent."""
    monkeypatch.setattr(socket.socket, "connect", lambda *given: pytest.fail(f"connected to {host}"))
    with pytest.raises(Unreachable, match="leads to this machine or into an inner network"):
        fetch(f"https://{host}/", most_bytes=10, seconds=1)


def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: [inside])
    with pytest.raises(Unreachable, match="inner network"):
        fetch("https://rebound.example/", most_bytes=10, seconds=1)


def test_addresses_outside_are_outside() -> None:
    assert all(fetching._is_outside(each) for each in ("9.9.9.9", "2620:fe::fe", "64:ff9b::909:909"))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    write_certificate("localhost", tmp_path / "certificate", tmp_path / "key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    with (
        talking(lambda line: line.sendall(WHOLE), context) as port,
        pytest.raises(Unreachable, match="SSLCertVerificationError"),
    ):
        fetch(f"https://localhost:{port}/", most_bytes=10, seconds=2, inside=True)
