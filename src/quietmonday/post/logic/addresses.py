"""Addresses as one spelling, and the signed ones that bring an answer back to its ticket.

A guessed or copied address must not thread (guides: attack 4), so what we send carries a MAC over
purpose, ticket and the recipient: only the one we wrote to can answer there. Both forms are the same
base32 token: ticket id (16 bytes), hint (2), MAC (10). The hint is a MAC without the recipient. It
decides nothing: it only tells "another sender" from "a guess", because a colleague who answers a
forwarded mail deserves another sentence than an attacker.
"""

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

MAX_LOCAL = 64  # RFC 5321
HINT_BYTES = 2
MAC_BYTES = 10
TOKEN_CHARS = 45  # of 16 + 2 + 10 bytes in base32 without padding
MAX_MAILBOX_LOCAL = MAX_LOCAL - len("+r.") - TOKEN_CHARS
MAX_READ = 100  # addresses or ids of one mail

ADDRESS_PURPOSE = b"quiet monday reply address 1"
MESSAGE_PURPOSE = b"quiet monday message id 1"


@dataclass(frozen=True, slots=True)
class Verified:
    """The sender answers what we sent to this very sender, about this ticket."""

    ticket_id: UUID


@dataclass(frozen=True, slots=True)
class Forged:
    """Looks like one of ours and is not good: `reason` is MALFORMED, OTHER_SENDER or WRONG_SIGNATURE."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotAReply:
    """Nothing of ours in it."""


MALFORMED = "malformed token"
OTHER_SENDER = "other sender"
WRONG_SIGNATURE = "wrong signature"

Answer = Verified | Forged | NotAReply


def reply_address(mailbox_address: str, ticket_id: UUID, recipient: str, key: bytes) -> str:
    """Return the address at which `recipient` can answer about a ticket: help+r.<token>@host.

    A mailbox whose local part is longer than MAX_MAILBOX_LOCAL (16) has no room for a token within RFC
    5321; then the plain mailbox is returned, and only the signed message id threads the answer.
    """
    local, _, host = base_address(mailbox_address).rpartition("@")
    if len(local) > MAX_MAILBOX_LOCAL:
        return f"{local}@{host}"
    return f"{local}+r.{_token(ADDRESS_PURPOSE, ticket_id, recipient, key)}@{host}"


def read_reply_address(addresses: Iterable[str], sender: str, key: bytes) -> Answer:
    """Return what the addresses a mail was sent to (To, Cc, Delivered-To) say, given its From address.

    A good token counts even beside bad ones; only the first MAX_READ addresses are looked at.
    """
    tags = (normalise(address).rpartition("@")[0].partition("+")[2] for address in islice(addresses, MAX_READ))
    tokens = (tag.removeprefix("r.") for tag in tags if tag.startswith("r."))
    return _best(_verify(token, ADDRESS_PURPOSE, sender, key) for token in tokens)


def message_id(ticket_id: UUID, message_uuid: UUID, recipient: str, key: bytes, host: str) -> str:
    """Return the Message-ID of one message to one recipient, the same at every attempt to send it."""
    purpose = MESSAGE_PURPOSE + message_uuid.bytes
    return f"<qm.{_token(purpose, ticket_id, recipient, key)}.{message_uuid.hex}@{host}>"


_OURS = re.compile(r"<?qm\.([^.@\s]{1,200})\.([^.@\s]{1,200})@[^\s@]+", re.IGNORECASE)


def read_references(ids: Iterable[str], sender: str, key: bytes) -> Answer:
    """Return what In-Reply-To and References (in this order, with or without angles) say. As above."""
    matches = (_OURS.match(written.strip()) for written in islice(ids, MAX_READ))
    return _best(_verify_id(match[1], match[2], sender, key) for match in matches if match)


def normalise(address: str) -> str:
    """Return the one spelling of an address: no display name, NFC, lower case, the host in ASCII (IDNA).

    Tolerant and idempotent: what is no address comes back in lower case, without its white space.
    """
    address = address[-1000:]
    if address.rstrip().endswith(">"):
        address = address.rstrip()[:-1].rpartition("<")[2]
    address = unicodedata.normalize("NFC", unicodedata.normalize("NFC", "".join(address.split())).lower())
    local, at, host = address.rpartition("@")
    return f"{local}{at}{_ascii_host(host)}" if at else address


def base_address(address: str) -> str:
    """Return a mailbox's own address, normalised and without a plus tag."""
    local, at, host = normalise(address).rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}"


def _ascii_host(host: str) -> str:
    if host.isascii() or len(host) > 255:  # the codec's time grows with the square of the length
        return host
    try:
        encoded = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host  # no name of a host; kept so that a person can read it
    # The codec makes `@`, `,` and blanks out of their full-width and accented likes: one address would become two.
    return encoded if _NAME_OF_HOST.fullmatch(encoded) else host


_NAME_OF_HOST = re.compile(r"[a-z0-9._-]+")


def _token(purpose: bytes, ticket_id: UUID, recipient: str, key: bytes) -> str:
    return _written(ticket_id.bytes + _hint(purpose, ticket_id, key) + _mac(purpose, ticket_id, recipient, key))


def _written(body: bytes) -> str:
    return base64.b32encode(body).decode("ascii").rstrip("=").lower()


def _hint(purpose: bytes, ticket_id: UUID, key: bytes) -> bytes:
    return _hmac(key, b"hint", purpose, ticket_id.bytes)[:HINT_BYTES]


def _mac(purpose: bytes, ticket_id: UUID, recipient: str, key: bytes) -> bytes:
    return _hmac(key, b"mac", purpose, ticket_id.bytes, normalise(recipient).encode())[:MAC_BYTES]


def _hmac(key: bytes, *parts: bytes) -> bytes:
    """Each part stands behind its length, so that no two lists of parts make the same message."""
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, message, hashlib.sha256)


def _verify_id(token: str, message: str, sender: str, key: bytes) -> Verified | Forged:
    try:
        message_uuid = UUID(hex=message)
    except ValueError:
        return Forged(MALFORMED)
    if message_uuid.hex != message.lower():  # Python reads +1, 1_0 and {1} as numbers too: one id, one spelling
        return Forged(MALFORMED)
    return _verify(token, MESSAGE_PURPOSE + message_uuid.bytes, sender, key)


def _verify(token: str, purpose: bytes, sender: str, key: bytes) -> Verified | Forged:
    if len(token) != TOKEN_CHARS:
        return Forged(MALFORMED)
    try:
        body = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return Forged(MALFORMED)
    if _written(body) != token.lower():  # the last letter has a spare bit: one token, one spelling
        return Forged(MALFORMED)
    ticket_id = UUID(bytes=body[:16])
    known = hmac.compare_digest(body[16 : 16 + HINT_BYTES], _hint(purpose, ticket_id, key))
    signed = hmac.compare_digest(body[16 + HINT_BYTES :], _mac(purpose, ticket_id, sender, key))
    if known and signed:
        return Verified(ticket_id)
    return Forged(OTHER_SENDER if known else WRONG_SIGNATURE)


def _best(answers: Iterable[Verified | Forged]) -> Answer:
    forged: Forged | None = None
    for answer in answers:
        if isinstance(answer, Verified):
            return answer
        forged = forged or answer
    return forged or NotAReply()
