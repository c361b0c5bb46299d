"""What a mail server says about a mail beside the mail, and how it is written on top of it."""

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import format_datetime

_PRINTED = re.compile(r"[!-~]{1,320}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender ("" is nobody: a report) and recipients of a mail; None: it was not said, and nothing is written.

    `via`: how the mail came ("ESMTPS"), `peer`: from which address, `greeting`: as whom that called itself, `host`: us.
    """

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    via: str = ""
    peer: str = ""
    greeting: str = ""
    host: str = ""


def with_trace(data: bytes, envelope: Envelope, now: dt.datetime) -> bytes:
    """Return the mail with the lines that a server adds when it delivers (RFC 5321, 4.4); never more than a line each,
    whatever somebody called himself."""
    lines = []
    if envelope.sender is not None:
        lines.append(f"Return-Path: <{_printed(envelope.sender)}>")
    lines += [f"Delivered-To: {_printed(each)}" for each in envelope.recipients if _printed(each)]
    if envelope.via:
        lines.append(
            f"Received: from {_printed(envelope.greeting) or 'unknown'} ([{_printed(envelope.peer)}])"
            f" by {_printed(envelope.host)} with {envelope.via}; {format_datetime(now)}"
        )
    if not lines:
        return data
    end = "\r\n" if b"\r\n" in data[:2000] else "\n"
    return "".join(line + end for line in lines).encode("ascii", "replace") + data


def _printed(text: str) -> str:
    """Return a word that can stand in a header line, "" for anything else."""
    text = text.strip().strip("<>")
    return text if _PRINTED.fullmatch(text) and not set("<>") & set(text) else ""
