"""Asking a server whose address somebody typed in: never one inside the house, never for long, never for much.

The name is looked up once, every address it has is checked, and the connection goes to a checked address, so that a
name that answers differently the second time leads nowhere else. No redirect is followed. All I/O, hence never inside
a transaction.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_INSIDE_4 = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",  # this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own server, at an address that looks public
        "169.254.0.0/16",  # link-local; metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
]
_OUTSIDE_6 = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out so far. What lies beside it leads inside or nowhere: loopback, local, multicast,
v4-mapped (::ffff:127.0.0.1), NAT64 (64:ff9b::), a cloud's metadata (fd00:ec2::254)."""
_INSIDE_6 = [
    ipaddress.ip_network(each)
    for each in (
        "2001::/23",  # protocols, among them Teredo: an IPv4 address in disguise
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
]
_TRIED = 3
"""So many addresses of a name are tried; all of them are checked."""
_CHUNK = 16 * 1024
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


class Reason(enum.StrEnum):
    """Why nothing was asked, or nothing answered."""

    NOT_AN_ADDRESS = "not_an_address"
    NOT_HTTPS = "not_https"
    NO_SUCH_NAME = "no_such_name"
    INSIDE = "inside"
    NOT_REACHED = "not_reached"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too_slow"
    NO_ANSWER = "no_answer"


_WORDS: dict[Reason, StrOrPromise] = {
    Reason.NOT_AN_ADDRESS: _("This is not a web address that we can use. Write it like https://example.com/hook."),
    Reason.NOT_HTTPS: _("The address must begin with https://, so that nobody on the way can read along."),
    Reason.NO_SUCH_NAME: _("No server has this name."),
    Reason.INSIDE: _(
        "The address leads to a machine inside a network, which we do not ask. "
        "Whoever runs this installation can allow it (QUIETMONDAY_INSIDE)."
    ),
    Reason.NOT_REACHED: _("The server cannot be reached at this name and port."),
    Reason.CERTIFICATE: _("The server's certificate is not good for this name."),
    Reason.TOO_SLOW: _("The server did not answer in time."),
    Reason.NO_ANSWER: _("The server answered in a way that we do not understand."),
}


class Refused(Exception):
    """Nothing was asked, or nothing answered; `reason` says why, `words` says it to a person."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def words(self) -> str:
        """The reason in the reader's language."""
        return words_of(self.reason)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a server said. `whole` is False if its body was longer than what we wanted to read."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    whole: bool = True


def words_of(reason: Reason | str) -> str:
    """Return a reason in the reader's language."""
    return str(_WORDS[Reason(reason)])


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,
    max_bytes: int,
    allow: Sequence[Network] = (),
) -> Answer:
    """Ask `url` and return the answer, whatever its status; raise Refused if there is none.

    `timeout` seconds are for all of it, from looking up the name to the last byte. At most `max_bytes` of the body are
    read. `allow`: networks inside that may be asked nevertheless, beside those of the setting; these also without TLS.
    """
    parts = split_address(url)
    until = time.monotonic() + timeout
    host, port = _host_and_port(parts)
    sock = _connected(host, port, until, allow, plain=parts.scheme == "http")
    try:
        if parts.scheme == "https":
            sock = _wrapped(sock, host, until)
        return _asked(sock, method, parts, headers, body, until, max_bytes)
    except ssl.SSLCertVerificationError:
        raise Refused(Reason.CERTIFICATE) from None
    except TimeoutError:
        raise Refused(Reason.TOO_SLOW) from None
    except (http.client.HTTPException, ssl.SSLError):
        raise Refused(Reason.NO_ANSWER) from None
    except OSError:
        raise Refused(Reason.NOT_REACHED) from None
    finally:
        sock.close()


def connected(host: str, port: int, *, timeout: float, allow: Sequence[Network] = ()) -> socket.socket:
    """Return a socket to a checked address of `host` within `timeout` seconds, for what is not HTTP; raise Refused.

    The caller's TLS must check the certificate against `host`. The socket keeps what is left of the timeout.
    """
    return _connected(host, port, time.monotonic() + timeout, allow, plain=False)


