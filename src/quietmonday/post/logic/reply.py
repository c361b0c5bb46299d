"""What is new in an answer, and what it quotes. When unsure, everything is new: nothing is lost."""

import re

from mailparser_reply.parser import EmailMessage

# More languages cost more time and more false hits; these are those of our offices' mail programs.
LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pl", "da", "sv")
# The library's patterns take time that grows faster than the text, so they see a bounded shadow of it.
MAX_LINES = 400
MAX_LINE_CHARS = 200
MAX_CHARS = 16_000
MAX_SIGNATURE_LINES = 12

_HEADER = EmailMessage(text="", languages=list(LANGUAGES)).HEADER_REGEX
_SENT_FROM = re.compile(r"(?:sent from my|gesendet von mein|envoyé de mon|get outlook for)\b.{0,40}$", re.IGNORECASE)


def new_text(text: str) -> tuple[str, str]:
    """Return (new, quoted): `text` cut in two at the line where an older message begins.

    Joined with a line feed, both are the text again, but for blank lines at their edges. Everything is
    new when nothing would be left otherwise, when new lines stand between or below quoted ones (somebody
    answers point by point), or when the quote begins beyond the first MAX_LINES lines. A signature after
    `-- ` and "Sent from my …" count as quoted.
    """
    lines = text.split("\n")
    cut = _first_quoted(lines)
    if cut is None or _answers_below(lines[cut:]):
        cut = len(lines)
    cut = _before_signature(lines[:cut])
    new = "\n".join(lines[:cut])
    if not new.strip():
        return text.strip("\n"), ""
    return new.strip("\n").rstrip(), "\n".join(lines[cut:]).strip("\n")


def _first_quoted(lines: list[str]) -> int | None:
    """Return the number of the line with which an older message begins, None if there is none."""
    shadow, total = [], 0
    for line in lines[:MAX_LINES]:
        shadow.append(line.strip()[:MAX_LINE_CHARS])
        total += len(shadow[-1]) + 1
        if total > MAX_CHARS:
            break
    found = [number for number in (_quoted_block(shadow), _header(shadow)) if number is not None]
    return min(found) if found else None


def _header(shadow: list[str]) -> int | None:
    """Return the line of the first "On … wrote:" or "From: … Sent: …" of the library's patterns."""
    text = "\n".join(shadow)
    match = _HEADER.search(text)
    if match is None:
        return None
    begin = match.start() + len(match[0]) - len(match[0].lstrip("\n"))
    return text.count("\n", 0, begin)


def _quoted_block(shadow: list[str]) -> int | None:
    """Return where lines of `>` begin that go on to the end."""
    first = None
    for number, line in enumerate(shadow):
        if line.startswith(">"):
            first = number if first is None else first
        elif line:
            first = None
    return first


def _answers_below(quoted: list[str]) -> bool:
    """Say whether plain lines stand after lines of `>`: then the quoting is not the end of the message."""
    seen = False
    for line in quoted:
        if line.startswith(">"):
            seen = True
        elif seen and line.strip() in ("--", "__"):
            return False
        elif seen and line.strip():
            return True
    return False


def _before_signature(lines: list[str]) -> int:
    """Return how many of the new lines stand before a signature at their end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for number in range(end - 1, max(0, end - 1 - MAX_SIGNATURE_LINES), -1):
        if lines[number].rstrip() == "--":
            return number
    if end > 1 and _SENT_FROM.match(lines[end - 1].strip()):
        return end - 1
    return len(lines)
