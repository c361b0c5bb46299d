"""The header fields that have a grammar: addresses, ids, dates. Lenient, linear in time, never raising."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail import limits
from quietmonday.post.logic.mail.headers import decode_words
from quietmonday.post.logic.mail.parsed import Address


def read_addresses(text: str) -> list[Address]:
    """Return the addresses of a From, To, Cc or Reply-To field that is text but not yet word-decoded.

    Words are decoded after the field is taken apart: an encoded comma or `<` is part of a name. The
    standard library's reader recurses into comments and so falls over `((((`; this one counts.
    """
    found = []
    for piece in _pieces(text):
        if (address := _one(piece)) is not None:
            found.append(address)
            if len(found) > limits.MAX_ADDRESSES:
                break
    return found


_MARK = re.compile(r'[\\"()<>,;:]')


def _pieces(text: str) -> list["_Piece"]:
    """Cut at the commas and semicolons that stand outside quotes, comments and angles."""
    pieces = [_Piece()]
    quoted = False
    comment = 0
    angle = False
    at = 0
    for match in _MARK.finditer(text):
        if match.start() < at:  # the character after a backslash
            continue
        pieces[-1].add(text[at : match.start()], angle, comment)
        at = match.end()
        mark = match[0]
        if mark == "\\" and (quoted or comment):
            pieces[-1].add(text[at : at + 1], angle, comment)
            at += 1
        elif mark == '"' and not comment:
            quoted = not quoted
        elif mark == "(" and not quoted:
            comment += 1
        elif mark == ")" and comment:
            comment -= 1
        elif quoted or comment:
            pieces[-1].add(mark, angle, comment)
        elif mark == "<":
            angle = True
            pieces[-1].angled = []  # the last pair counts: <shown@example> <real@example>
        elif mark == ">":
            angle = False
        elif mark == ":" and not angle:
            pieces[-1] = _Piece()  # a group's name
        elif mark in ",;" and not angle:
            pieces.append(_Piece())
        else:
            pieces[-1].add(mark, angle, comment)
    pieces[-1].add(text[at:], angle, comment)
    return pieces


class _Piece:
    """What stands outside of everything, in comments, and in the last angles (None: there were none)."""

    __slots__ = ("angled", "comment", "outside")

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.comment: list[str] = []
        self.angled: list[str] | None = None

    def add(self, text: str, angle: bool, comment: int) -> None:
        if comment:
            self.comment.append(text)
        elif angle and self.angled is not None:
            self.angled.append(text)
        else:
            self.outside.append(text)


def _one(piece: _Piece) -> Address | None:
    outside = decode_words("".join(piece.outside)).strip()
    if piece.angled is not None:
        name, written = outside, "".join(piece.angled)
    elif "@" in outside:
        written = next(word for word in outside.split() if "@" in word)
        name = outside.replace(written, "", 1).strip()
    else:
        name, written = outside, ""
    name = name or decode_words("".join(piece.comment)).strip()
    address = Address(clean_line(name.strip("\"' "), limits.MAX_NAME_CHARS), read_address(written))
    return address if address.name or address.addr else None


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+@(?:[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+|\[[0-9A-Fa-f.:]+\])")


def read_address(written: str) -> str:
    """Return one bare address normalised, or "" if it is none that could be answered."""
    written = written.strip().removeprefix("mailto:")
    if len(written) > limits.MAX_ADDRESS_CHARS or not _ADDRESS.fullmatch(written):
        return ""
    return normalise(clean_line(written, limits.MAX_ADDRESS_CHARS))


_ID = re.compile(rf"<([^<>\s]{{1,{limits.MAX_ID_CHARS}}})>")


def read_ids(text: str) -> list[str]:
    """Return the message ids of a field with their angle brackets: the newest MAX_REFERENCES."""
    return [f"<{match}>" for match in _ID.findall(text)][-limits.MAX_REFERENCES :]


def read_id(text: str) -> str | None:
    """Return the one id of a Message-ID field with angle brackets, also if they were forgotten."""
    if ids := read_ids(text):
        return ids[0]
    bare = text.strip().strip("<>")
    return f"<{bare}>" if bare and len(bare) <= limits.MAX_ID_CHARS and not re.search(r"[\s<>]", bare) else None


_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_date(text: str) -> datetime | None:
    """Return a Date field as an aware moment in UTC, or None if it is no moment between 1970 and 2200."""
    try:
        parts = parsedate_tz(text[:200])
        if parts is None:
            return None
        year, month, day, hour, minute, second = parts[:6]
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # 60: a leap second
        moment = local - timedelta(seconds=parts[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # parsedate_tz itself raises on some; the caller names the defect
    return moment if _EARLIEST <= moment < _LATEST else None
