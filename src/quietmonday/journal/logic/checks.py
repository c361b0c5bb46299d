"""Checks of other areas that `quietmonday verify` runs after its own.

An area registers in its `apps.ready()`; the check takes a business's id (None: all), reads in chunks, yields findings.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from quietmonday.kit.sentences import Finding

Check = Callable[[uuid.UUID | None], Iterator[Finding]]

_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Have `verify` run `check`; `name` says what it looks at ("files"). A name has one check."""
    if _checks.setdefault(name, check) is not check:
        raise ValueError(f"two checks called {name}")


def registered_checks() -> list[tuple[str, Check]]:
    """Return every registered check, by name."""
    return sorted(_checks.items())
