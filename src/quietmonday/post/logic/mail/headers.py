"""The header block of a mail or of one of its parts: finding it, and decoding what stands in it."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from quietmonday.post.logic.mail import limits
from quietmonday.post.logic.mail.charsets import decode
from quietmonday.post.logic.mail.parsed import Defect


@dataclass(slots=True)
class Block:
    """The fields of one header block: lower-case name to raw values in the order they came."""

    fields: dict[str, list[bytes]] = field(default_factory=dict)
    body_start: int = 0
    defects: list[Defect] = field(default_factory=list)

    def first(self, name: str) -> bytes | None:
        """Return the first raw value of a field, None if there is none."""
        values = self.fields.get(name)
        return values[0] if values else None


_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:")


def read_block(raw: bytes, start: int, end: int) -> Block:
    """Return the header block that begins at `start` of `raw`; nothing at or after `end` is looked at.

    As the standard library does it, a line that can be no header ends the block and begins the body. The
    difference: what is read is bounded, and bytes are addressed by offset, so that nesting copies nothing.
    """
    block = Block(body_start=end)
    stop = min(end, start + limits.MAX_HEADER_BYTES)
    current: list[bytes] | None = None
    collected: list[tuple[str, list[bytes]]] = []
    at = start
    lines = 0
    while at < end:
        newline = raw.find(b"\n", at, stop)
        if (newline < 0 and stop < end) or lines >= limits.MAX_HEADER_LINES:
            block.defects.append(Defect.HEADERS_CUT)
            block.body_start = _after_blank_line(raw, at, end)
            break
        line = raw[at : newline if newline >= 0 else end].rstrip(b"\r")
        following = newline + 1 if newline >= 0 else end
        lines += 1
        if not line:
            block.body_start = following
            break
        if line[0] in b" \t":
            if current is not None:
                current.append(line)
        elif match := _NAME.match(line):
            current = [line[match.end() :]]
            collected.append((match[1].decode("ascii").lower(), current))
        elif not (at == start and line.startswith((b"From ", b">From "))):
            block.defects.append(Defect.HEADERS_BROKEN)
            block.body_start = at
            break
        at = following
    for name, pieces in collected:
        block.fields.setdefault(name, []).append(b"".join(pieces).strip(b" \t"))
    return block


_BLANK_LINE = re.compile(rb"\n\r{0,3}\n")


def _after_blank_line(raw: bytes, at: int, end: int) -> int:
    match = _BLANK_LINE.search(raw, max(0, at - 1), end)
    return match.end() if match else end


# `{0,2000}?` and not `*?`: a field full of beginnings without an end would cost its length squared.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)


def decode_field(value: bytes, declared: str | None = None) -> str:
    """Return a header field as text: raw 8-bit as UTF-8, else as `declared`, else as Windows-1252;
    then its encoded words (RFC 2047). White space is left as it is; the text is not yet clean."""
    if b"\x1b$" in value:  # ISO-2022-JP without the encoded words it should stand in
        declared = "iso-2022-jp"
    text, _ = decode(value[: limits.MAX_FIELD_CHARS], declared)
    return decode_words(text)


def decode_words(text: str) -> str:
    """Return `text` with its encoded words decoded; one that cannot be is left as it stands.

    Neighbours of the same charset are joined as bytes first: many programs cut inside a character.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    waiting: list[bytes] = []
    charset = ""
    at = 0
    for match in _WORD.finditer(text):
        gap = text[at : match.start()]
        data = _word_bytes(match[2], match[3])
        name = match[1].partition("*")[0]  # RFC 2231: charset*language
        at = match.end()
        if waiting and (gap.strip() or data is None or name.lower() != charset.lower()):
            out.append(decode(b"".join(waiting), charset)[0])
            waiting = []
            out.append(gap if gap.strip() or data is None else "")
        elif not waiting:
            out.append(gap if gap.strip() or not out else "")
        if data is None:
            out.append(match[0])
        else:
            waiting.append(data)
            charset = name
    if waiting:
        out.append(decode(b"".join(waiting), charset)[0])
    out.append(text[at:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        if encoding in "qQ":
            return binascii.a2b_qp(text.replace("\n", "").encode("latin-1", "replace"), header=True)
        return decode_base64(text.encode("ascii", "replace"))
    except (ValueError, binascii.Error):
        return None


def decode_base64(data: bytes) -> bytes | None:
    """Return decoded base64 as far as it goes, whatever its padding; None if there is none in it."""
    try:
        return binascii.a2b_base64(data) or (None if data.strip() else b"")
    except binascii.Error:
        pass  # wrong padding, or `=` in the middle: once more with only what counts
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4)) if letters else None
    except binascii.Error:
        return None


_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse_parameters(value: bytes, declared: str | None = None) -> tuple[str, dict[str, str]]:
    """Return main value (lower case) and parameters of Content-Type or Content-Disposition.

    Handles quoted values, RFC 2231 (charset, percent-encoding, continuations in any order) and, because
    it is common though forbidden, RFC 2047 words inside. The first of two equal names counts.
    """
    text, _ = decode(value[: limits.MAX_PARAMETER_CHARS], declared)
    main, semicolon, rest = text.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(semicolon + rest):
        name, worth = match[1].lower(), match[2].strip()
        if worth[:1] == '"':
            worth = _ESCAPED.sub(r"\1", worth[1:-1] if len(worth) > 1 and worth[-1] == '"' else worth[1:])
        base, star, index = name.partition("*")
        if not star:
            plain.setdefault(name, worth)
            continue
        encoded = index == "" or index.endswith("*")
        number = index.rstrip("*")
        if number == "" or (number.isascii() and number.isdigit() and len(number) <= 3):
            pieces.setdefault(base, {}).setdefault(int(number or 0), (worth, encoded))
    found = {name: decode_words(worth) for name, worth in plain.items()}
    return main.strip().lower(), found | {name: _joined(parts) for name, parts in pieces.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Return the value that RFC 2231 pieces make up; charset'language' stands before the first."""
    charset: str | None = None
    out: list[bytes] = []
    for order, number in enumerate(sorted(parts)):
        worth, encoded = parts[number]
        if encoded and order == 0 and worth.count("'") >= 2:
            charset, _, worth = worth.split("'", 2)
        data = worth.encode("utf-8", "surrogateescape")
        out.append(unquote_to_bytes(data) if encoded else data)
    return decode(b"".join(out), charset or None)[0]
