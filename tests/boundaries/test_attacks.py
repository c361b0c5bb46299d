"""docs/attacks.md names tests that exist, for each of the twenty."""

import re

from tests.boundaries.named_tests import TESTS, missing_tests

TABLE = (TESTS.parent / "docs" / "attacks.md").read_text()
ROW = re.compile(r"^\| (\d+) \|[^|]*\|(.*)\|$", re.MULTILINE)


def test_every_attack_has_a_row_and_every_row_names_what_exists() -> None:
    rows = ROW.findall(TABLE)
    assert [int(number) for number, _ in rows] == list(range(1, 21))
    assert [(number, *missing) for number, cell in rows for missing in missing_tests(cell)] == []


def test_the_attacks_whose_subject_exists_have_a_test() -> None:
    cells = {int(number): cell for number, cell in ROW.findall(TABLE)}
    for number in (1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14, 15, 17, 18):
        assert ".py" in cells[number], number
