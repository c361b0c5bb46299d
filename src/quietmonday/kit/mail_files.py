"""Raw mails out of files: one mail, an mbox, a Maildir, or a folder of any of these."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_MAIL_BYTES = 50_000_000
CHUNK_MAILS, CHUNK_BYTES = 100, 8_000_000
_CHUNK = 64 * 1024
SKIPPED = {".yml", ".yaml"}


@dataclass(frozen=True, slots=True)
class RawMail:
    """One mail, or the reason why it could not be read. `name` says where it stands: path, `path#3` in an mbox."""

    name: str
    raw: bytes | None
    problem: str | None = None


def raw_mails(path: Path) -> Iterator[RawMail]:
    """Yield the mails at `path` in the order of their names, holding one at a time in memory.

    A file that begins with a From_ line is an mbox; a folder with `cur` and `new` is a Maildir; any other
    folder is walked. Hidden files and `.yml` are passed over; links, pipes and what cannot be read come
    with a problem instead of bytes. A path that does not exist yields one problem.
    """
    if path.is_dir():
        for file in _files(path):
            yield from _of_file(file, str(file.relative_to(path)))
    elif path.exists():
        yield from _of_file(path, path.name)
    else:
        yield RawMail(path.name, None, "there is no such file or folder")


def chunks_of(mails: Iterable[RawMail]) -> Iterator[list[RawMail]]:
    """Yield the mails in chunks of at most CHUNK_MAILS, and of CHUNK_BYTES unless one alone is larger."""
    chunk: list[RawMail] = []
    size = 0
    for mail in mails:
        length = len(mail.raw or b"")
        if chunk and (len(chunk) == CHUNK_MAILS or size + length > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(mail)
        size += length
    if chunk:
        yield chunk


def _files(folder: Path) -> Iterator[Path]:
    if (folder / "cur").is_dir() and (folder / "new").is_dir():
        found = [file for part in ("cur", "new") for file in (folder / part).iterdir()]
        yield from sorted((file for file in found if not file.name.startswith(".")), key=lambda file: file.name)
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.suffix.lower() in SKIPPED:
            continue
        if entry.is_dir() and not entry.is_symlink():  # a link could lead round in a circle
            yield from _files(entry)
        else:
            yield entry


def _of_file(path: Path, name: str) -> Iterator[RawMail]:
    if path.is_symlink() or not path.is_file():
        yield RawMail(name, None, "not a regular file")
        return
    try:
        with path.open("rb") as stream:
            head = stream.read(_CHUNK)
            stream.seek(0)
            if _FROM_LINE.match(head) and b"\n" in head:  # one with an old Macintosh's line ends is one mail
                yield from _of_mbox(stream, name)
                return
            raw = stream.read(MAX_MAIL_BYTES + 1)
    except OSError as error:
        yield RawMail(name, None, f"cannot be read: {error.strerror or type(error).__name__}")
        return
    if not raw:
        yield RawMail(name, None, "the file is empty")
    elif len(raw) > MAX_MAIL_BYTES:
        yield RawMail(name, None, _TOO_LARGE)
    else:
        yield RawMail(name, raw)


_TOO_LARGE = f"larger than {MAX_MAIL_BYTES // 1_000_000} MB"
# `From martin@example.com  Thu May  3 12:04:29 2012`. Strict about the date: "From" begins sentences too.
_FROM_LINE = re.compile(
    rb"From (?:\S+ +)?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2}) +\d\d:\d\d"
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def _of_mbox(stream: BinaryIO, name: str) -> Iterator[RawMail]:
    """Yield the mails of an mbox (mboxrd: one `>` is taken off `>From `). Lines are read in bounded chunks."""
    lines: list[bytes] = []
    size = count = 0
    line_starts = after_blank = True
    while chunk := stream.readline(_CHUNK):
        if line_starts and after_blank and _FROM_LINE.match(chunk):
            if count:
                yield _one(f"{name}#{count}", lines, size)
            count += 1
            lines, size = [], 0
        elif size <= MAX_MAIL_BYTES:
            lines.append(chunk)
        size += len(chunk)
        after_blank = line_starts and not chunk.strip(b"\r\n")
        line_starts = chunk.endswith(b"\n")
    yield _one(f"{name}#{count}" if count > 1 else name, lines, size)


def _one(name: str, lines: list[bytes], size: int) -> RawMail:
    if size > MAX_MAIL_BYTES:
        return RawMail(name, None, _TOO_LARGE)
    raw = _QUOTED_FROM.sub(rb"\1", b"".join(lines))
    return RawMail(name, raw) if raw.strip() else RawMail(name, None, "an empty mail")
