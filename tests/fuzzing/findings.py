"""What was found: one input kept for each place at which something broke."""

import contextlib
import hashlib
import time
import traceback
from pathlib import Path

from tests.fuzzing.harness import Harness

OURS = ("quietmonday", "fuzzing")


class TooSlow(AssertionError):
    """An input took more processor time than its harness allows."""


class Findings:
    """Tries inputs on a harness; writes the first input that breaks at a place into `folder`, with what happened."""

    def __init__(self, harness: Harness, folder: Path) -> None:
        self.harness, self.folder = harness, folder
        self.tried = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.known = {path.stem for path in folder.glob("*.txt")}

    def try_one(self, data: bytes) -> None:
        """Try `data`; whatever it raises is noted, and the search goes on."""
        self.tried += 1
        begun = time.process_time()
        try:
            self.harness.check(data)
            if (taken := time.process_time() - begun) > self.harness.seconds:
                raise TooSlow(f"{taken:.1f} s of processor for {len(data)} bytes")
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  # a parser written in Rust panics with one that is no Exception
            self._note(data, error)

    def _note(self, data: bytes, error: BaseException) -> None:
        place = place_of(error)
        if place in self.known:
            return
        self.known.add(place)
        (self.folder / f"{place}.input").write_bytes(data)
        with contextlib.closing((self.folder / f"{place}.txt").open("w", errors="replace")) as out:
            out.writelines(traceback.format_exception(error))
        print(f"FOUND {place}: {str(error)[:200]!r}", flush=True)


def place_of(error: BaseException) -> str:
    """Return a name for where it broke: the error's type and the innermost line of ours, TooSlow by its type alone."""
    name = type(error).__name__
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if set(Path(frame.filename).parts) & set(OURS)
    ]
    if isinstance(error, TooSlow) or not frames:
        return name
    inner = frames[-1]
    line = hashlib.sha256((inner.line or "").encode()).hexdigest()[:6]  # holds while lines above it come and go
    return f"{name}-{Path(inner.filename).stem}-{inner.name}-{line}"
