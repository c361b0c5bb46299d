"""Progress on a terminal."""

import time
from typing import Any


class Teller:
    """Writes a line about what is counted, at most every two seconds."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._last = time.monotonic()

    def __call__(self, what: str, count: int) -> None:
        """Say how far it is."""
        if time.monotonic() - self._last > 2:
            self._last = time.monotonic()
            self._out.write(f"{what}: {count:,}" if count else f"{what} …")
