"""One rule for text that a database refuses, the same on both engines."""

import re
import unicodedata
from functools import cache

_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab and line feed; NUL is what PostgreSQL refuses, ESC what terminals obey.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Overrides that make "cod.exe" read as "exe.doc".
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

MAX_MARKS = 30


def clean_text(text: str) -> str:
    """Return `text` as both engines store it: NFC, LF line ends, no NUL, controls or lone surrogates.

    A lone surrogate becomes U+FFFD; controls become U+FFFD too, so that a reader sees something stood there.
    At most 30 combining marks follow a character, as in Unicode's stream-safe format (UAX 15).
    The rule is idempotent. Raw bytes are kept elsewhere (InboxItem), so nothing is lost.
    """
    if text.isascii() and text.isprintable():  # nearly every text: an import asks thirty times a line
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("\ufffd", text)
    if text.isascii():
        return text
    # Cut before, because normalising sorts each run of marks in the square of its length: a megabyte of
    # them takes ten minutes. Cut again after, because some marks come apart into two.
    return _cut_marks(unicodedata.normalize("NFC", _cut_marks(text)))


def clean_line(text: str, limit: int = 300) -> str:
    """Return `text` as one line of at most `limit` characters: what subjects, names and labels are."""
    line = " ".join(clean_text(_BIDI.sub("", text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _cut_marks(text: str) -> str:
    return _long_runs_of_marks().sub(r"\1", text) if _has_long_run(text) else text


def _has_long_run(text: str) -> bool:
    """Look at every 31st character only: a run of 31 marks cannot hide between two of those."""
    combining = unicodedata.combining
    for at in range(MAX_MARKS, len(text), MAX_MARKS + 1):
        if combining(text[at]):
            start = end = at
            while start and at - start <= MAX_MARKS and combining(text[start - 1]):
                start -= 1
            while end < len(text) and end - at <= MAX_MARKS and combining(text[end]):
                end += 1
            if end - start > MAX_MARKS:
                return True
    return False


@cache
def _long_runs_of_marks() -> re.Pattern[str]:
    marks = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
    return re.compile(f"([{marks}]{{{MAX_MARKS}}})[{marks}]+")
