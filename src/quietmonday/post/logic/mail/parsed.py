"""What a mail says, once it is read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quietmonday.post.logic.mail.invitation import Invitation


class Defect(StrEnum):
    """What was wrong with a mail, or was left out of what we read. The raw mail still holds it."""

    EMPTY = "empty mail"
    RAW_CUT = "mail larger than we read"
    HEADERS_CUT = "headers larger than we read"
    HEADERS_BROKEN = "no blank line after the headers"
    NO_SENDER = "no address in From"
    SEVERAL_SENDERS = "several From fields"
    NO_DATE = "no date"
    BAD_DATE = "bad date"
    NO_MESSAGE_ID = "no message id"
    BAD_MESSAGE_ID = "bad message id"
    ADDRESSES_CUT = "more addresses than we read"
    TOO_MANY_PARTS = "more parts than we read"
    TOO_DEEP = "parts nested deeper than we read"
    NO_PARTS = "announced parts not found"
    BAD_ENCODING = "content encoding broken"
    BAD_CHARSET = "characters not as declared"
    TEXT_CUT = "text longer than we read"


class Role(StrEnum):
    """What a part is for, where it is no file that somebody attached."""

    SIGNATURE = "signature"
    ENCRYPTED = "encrypted"  # the content, which we cannot read
    KEY = "key"  # a public key, or a certificate
    OUTLOOK = "outlook"  # winmail.dat: content and files in Outlook's own form
    CALENDAR = "calendar"


class Protection(StrEnum):
    """How a mail is signed or encrypted. Nothing is checked and nothing opened here."""

    SIGNED_SMIME = "signed, S/MIME"
    SIGNED_PGP = "signed, PGP"
    ENCRYPTED_SMIME = "encrypted, S/MIME"
    ENCRYPTED_PGP = "encrypted, PGP"


@dataclass(frozen=True, slots=True)
class Address:
    """A display name as it was written and an address in lower case; either may be empty."""

    name: str
    addr: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file that came along. `declared` is what the sender says it is, `sniffed` what its bytes say."""

    name: str
    declared: str
    sniffed: str
    data: bytes
    content_id: str | None
    inline: bool
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail as we understood it. Every text has passed `clean_text`; every tuple is bounded by limits.py.

    `sender` is From, or, if that names no address, Reply-To, Sender or Return-Path in this order (with
    the defect NO_SENDER); None when none of them does. Nothing here says that the sender is who he says.
    `text` is what to show first; `html` is raw and must pass `sanitise` before anybody sees it.
    `headers` holds the fields that `classify` reads, names in lower case.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    content_type: str
    report_type: str
    hops: int
    headers: dict[str, tuple[str, ...]]
    defects: tuple[Defect, ...]
    protection: Protection | None = None
    invitation: Invitation | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a kept header field, or None if the mail has none; "" is an empty one."""
        values = self.headers.get(name.lower())
        return values[0] if values else None
