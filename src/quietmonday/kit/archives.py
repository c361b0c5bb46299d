"""One file of many parts, written as a stream and checked whole before anything in it is believed.

It is a ZIP file, so that anybody can look into it. Each part's size and SHA-256 stand in `manifest.json`, its last
part; the SHA-256 of all bytes before it is the file's last word. So one changed byte is found wherever it lies, and a
file that was cut off has no last word.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

MANIFEST = "manifest.json"
MOST_PARTS = 20_000
LONGEST_LINE = 64 * 1024 * 1024
LARGEST_MANIFEST = 64 * 1024 * 1024
MOST_UNPACKED = 100
"""How many times larger than the file its parts may be together: text packs to a twentieth, a bomb to a thousandth."""
ALWAYS_UNPACKED = 64 * 1024 * 1024

_LAST_WORD = b"quietmonday sha256 "
_DIGEST = 64
_CHUNK = 1024 * 1024


class Damaged(ValueError):
    """The file is not what was written; the message says where, and what to do."""


class AlreadyThere(FileExistsError):
    """A file of that name exists; it was left as it is."""


class Sink(Protocol):
    """Where the bytes of a part go."""

    def write(self, data: bytes, /) -> object: ...


class Writer:
    """Parts one after another, then `finish`. Made by `writing`."""

    def __init__(self, out: IO[bytes]) -> None:
        self._sum = _Summed(out)
        # Without a way to seek, zipfile writes what it knows only afterwards behind each part: a stream.
        self._zip = zipfile.ZipFile(self._sum, "w", zipfile.ZIP_DEFLATED, compresslevel=3)  # type: ignore[call-overload]  # it asks for write and flush only
        self._parts: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[_Part]:
        """Open a part for writing; one at a time, each name once."""
        if any(part["name"] == name for part in self._parts) or name == MANIFEST:
            raise ValueError(f"two parts called {name}")
        with self._zip.open(_info(name), "w", force_zip64=True) as member:
            part = _Part(member)
            yield part
        self._parts.append({"name": name, "size": part.size, "sha256": part.digest.hexdigest()})

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest with the list of parts, and the end."""
        text = json.dumps({**manifest, "parts": self._parts}, indent=1, ensure_ascii=False).encode()
        with self._zip.open(_info(MANIFEST), "w", force_zip64=True) as member:
            member.write(text)
        self._zip.comment = _LAST_WORD + b"0" * _DIGEST
        self._zip.close()
        self._sum.finish()

    def give_up(self) -> None:
        """Write nothing more, not even when this is thrown away: its file is closed by then."""
        self._zip.fp = None


