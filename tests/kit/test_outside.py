"""Servers whose address somebody typed in (attack 12): none inside the house, none for long, none for much."""

import contextlib
import ipaddress
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.config.public import networks_inside
from quietmonday.kit import outside
from quietmonday.kit.outside import Answer, Reason, Refused, connected, fetch, is_inside, split_address, words_of
from tests.network.certificate import write_certificate

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
real_look_up = socket.getaddrinfo


def asked(url: str, **changes: Any) -> Answer:
    wanted: dict[str, Any] = {"headers": {}, "body": None, "timeout": 5, "max_bytes": 1000, "allow": LOOPBACK}
    return fetch(changes.pop("method", "GET"), url, **(wanted | changes))


def refused(url: str, **changes: Any) -> Reason:
    with pytest.raises(Refused) as caught:
        asked(url, **changes)
    return caught.value.reason


@contextlib.contextmanager
def server(says: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on this machine that reads a request and then does what `says` does; gives its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):  # whoever asked has gone
                heard.append(_whole_request(self.request))
                says(self.request)

    heard: list[bytes] = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        listening.block_on_close = False
        says.__dict__["heard"] = heard
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()


def _whole_request(asking: socket.socket) -> bytes:
    """Head and body may come in pieces."""
    heard = asking.recv(65536)
    length = re.search(rb"\r\ncontent-length: (\d+)\r\n", heard, re.IGNORECASE)
    while length and len(heard.partition(b"\r\n\r\n")[2]) < int(length[1]) and (more := asking.recv(65536)):
        heard += more
    return heard


