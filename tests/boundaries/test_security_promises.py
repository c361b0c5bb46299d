"""Each promise in SECURITY.md names a test that keeps it, and that test exists."""

from tests.boundaries.named_tests import TESTS, missing_tests, names_a_test

TABLE = (TESTS.parent / "SECURITY.md").read_text().partition("### What we protect")[2].partition("###")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines() if line.startswith("| ")]


def test_every_promise_has_its_test() -> None:
    head, *rows = ROWS
    assert head[-1] == "kept by (under `tests/`)"
    assert len(rows) >= 15
    assert [row[0] for row in rows if len(row) != 4 or not names_a_test(row[3])] == []
    assert [missing for row in rows for missing in missing_tests(row[3])] == []


def test_a_promise_that_names_no_test_is_found() -> None:
    assert not names_a_test("`config/`")
    assert list(missing_tests("`kit/test_proxies.py::test_that_is_not_there`")) != []
    assert list(missing_tests("`kit/test_of_nothing.py`")) == [("kit/test_of_nothing.py", "")]