class _Part:
    """A part while it is written."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._member.write(data)
        self.digest.update(data)
        self.size += len(data)


class _Summed:
    """Sums all bytes on their way to a file but the last 64, and puts the sum there."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self._tail = b""

    def write(self, data: bytes) -> int:
        self._out.write(data)
        held = self._tail + bytes(data)
        cut = max(0, len(held) - _DIGEST)
        self._digest.update(held[:cut])
        self._tail = held[cut:]
        return len(data)

    def flush(self) -> None:
        self._out.flush()

    def finish(self) -> None:
        self._out.seek(-_DIGEST, os.SEEK_END)
        self._out.write(self._digest.hexdigest().encode())


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive under a name of the moment beside `path`; at the end it is `path`, whole and on the disk.

    Whatever goes wrong, nothing called `path` is there. Raises AlreadyThere.
    """
    if path.exists():
        raise AlreadyThere(f"{path} is there already: name another file, or move that one away.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "r+b") as out:
            writer = Writer(out)
            try:
                yield writer
            except BaseException:
                writer.give_up()
                raise
            out.flush()
            os.fsync(out.fileno())
        draft.rename(path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


class Reader:
    """An archive that is read. Nothing in it is believed before `check` has passed. Use it in `with`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size = path.stat().st_size
        try:
            with _damage("the file"):
                self._refuse_other_files()
                self._zip = zipfile.ZipFile(self._file)
                self.manifest = self._manifest()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *details: object) -> None:
        self._zip.close()
        self._file.close()

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """Name → size and sha256, as the manifest has them."""
        return {part["name"]: part for part in self.manifest["parts"]}

    def check(self) -> None:
        """Read every byte; raise Damaged, naming the part, if one is not as it was written."""
        self._refuse_bombs()
        listed, there = set(self.parts), {info.filename for info in self._zip.infolist()} - {MANIFEST}
        if listed != there or len(self.manifest["parts"]) != len(listed):
            odd = ", ".join(sorted(listed ^ there)[:5]) or "a name that is there twice"
            raise Damaged(f"The file's list of parts and its parts differ ({odd}). Nothing was changed here.")
        if self._digest_of_all() != self._last_word():
            for name in self.parts:
                for _chunk in self.chunks(name):
                    pass
            raise Damaged(
                "A byte between the parts of the file, or in its list of parts, is not as it was written. Take another "
                "copy of the file. Nothing was changed here."
            )

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part; Damaged, with its name, if they are not as the manifest says."""
        part, digest, size = self.parts[name], hashlib.sha256(), 0
        with _damage(f"part {name}"), self._zip.open(name) as member:
            while chunk := member.read(min(_CHUNK, part["size"] - size + 1)):
                size += len(chunk)
                if size > part["size"]:
                    break
                digest.update(chunk)
                yield chunk
        if size != part["size"] or digest.hexdigest() != part["sha256"]:
            raise Damaged(
                f"Part {name} of the file is damaged: it is not as it was written. Take another copy of the file. "
                "Nothing was changed here."
            )

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a part, without their ends; Damaged as `chunks`, or for a line beyond all measure."""
        held = b""
        for chunk in self.chunks(name):
            lines = (held + chunk).split(b"\n")
            held = lines.pop()
            if len(held) > LONGEST_LINE:
                raise Damaged(f"Part {name} has a line of more than {LONGEST_LINE} bytes: we never write one.")
            yield from lines
        if held:
            yield held

    def _refuse_other_files(self) -> None:
        """Only what ends as we end a file is looked into: one that was cut off, or is something else, is not."""
        end = 22 + len(_LAST_WORD) + _DIGEST  # the end record of a ZIP, then our last word as its comment
        self._file.seek(0)
        if self._file.read(4) != b"PK\x03\x04" or self.size < end:
            raise Damaged("This is no file that Quiet Monday wrote, or only its end. Nothing was changed here.")
        self._file.seek(-end, os.SEEK_END)
        record = self._file.read(22)
        if record[:4] != b"PK\x05\x06" or not self._file.read().startswith(_LAST_WORD):
            raise Damaged(
                "The file was cut off, or another program has written into it: its last bytes are not ours. Take "
                "another copy of it. Nothing was changed here."
            )
        if struct.unpack("<H", record[10:12])[0] > MOST_PARTS:
            raise Damaged(f"The file has more than {MOST_PARTS} parts: we never write so many.")

    def _manifest(self) -> dict[str, Any]:
        if self._zip.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise Damaged("The file's list of parts is larger than we ever write one. Nothing was changed here.")
        with self._zip.open(MANIFEST) as member:
            manifest = json.loads(member.read(LARGEST_MANIFEST + 1))
        if not isinstance(manifest, dict) or not _is_list_of_parts(manifest.get("parts")):
            raise Damaged("The file's list of parts is none. Nothing was changed here.")
        return manifest

    def _refuse_bombs(self) -> None:
        unpacked = sum(part["size"] for part in self.manifest["parts"])
        if unpacked > max(ALWAYS_UNPACKED, MOST_UNPACKED * self.size):
            raise Damaged(
                f"The file would unpack to {unpacked:,} bytes, more than {MOST_UNPACKED} times its size: that is no "
                "record but a bomb. Nothing was changed here."
            )

    def _last_word(self) -> str:
        self._file.seek(-_DIGEST, os.SEEK_END)
        return self._file.read().decode("ascii", "replace")

    def _digest_of_all(self) -> str:
        digest, left = hashlib.sha256(), self.size - _DIGEST
        self._file.seek(0)
        while left and (chunk := self._file.read(min(_CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        return digest.hexdigest()


@contextlib.contextmanager
def _damage(what: str) -> Iterator[None]:
    """Say in words what the libraries raise on bytes that make no sense to them."""
    try:
        yield
    except Damaged:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, OverflowError),
        *(struct.error, ValueError),
    ) as error:
        raise _damaged(what, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # An offset that was changed leads to before the file's beginning.
        raise _damaged(what, error) from error


def _damaged(what: str, error: Exception) -> Damaged:
    return Damaged(
        f"{what[0].upper()}{what[1:]} is damaged ({type(error).__name__}). Take another copy of the file. Nothing "
        "was changed here."
    )


def _is_list_of_parts(parts: object) -> bool:
    return isinstance(parts, list) and all(
        isinstance(part, dict)
        and isinstance(part.get("name"), str)
        and isinstance(part.get("size"), int)
        and part["size"] >= 0
        and isinstance(part.get("sha256"), str)
        for part in parts
    )


def _info(name: str) -> zipfile.ZipInfo:
    """A part's head: no time of day, so that the same content gives the same bytes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = 3  # type: ignore[attr-defined]  # a ZipInfo of one's own forgets the level of its file
    info.external_attr = 0o600 << 16
    return info


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
