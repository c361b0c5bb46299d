"""Tests that a table in the documents names: `file.py`, `file.py::test_name`, `::test_name` of the file before."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
_NAMED = re.compile(r"`((?:[\w]+/)*\w+\.py)?(?:::(test_\w+))?`")


def missing_tests(cell: str) -> Iterator[tuple[str, str]]:
    """Yield (file, test) for what `cell` names and does not exist below tests/ or tests/boundaries/."""
    path = ""
    for file, name in _NAMED.findall(cell):
        path = file or path
        if not path or not (file or name):
            continue
        at = next((p for p in (TESTS / path, TESTS / "boundaries" / path) if p.exists()), None)
        if at is None or (name and f"def {name}(" not in at.read_text()):
            yield path, name


def names_a_test(cell: str) -> bool:
    """Return whether `cell` names any."""
    return any(file for file, _ in _NAMED.findall(cell))
