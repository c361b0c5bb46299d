"""Checks of other areas that `quietmonday verify` runs after its own.

An area registers in its `apps.ready()`; the check takes a business's id (None: all), reads in chunks, yields findings.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping

from quietmonday.kit.sentences import Finding

Check = Callable[[uuid.UUID | None], Iterator[Finding]]

Sentences = Mapping[str, object]
"""Rule → sentence of a finding, translated when it is shown."""

_checks: dict[str, Check] = {}
_sentences: dict[str, object] = {}


def register_check(name: str, check: Check, sentences: Sentences) -> None:
    """Have `verify` run `check`; `name` says what it looks at ("files"). A name has one check."""
    if _checks.setdefault(name, check) is not check:
        raise ValueError(f"two checks called {name}")
    _sentences.update(sentences)


def registered_checks() -> list[tuple[str, Check]]:
    """Return every registered check, by name."""
    return sorted(_checks.items())


def registered_sentence(rule: str) -> object | None:
    """Return the sentence of a finding of such a check; None for a rule that nobody registered."""
    return _sentences.get(rule)
