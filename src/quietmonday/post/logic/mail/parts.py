"""The tree of a mail's parts: where each begins and ends, and its bytes without the transfer encoding.

Why not the standard library's parser: it reads every line against every open container and recurses,
so a nest of a thousand containers ends it and ten thousand parts become ten thousand objects. This one
cuts from the outside in, by offsets into one `bytes`, and stops at the limits. A test compares both on
real mail.
"""

import binascii
import quopri
import re
from dataclasses import dataclass, field

from quietmonday.post.logic.mail import limits
from quietmonday.post.logic.mail.headers import Block, decode_base64, parse_parameters, read_block
from quietmonday.post.logic.mail.parsed import Defect


@dataclass(slots=True)
class Part:
    """One part. `start` and `end` are the offsets of its body in the raw mail."""

    block: Block
    media_type: str
    parameters: dict[str, str]
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        return bool(self.children)


@dataclass(slots=True)
class _Budget:
    parts: int = limits.MAX_PARTS
    defects: set[Defect] = field(default_factory=set)


def read_tree(raw: bytes) -> tuple[Part, set[Defect]]:
    """Return the root part of a raw mail, its container parts unfolded, and what was wrong or left out."""
    budget = _Budget()
    root = _read(raw, 0, len(raw), "text/plain", 0, budget)
    return root, budget.defects


def _read(raw: bytes, start: int, end: int, default: str, depth: int, budget: _Budget) -> Part:
    budget.parts -= 1
    block = read_block(raw, start, end)
    budget.defects.update(block.defects)
    media_type, parameters = parse_parameters(block.first("content-type") or b"")
    if not re.fullmatch(r"[^\s/]{1,80}/[^\s/]{1,80}", media_type):
        media_type = default if not block.fields.get("content-type") else "text/plain"
    part = Part(block, media_type, parameters, block.body_start, end)
    if not media_type.startswith("multipart/"):
        return part
    if depth >= limits.MAX_NESTING:
        budget.defects.add(Defect.TOO_DEEP)
        return part
    boundary = parameters.get("boundary", "").rstrip()
    inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    for child_start, child_end in _cut(raw, part.start, end, boundary.encode("utf-8", "surrogateescape")):
        if budget.parts <= 0:
            budget.defects.add(Defect.TOO_MANY_PARTS)
            break
        part.children.append(_read(raw, child_start, child_end, inner, depth + 1, budget))
    if not part.children:
        budget.defects.add(Defect.NO_PARTS)
        part.media_type = "text/plain"  # shown as it stands, rather than not at all
    return part


def _cut(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Return the extents of a container's parts: at most MAX_PARTS + 1, which is enough to notice."""
    if not boundary or len(boundary) > 1000:
        return []
    mark = b"--" + boundary
    extents: list[tuple[int, int]] = []
    opened: int | None = None
    at = start
    for _ in range(limits.MAX_DELIMITERS):
        found = raw.find(mark, at, end)
        if found < 0:
            break
        at = found + len(mark)
        if found > start and raw[found - 1] != 0x0A:  # not at the beginning of a line
            continue
        rest = raw[at : min(end, at + 200)]
        line, newline, _ = rest.partition(b"\n")
        tail = line.strip(b" \t\r")
        if tail not in (b"", b"--") or (not newline and len(rest) == 200):
            continue
        if opened is not None:
            extents.append((opened, max(opened, _before_line_end(raw, found, opened))))
            opened = None
        if tail == b"--" or len(extents) > limits.MAX_PARTS:
            break
        opened = at = at + len(line) + len(newline)
    if opened is not None:  # never closed: cut off on its way, or the limits were reached
        extents.append((opened, end))
    return extents


def _before_line_end(raw: bytes, at: int, floor: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if at > floor and raw[at - 1] == 0x0A:
        at -= 1
        while at > floor and raw[at - 1] == 0x0D:
            at -= 1
    return at


def content(raw: bytes, part: Part, limit: int | None = None) -> tuple[bytes, bool]:
    """Return a part's bytes without transfer encoding, at most from `limit` encoded bytes, and whether
    the encoding was sound. An unsound one gives what could be decoded, else the bytes as they stand."""
    end = part.end if limit is None else min(part.end, part.start + limit)
    data = raw[part.start : end]
    encoding = (part.block.first("content-transfer-encoding") or b"").strip().lower()
    if encoding == b"base64":
        decoded = decode_base64(data)
        return (data, not data.strip()) if decoded is None else (decoded, True)
    if encoding == b"quoted-printable":
        return quopri.decodestring(data), True
    if encoding in (b"x-uuencode", b"uuencode", b"uue", b"x-uue"):
        return _uudecode(data)
    return data, encoding in (b"", b"7bit", b"8bit", b"binary")


def _uudecode(data: bytes) -> tuple[bytes, bool]:
    out: list[bytes] = []
    inside = False
    for line in data.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() == b"end":
            return b"".join(out), True
        else:
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                return (b"".join(out) or data), False
    return (b"".join(out) or data), False
