"""What may stand in a mail that we send: nothing that a person wrote can add a header or a recipient."""

import dataclasses
import json
import re
from collections.abc import Mapping

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}\Z")
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>\Z")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"\\@]{1,64}@[^\s<>()\[\]:;,\"\\@]{1,255}\Z")
_SENDER = re.compile(r"(?:[^<>\r\n]*<)?[^\s<>,;\"]+@[^\s<>,;\"]+>?\Z")
_OURS = frozenset({"from", "sender", "to", "cc", "bcc", "subject", "message-id", "date", "mime-version", "return-path"})


class MailRefused(ValueError):
    """A part of a mail would act as a header, a second recipient or a forged origin; nothing was stored."""


@dataclasses.dataclass(frozen=True, slots=True)
class MailContent:
    """What a mail says: the part that is stored sealed."""

    subject: str
    headers: dict[str, str]
    text: str
    html: str | None

    def as_bytes(self) -> bytes:
        """Return the form that is sealed."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "MailContent":
        """Return the content from its unsealed form."""
        return cls(**json.loads(stored))


def check_mail(*, recipient: str, sender: str, message_id: str, headers: Mapping[str, str]) -> None:
    """Raise MailRefused unless each part is one line of the form it must have (RFC 5322, 3.4 and 3.6.4)."""
    if not _ADDRESS.match(recipient) or _CONTROLS.search(recipient):
        raise MailRefused("the recipient is not one plain address")
    if not _SENDER.match(sender) or _CONTROLS.search(sender) or ("<" in sender) != sender.endswith(">"):
        raise MailRefused("the sender is not one address with or without a name")
    if not _MESSAGE_ID.match(message_id) or _CONTROLS.search(message_id):
        raise MailRefused("the Message-ID is not of the form <left@right>")
    for name, value in headers.items():
        if not _HEADER_NAME.match(name) or name.lower() in _OURS or name.lower().startswith("content-"):
            raise MailRefused(f"the header {name[:60]!r} is not the caller's to set")
        if not isinstance(value, str) or _CONTROLS.search(value):
            raise MailRefused(f"the header {name} holds a line break or another control character")
