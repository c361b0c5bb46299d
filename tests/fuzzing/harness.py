"""One parser of what strangers send, and what must hold whatever its bytes are."""

import atexit
import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """`check` takes any bytes and raises when a promise breaks; `seeds` are inputs that reach far into the parser.

    `words` are fragments that it knows; `longest` is the most bytes that are tried, `seconds` of processor what one
    input of that size may take, instruments included.
    """

    check: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()
    longest: int = 16_384
    seconds: float = 3.0


def as_file(data: bytes) -> Path:
    """Return a file that holds `data`, until the next call."""
    path = _folder() / "input"
    path.write_bytes(data)
    return path


@cache
def _folder() -> Path:
    in_memory = Path("/dev/shm")  # noqa: S108  # below it mkdtemp makes a folder of our own
    folder = Path(tempfile.mkdtemp(prefix="quiet-fuzz-", dir=in_memory if in_memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
