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
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATES.sub("\ufffd", text)
    text = _CONTROLS.sub("\ufffd", text)
    if text.isascii():
        return text
    # Cut before, because normalising sorts each run of marks in the square of its length: a megabyte of
    # them takes ten minutes. Cut again after, because some marks come apart into two.
    runs = _long_runs_of_marks()
    return runs.sub(r"\1", unicodedata.normalize("NFC", runs.sub(r"\1", text)))


def clean_line(text: str, limit: int = 300) -> str:
    """Return `text` as one line of at most `limit` characters: what subjects, names and labels are."""
    line = " ".join(_BIDI.sub("", clean_text(text)).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@cache
def _long_runs_of_marks() -> re.Pattern[str]:
    marks = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
    return re.compile(f"([{marks}]{{{MAX_MARKS}}})[{marks}]+")