def split_address(url: str) -> SplitResult:
    """Return the parts of a web address that we could ask; raise Refused. Looks nothing up."""
    try:
        parts = urlsplit(url)
        host, _port = _host_and_port(parts)
    except ValueError:
        raise Refused(Reason.NOT_AN_ADDRESS) from None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or len(url) > 2000:
        raise Refused(Reason.NOT_AN_ADDRESS)
    rest = f"{parts.path}{parts.query}"
    if parts.username is not None or parts.password is not None or not re.fullmatch(r"[!-~]*", rest):
        raise Refused(Reason.NOT_AN_ADDRESS)
    return parts


def is_inside(address: Address) -> bool:
    """Return whether an address belongs to this machine, its network, a carrier, or to nobody."""
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in _INSIDE_4)
    return address not in _OUTSIDE_6 or any(address in network for network in _INSIDE_6)


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    """Return the host as it is looked up and checked against the certificate. Raises ValueError."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()  # UnicodeError is a ValueError
    return host, parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80


def _connected(host: str, port: int, until: float, allow: Sequence[Network], *, plain: bool) -> socket.socket:
    allowed = [*allow, *settings.INSIDE_NETWORKS]
    places = _looked_up(host, port, until)
    for _family, address in places:
        _refuse_unfit(_address_of(address), allowed, plain=plain)
    for at, (family, address) in enumerate(places[:_TRIED], start=1):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            # Whoever does not answer leaves time for the next.
            sock.settimeout(_left(until) if at == len(places[:_TRIED]) else _left(until) / 2)
            sock.connect(address)
            sock.settimeout(_left(until))
        except Refused:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            last = error
        else:
            return sock
    raise Refused(Reason.TOO_SLOW if isinstance(last, TimeoutError) else Reason.NOT_REACHED) from None


def _refuse_unfit(address: Address, allowed: Sequence[Network], *, plain: bool) -> None:
    if any(address in network for network in allowed):
        return
    if is_inside(address):
        raise Refused(Reason.INSIDE)
    if plain:
        raise Refused(Reason.NOT_HTTPS)


def _looked_up(host: str, port: int, until: float) -> list[tuple[int, Any]]:
    """Return (family, socket address) of each address that a name has. In a thread: the system's look-up knows no
    deadline of ours."""
    answers: queue.SimpleQueue[list[tuple[int, Any]]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put([(family, address) for family, _type, _protocol, _name, address in found])

    threading.Thread(target=look_up, daemon=True).start()
    try:
        places = answers.get(timeout=_left(until))
    except queue.Empty:
        raise Refused(Reason.TOO_SLOW) from None
    if not places:
        raise Refused(Reason.NO_SUCH_NAME)
    return places


def _address_of(place: Sequence[Any]) -> Address:
    return ipaddress.ip_address(str(place[0]).partition("%")[0])


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Refused(Reason.TOO_SLOW)
    return left


@functools.cache
def tls() -> ssl.SSLContext:
    """The certificates that this machine trusts; read once, which takes longer than asking."""
    return ssl.create_default_context()


def _wrapped(sock: socket.socket, host: str, until: float) -> socket.socket:
    sock.settimeout(_left(until))  # a handshake has one deadline for all its steps
    return tls().wrap_socket(sock, server_hostname=host)


def _asked(
    sock: socket.socket,
    method: str,
    parts: SplitResult,
    headers: Mapping[str, str],
    body: bytes | None,
    until: float,
    max_bytes: int,
) -> Answer:
    connection = http.client.HTTPConnection(parts.netloc.rpartition("@")[2])
    connection.sock = _Hurried(sock, until)
    target = parts.path or "/"
    connection.request(
        method, f"{target}?{parts.query}" if parts.query else target, body, {**headers, "Connection": "close"}
    )
    response = connection.getresponse()
    found = b""
    while len(found) <= max_bytes and (chunk := response.read(min(_CHUNK, max_bytes + 1 - len(found)))):
        found += chunk
    if len(found) <= max_bytes and response.length:
        raise http.client.IncompleteRead(found)
    return Answer(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=found[:max_bytes],
        whole=len(found) <= max_bytes,
    )


class _Hurried:
    """A socket whose every step has only what is left of the time: a server that drips a byte a second gains none."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._until))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_HurriedReader(self._sock, self._until), _CHUNK)

    def close(self) -> None:
        """`fetch` closes the socket itself."""


class _HurriedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)
