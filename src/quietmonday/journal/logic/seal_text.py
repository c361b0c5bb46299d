"""A seal as text that survives the mail: one line to keep, found again in whatever a mail program made of it."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import uuid

MAX_TEXT = 1_000_000


class NoSeal(ValueError):
    """The text holds no seal that can be read."""


@dataclasses.dataclass(frozen=True, slots=True)
class SealText:
    """What a mailed seal says: the chain had `count` entries at the end of `week`, the last one hashing `head_hash`."""

    chain_id: uuid.UUID
    week: str
    zone: str
    count: int
    head_hash: str


def seal_line(seal: SealText) -> str:
    """Return the seal as one line. No '=' (quoted-printable), no spaces; its last part tells a bad copy from a lie."""
    text = f"qm-seal:1:{seal.chain_id}:{seal.week}:{seal.zone}:{seal.count}:{seal.head_hash}"
    return f"{text}:{_check(text)}"


def parse_seals(text: str) -> list[SealText]:
    """Return every seal in `text`, in order, each once; NoSeal if there is none or one was damaged on its way.

    Quoting ("> "), wrapping, soft breaks of quoted-printable and invisible characters do not matter.
    """
    if len(text) > MAX_TEXT:
        raise NoSeal(f"the text is longer than {MAX_TEXT} characters: pass the mail's text only")
    lines = (_QUOTED.sub("", line) for line in text.splitlines())
    joined = _INVISIBLE.sub("", "".join(line.rstrip().removesuffix("=") for line in lines))
    seals: dict[str, SealText] = {}
    for match in _SEAL.finditer(joined):
        if _check(match["text"]) != match["check"].lower():
            raise NoSeal("the seal was damaged on its way: copy it again from the mail, whole")
        seals[match["text"]] = SealText(
            chain_id=uuid.UUID(match["chain"]),
            week=match["week"],
            zone=match["zone"],
            count=int(match["count"]),
            head_hash=match["head"].lower(),
        )
    if len(seals) == 0 or joined.count("qm-seal:") > len(list(_SEAL.finditer(joined))):
        raise NoSeal("no whole seal in the text: copy everything from 'qm-seal:' to the end of its line")
    return list(seals.values())


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


_QUOTED = re.compile(r"^[\s>|]+")
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_SEAL = re.compile(
    r"(?P<text>qm-seal:1:(?P<chain>[0-9a-f-]{36}):(?P<week>\d{4}-W\d{2}):(?P<zone>[\w+/-]{1,64})"
    r":(?P<count>\d{1,19}):(?P<head>[0-9a-f]{64})):(?P<check>[0-9a-f]{8})",
    re.ASCII,
)
