"""Why a mail did not arrive, from the codes and the words of mail servers: is it the address, or this one mail?

Codes: RFC 5321 (550), RFC 3463 (5.1.1). Servers use them loosely, so a code that says nothing in particular (5.0.0,
550) gives way to the words, and words that speak of blocking win over words that speak of a mailbox: a server that
mistrusts us says nothing about the address. When unsure it is this one mail: we go on writing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What was wrong; each has its words on the screen."""

    NO_SUCH_MAILBOX = "no_such_mailbox"
    NO_SUCH_HOST = "no_such_host"
    CLOSED = "closed"
    FULL = "full"
    TOO_LARGE = "too_large"
    NOT_WANTED = "not_wanted"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # for good, and nothing says why


@dataclass(frozen=True, slots=True)
class Refusal:
    """`for_good`: whatever we write to this address will come back."""

    rule: Rule
    for_good: bool


ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_MOST_WORDS = 4_000

_BY_CODE = {
    "1.1": Rule.NO_SUCH_MAILBOX, "1.2": Rule.NO_SUCH_HOST, "1.3": Rule.NO_SUCH_MAILBOX, "1.6": Rule.NO_SUCH_MAILBOX,
    "1.10": Rule.NO_SUCH_HOST, "2.1": Rule.CLOSED, "2.2": Rule.FULL, "2.3": Rule.TOO_LARGE, "3.4": Rule.TOO_LARGE,
    "4.4": Rule.NO_SUCH_HOST, "4.6": Rule.UNREACHABLE, "4.7": Rule.UNREACHABLE,
}  # fmt: skip
_FOR_GOOD = {Rule.NO_SUCH_MAILBOX, Rule.NO_SUCH_HOST, Rule.CLOSED}
_WHO = r"(?:user|recipient|mail ?box|account|address|addressee|alias|person|name)"
_WORDS = (
    (
        Rule.NOT_WANTED,
        r"\bspam\b|\bblock(?:ed|list)|\bblack ?list|reputation|\bd(?:marc|kim)\b|\bspf\b|banned|virus|greylist"
        r"|relay(?:ing)? (?:denied|not permitted|access)|access denied|(?:due to|violat\w+ (?:of )?)[^.\n]{0,20}polic"
        r"|listed (?:at|by|in|on)\b|too many|rate limit|not (?:authori[sz]ed|authenticated)"
        r"|authentication (?:req|fail)",
    ),
    (
        Rule.FULL,
        r"(?:mail ?box|account|inbox)[^.\n]{0,20}\bfull\b|over ?quota|quota[^.\n]{0,20}exceed|exceed[^.\n]{0,30}quota"
        r"|insufficient (?:disk |system )?(?:space|storage)|exceeded storage",
    ),
    (Rule.TOO_LARGE, r"(?:message|mail|size)[^.\n]{0,20}(?:too (?:large|big)|exceeds?[^.\n]{0,30}(?:size|limit|max))"),
    (
        Rule.CLOSED,
        rf"{_WHO}[^.\n]{{0,40}}\b(?:disabled|inactive|suspended|deactivated|closed|expired|discontinued)\b",
    ),
    (
        Rule.NO_SUCH_MAILBOX,
        rf"{_WHO}[^.\n]{{0,40}}\b(?:unknown|not found|does ?n.t exist|(?:does|do) not exist|not exist|no longer"
        rf"|not recogni[sz]ed|not listed|not known|invalid|not a valid|unavailable)"
        rf"|\b(?:unknown|no such|invalid|bad|nonexistent|not a valid|not our)\b[^.\n]{{0,25}}{_WHO}"
        r"|isn.t listed in|doesn.t have (?:an? )?[^.\n]{0,30}account|unrouteable address",
    ),
    (
        Rule.NO_SUCH_HOST,
        r"\bhost (?:unknown|not found)|\b(?:domain|host|server)(?: name)?\b[^.\n]{0,40}\b(?:not found|does not exist"
        r"|doesn.t exist|unknown|no such)|nxdomain|\bno (?:valid )?mx\b"
        r"|name (?:server|service)[^.\n]{0,40}(?:error|not)",
    ),
)  # fmt: skip
_BY_WORDS = tuple((rule, re.compile(pattern, re.IGNORECASE)) for rule, pattern in _WORDS)


def refusal_of(*, code: str, words: str, of_recipient: bool = False) -> Refusal:
    """Return what was wrong with a mail that was given up.

    `code` is an enhanced status code or ""; the words are searched for one too. `of_recipient`: the server refused
    when we named the recipient (RCPT), which says that it is about the address unless the words say otherwise.
    """
    words = words[:_MOST_WORDS]
    status = _meaning(code) or _meaning(match[1] if (match := ENHANCED.search(words)) else "")
    said = next((rule for rule, pattern in _BY_WORDS if pattern.search(words)), None)
    rule = _BY_CODE.get(status)
    if rule is None and status.startswith("7."):
        # "5.7.1 User unknown" is about the user, whatever its number says.
        rule = said if said is Rule.NO_SUCH_MAILBOX else Rule.NOT_WANTED
    if rule is None:
        rule = said or (Rule.UNREACHABLE if code.startswith("4.") else Rule.REFUSED)
    elif rule in _FOR_GOOD and said is Rule.NOT_WANTED and status != "1.1":
        rule = Rule.NOT_WANTED
    return Refusal(rule, rule in _FOR_GOOD or (of_recipient and rule is Rule.REFUSED))


def _meaning(code: str) -> str:
    """Return the subject and detail of an enhanced code, "" for one that says nothing in particular."""
    subject, _, detail = code.partition(".")[2].partition(".")
    return f"{int(subject)}.{int(detail)}" if detail not in ("", "0") and subject not in ("", "0") else ""