def answering(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda asking: asking.sendall(answer)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: a\r\n\r\nhello"


def test_an_answer_comes_whole_with_its_headers() -> None:
    says = answering(OK)
    with server(says) as port:
        answer = asked(f"http://127.0.0.1:{port}/hook?a=1", method="POST", body=b"{}", headers={"X-Ours": "yes"})
    assert (answer.status, answer.body, answer.whole) == (200, b"hello", True)
    assert answer.headers["x-kind"] == "a"
    [request] = says.__dict__["heard"]
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.splitlines()[0] == b"POST /hook?a=1 HTTP/1.1"
    assert {f"Host: 127.0.0.1:{port}".encode(), b"X-Ours: yes", b"Connection: close"} <= set(head.splitlines())
    assert body == b"{}"


INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0"),  # noqa: S104  # asked, not listened on
    *("0", "localhost"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "169.254.169.254", "168.63.129.16"),
    *("100.100.100.200", "192.0.0.192", "224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "198.18.0.1"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[fec0::1]", "[2002:7f00:1::]"),
    *("[2001:0:7f00:1::]", "[100::1]"),
]


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_asked_however_it_is_written(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was asked"))
    assert refused(f"https://{host}/", allow=()) == Reason.INSIDE


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_python_knows_no_private_address_that_we_take_for_public(address: outside.Address) -> None:
    if not is_inside(address):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_public_addresses_may_be_asked(address: str) -> None:
    assert not is_inside(ipaddress.ip_address(address))


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let each look-up of a name give the next of `answers`; return what was looked up."""
    left, seen = list(answers), []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        seen.append(host)
        return [found for each in left.pop(0) for found in real_look_up(each, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return seen


def test_one_address_inside_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was asked"))
    named(monkeypatch, ["8.8.8.8", "1.1.1.1", "9.9.9.9", "192.168.1.1"])
    assert refused("https://hook.example/", allow=()) == Reason.INSIDE


def test_a_name_is_looked_up_once_and_the_checked_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[Any] = []

    def connect(_sock: socket.socket, address: Any) -> None:
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    seen = named(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    assert refused("https://hook.example/", allow=()) == Reason.NOT_REACHED
    assert (seen, went) == (["hook.example"], [("8.8.8.8", 443)])


def test_an_address_is_checked_for_what_is_not_http_too(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
    with pytest.raises(Refused) as caught:
        connected("imap.example", 993, timeout=5)
    assert caught.value.reason == Reason.INSIDE
    with server(answering(b"* OK")) as port, connected("imap.example", port, timeout=5, allow=LOOPBACK) as sock:
        sock.sendall(b"hello")
        assert sock.recv(10) == b"* OK"


def test_an_inside_network_can_be_allowed_by_setting(settings: Any) -> None:
    with server(answering(OK)) as port:
        assert refused(f"http://127.0.0.1:{port}/", allow=()) == Reason.INSIDE
        settings.INSIDE_NETWORKS = networks_inside("127.0.0.1, 10.1.0.0/16")
        assert asked(f"http://127.0.0.1:{port}/", allow=()).status == 200
    assert refused("https://10.2.0.1/", allow=()) == Reason.INSIDE


def test_without_tls_only_what_is_allowed_inside_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was asked"))
    assert refused("http://8.8.8.8/") == Reason.NOT_HTTPS


@pytest.mark.parametrize(
    "url",
    [
        *("", "hook", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/"),
        *("https://", "https:///path", "https://user:word@example.com/", "https://user@example.com/"),
        *(
            "https://example.com:99999/",
            "https://example.com/a b",
            "https://exa mple.com/",
            "https://[::1",
            "https://a%00b/",
        ),
        *("https://example.com/\r\nX: y", "https://example.com/ä", "https://example.com/" + "a" * 2000, "javascript:x"),
        "https://example.com\\@127.0.0.1/",
    ],
)
def test_what_is_no_web_address_is_refused_before_it_is_looked_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("it was looked up"))
    assert refused(url) == Reason.NOT_AN_ADDRESS


@given(st.text())
def test_no_text_at_all_breaks_the_check(text: str) -> None:
    with contextlib.suppress(Refused):
        split_address(text)
    with contextlib.suppress(Refused):
        split_address("https://" + text)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with server(answering(OK)) as inside:
        to = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside}/\r\nContent-Length: 0\r\n\r\n".encode()
        with server(answering(to)) as port:
            answer = asked(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.body) == (302, b"")


def test_no_more_is_read_than_was_wanted() -> None:
    def endless(asking: socket.socket) -> None:
        asking.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            asking.sendall(b"x" * 65536)

    with server(endless) as port:
        answer = asked(f"http://127.0.0.1:{port}/", max_bytes=100_000)
    assert (len(answer.body), answer.whole) == (100_000, False)


def _dripping(first: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def drip(asking: socket.socket) -> None:
        asking.sendall(first)
        for _ in range(200):
            time.sleep(0.05)
            asking.sendall(drop)

    return drip


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status", "headers", "body", "chunks", "continue"],
)
def test_a_server_that_drips_gains_no_time(first: bytes, drop: bytes) -> None:
    with server(_dripping(first, drop)) as port:
        began = time.monotonic()
        assert refused(f"http://127.0.0.1:{port}/", timeout=0.4) == Reason.TOO_SLOW
        assert time.monotonic() - began < 3


def test_a_look_up_that_hangs_has_no_more_time_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1) or [])
    began = time.monotonic()
    assert refused("https://hook.example/", timeout=0.2) == Reason.TOO_SLOW
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_answer_is_said_as_such(answer: bytes) -> None:
    with server(answering(answer)) as port:
        assert refused(f"http://127.0.0.1:{port}/") == Reason.NO_ANSWER


def test_a_port_where_nobody_listens() -> None:
    with server(answering(OK)) as port:
        pass
    assert refused(f"http://127.0.0.1:{port}/") == Reason.NOT_REACHED


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert refused("https://nobody.invalid/") == Reason.NO_SUCH_NAME


def test_no_header_can_be_slipped_in() -> None:
    with server(answering(OK)) as port, pytest.raises(ValueError, match="Invalid header"):
        asked(f"http://127.0.0.1:{port}/", headers={"X-Ours": "a\r\nX-Other: b"})


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server for hook.example whose certificate we trust; every name leads to it."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    write_certificate("hook.example", certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(outside, "tls", lambda: trusting)
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, port, **kw: real_look_up("127.0.0.1", port, **kw))

    def says(asking: socket.socket) -> None:
        asking.sendall(OK)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), context.wrap_socket(self.request, server_side=True) as inner:
                inner.recv(65536)
                says(inner)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


def test_the_certificate_is_checked_against_the_name_not_the_address(tls_server: int) -> None:
    assert asked(f"https://hook.example:{tls_server}/").body == b"hello"
    assert asked(f"https://HOOK.example.:{tls_server}/").status == 200
    assert refused(f"https://other.example:{tls_server}/") == Reason.CERTIFICATE
    assert refused(f"https://127.0.0.1:{tls_server}/") == Reason.CERTIFICATE


def test_a_certificate_of_nobody_we_know_is_refused(tls_server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "tls", ssl.create_default_context)
    assert refused(f"https://hook.example:{tls_server}/") == Reason.CERTIFICATE


def test_a_handshake_that_never_ends_ends() -> None:
    with server(_dripping(b"", b"\x16")) as port:
        began = time.monotonic()
        assert refused(f"https://127.0.0.1:{port}/", timeout=0.4) in {Reason.TOO_SLOW, Reason.NO_ANSWER}
        assert time.monotonic() - began < 2


def test_each_reason_has_words() -> None:
    assert len({words_of(reason) for reason in Reason}) == len(Reason)
    assert "QUIETMONDAY_INSIDE" in Refused(Reason.INSIDE).words


def test_a_setting_that_is_no_network_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="QUIETMONDAY_INSIDE must be"):
        networks_inside("the office")
