"""What mail servers wrote on a mail on its way here: that it is spam, a trap, or not from whom it says.

A mark that says "bad" is believed whoever wrote it: forging one harms one's own mail. What says "good" is never read.
Only the check of the sender (DMARC, RFC 7489) must be the word of the mailbox's own server (its authserv-id, RFC 8601):
a server on the way may check badly, and mail that was forwarded on purpose fails there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from quietmonday.post.logic.mail import ParsedMail

ANY_SERVER = "*"
"""As the trusted server: it writes no name of its own (Microsoft 365), and the topmost line is its."""


class Kind(StrEnum):
    """What a mail is marked as, the gravest first."""

    PHISHING = "phishing"
    NOT_PROVEN = "not_proven"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark, and the header field that bears it."""

    kind: Kind
    by: str


def mark_of(mail: ParsedMail, trusted_server: str) -> Mark | None:
    """Return the gravest mark that a mail bears, None if it bears none. `trusted_server`: "" believes no check."""
    marks = [each for each in (_microsoft(mail), _spam(mail), _sender_check(mail, trusted_server)) if each]
    return min(marks, key=lambda mark: list(Kind).index(mark.kind), default=None)


_LEVEL = re.compile(r"\s*(-?\d{1,2})\s*(?:\Z|;)")
_SPAM_FROM, _PHISHING_FROM = 5, 4  # Microsoft's levels: SCL 5 to 9, PCL 4 to 8
_PHISHING = frozenset({"PHSH", "HPHSH", "HPHISH", "SPOOF", "GIMP", "UIMP", "DIMP", "BIMP", "MALW"})
_SPAM = frozenset({"SPM", "HSPM", "BULK", "OSPM"})


def _microsoft(mail: ParsedMail) -> Mark | None:
    said = _fields(mail.header("x-forefront-antispam-report") or "")
    category = said.get("CAT", "").upper()
    report, scl, pcl = "X-Forefront-Antispam-Report", *_MS_LEVELS
    if category in _PHISHING:
        return Mark(Kind.PHISHING, report)
    if _level(mail.header(pcl)) >= _PHISHING_FROM:
        return Mark(Kind.PHISHING, pcl)
    if (category in _SPAM and category != "BULK") or said.get("SFV", "").upper() == "SPM":
        return Mark(Kind.SPAM, report)
    if _level(said.get("SCL")) >= _SPAM_FROM:
        return Mark(Kind.SPAM, report)
    return Mark(Kind.SPAM, scl) if _level(mail.header(scl)) >= _SPAM_FROM else None


_MS_LEVELS = ("X-MS-Exchange-Organization-SCL", "X-MS-Exchange-Organization-PCL")


def _spam(mail: ParsedMail) -> Mark | None:
    for name in ("X-Spam-Flag", "X-Spam-Status"):
        if any(re.match(r"\s*(?:yes|true)\b", value, re.IGNORECASE) for value in mail.headers.get(name.lower(), ())):
            return Mark(Kind.SPAM, name)
    return None


def _sender_check(mail: ParsedMail, trusted_server: str) -> Mark | None:
    """One line that says so is enough: of several checks of one server each writes its own."""
    lines = mail.headers.get("authentication-results", ())
    if not trusted_server:
        return None
    if trusted_server == ANY_SERVER:
        ours = list(lines[:1])
    else:
        ours = [line for line in lines if _server_of(line) == trusted_server.lower()]
    return Mark(Kind.NOT_PROVEN, "Authentication-Results") if any(map(_fails, ours)) else None


_COMMENT = re.compile(r"\([^()]*\)")


def _without_comments(line: str) -> str:
    for _ in range(5):  # one inside another
        line = _COMMENT.sub(" ", line)
    return line


def _server_of(line: str) -> str:
    """Return who wrote a line: its first word, without the version that may follow."""
    words = _without_comments(line).partition(";")[0].split()
    return words[0].lower() if words else ""


def _fails(line: str) -> bool:
    return any(re.match(r"\s*dmarc\s*=\s*fail\b", part, re.IGNORECASE) for part in _without_comments(line).split(";"))


def _fields(line: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in line.split(";"))
    return {name.strip().upper(): value.strip() for name, _, value in pairs}


def _level(value: str | None) -> int:
    match = _LEVEL.match(value or "")
    return int(match[1]) if match else -1
