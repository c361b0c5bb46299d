"""docs/attacks.md names tests that exist, for each of the twenty."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TABLE = (TESTS.parent / "docs" / "attacks.md").read_text()
ROW = re.compile(r"^\| (\d+) \|[^|]*\|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`((?:[\w]+/)*\w+\.py)?(?:::(test_\w+))?`")


def test_every_attack_has_a_row_and_every_row_names_what_exists() -> None:
    rows = ROW.findall(TABLE)
    assert [int(number) for number, _ in rows] == list(range(1, 21))
    missing = []
    for number, cell in rows:
        path = ""
        for file, name in NAMED.findall(cell):
            path = file or path
            if not path or not (file or name):
                continue
            at = next((p for p in (TESTS / path, TESTS / "boundaries" / path) if p.exists()), None)
            if at is None or (name and f"def {name}(" not in at.read_text()):
                missing.append((number, path, name))
    assert missing == []


def test_the_attacks_whose_subject_exists_have_a_test() -> None:
    cells = {int(number): cell for number, cell in ROW.findall(TABLE)}
    for number in (1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14, 15, 17, 18):
        assert ".py" in cells[number], number
