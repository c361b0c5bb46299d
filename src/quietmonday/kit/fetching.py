"""Fetching from another machine, bounded: so many bytes, so many seconds for all of it, over TLS, no redirect followed.

Where an address leads is looked at on the connection itself, so that a name which answers otherwise the second time
gains nothing. A server that sends one byte now and then is cut off like one that sends none.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

MOST_ADDRESSES = 4  # of one name, tried one after another
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_EMBEDDED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address inside an IPv6 one (NAT64)


class Unreachable(Exception):
    """No answer that we take: nobody there, too slow, too long, not encrypted, or a way inside. Its words say which."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    body: bytes
    broken_off: bool = False


def fetch(
    url: str,
    *,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    most_bytes: int,
    seconds: float,
    inside: bool = False,
) -> Answer:
    """Return what `url` answers to a GET, or to a POST of `data`. Raises Unreachable.

    Plain http goes to this machine only. `inside`: addresses of this machine and of inner networks will do too.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unreachable("that is no address") from None
    loopback = parts.scheme == "http" and inside and host in LOOPBACK_NAMES
    if not host or not (parts.scheme == "https" or loopback) or not url.isascii() or not url.isprintable():
        raise Unreachable("that is no https address")
    until = time.monotonic() + seconds
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _connected(host, port or (80 if loopback else 443), until, inside) as raw:
            sock = raw if loopback else ssl.create_default_context().wrap_socket(raw, server_hostname=host)
            with contextlib.closing(sock):
                answer = _answer(sock, parts.netloc.rpartition("@")[2], target, data, headers or {}, most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= until
        raise Unreachable("it took too long" if late else f"no answer ({type(error).__name__})") from None
    if time.monotonic() >= until:  # what was cut off within its headers looks like a whole answer
        raise Unreachable("it took too long")
    if answer.broken_off:
        raise Unreachable("the answer broke off")
    return answer


@contextlib.contextmanager
def _connected(host: str, port: int, until: float, inside: bool) -> Iterator[socket.socket]:
    """Give a connection that is cut when the time is over, whatever it is doing then."""
    sock = _connect(host, port, until, inside)
    # A second handle: what TLS makes of the first is no matter of the thread that cuts.
    handle = socket.socket(fileno=os.dup(sock.fileno()))

    def cut() -> None:
        with contextlib.suppress(OSError):  # it is closed already
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        with sock:
            yield sock
    finally:
        timer.cancel()
        handle.close()


def _connect(host: str, port: int, until: float, inside: bool) -> socket.socket:
    trouble: OSError = OSError("no address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[
        :MOST_ADDRESSES
    ]:
        if not inside and not _is_outside(str(address[0])):
            raise Unreachable("it leads to this machine or into an inner network")
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.01, until - time.monotonic()))
            sock.connect(address)
        except OSError as error:
            sock.close()
            trouble = error
        else:
            return sock
    raise trouble


def _is_outside(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _EMBEDDED else (ip.ipv4_mapped or ip.sixtofour)
        ip = embedded or ip
    return ip.is_global and not ip.is_multicast


def _answer(
    sock: socket.socket, host: str, target: str, data: bytes | None, headers: Mapping[str, str], most_bytes: int
) -> Answer:
    connection = http.client.HTTPConnection(host)
    connection.sock = sock
    # Not compressed: what unpacks to a thousandfold is not unpacked here.
    sent = {"Host": host, "Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET" if data is None else "POST", target, data, {**sent, **headers})
    with connection.getresponse() as response:
        body = response.read(most_bytes + 1)
        if len(body) > most_bytes:
            raise Unreachable("the answer is too long")
        return Answer(response.status, body, broken_off=bool(response.length))
