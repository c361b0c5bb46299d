"""`bin/test` never says more than it ran: what is left out is named, and on CI it is a failure."""

import pytest
from testing import __main__ as bin_test
from testing import machine
from testing.engines import NOTHING_MATCHED, Outcome
from testing.machine import Need

CHROMIUM = Need("Chromium", ("chromium", "fonts"), "those in a browser", "browser", lambda: False)
FONT = Need("a font", ("fonts",), "those in a browser", "browser", lambda: False)
POSTGRES = Need("PostgreSQL", ("postgresql",), "the second run", "postgres", lambda: False)


def outcome(code: int = 0, passed: int = 3, failed: int = 0, skipped: tuple[str, ...] = ()) -> Outcome:
    return Outcome("SQLite", code, passed, failed, list(skipped), 1.0)


def test_a_machine_that_has_everything_leaves_nothing_out() -> None:
    assert bin_test._what_is_left_out([]) == ""


def test_what_is_left_out_is_one_line_with_the_way_to_get_it() -> None:
    assert bin_test._what_is_left_out([CHROMIUM, FONT, POSTGRES]) == (
        "Left out: those in a browser, the second run, because Chromium, a font, PostgreSQL is missing; "
        "to get them, as root: apt-get install chromium fonts postgresql"
    )


def test_on_ci_a_missing_program_is_a_failure_before_any_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "NEEDS", [CHROMIUM])
    monkeypatch.setattr(machine, "can_install", lambda: False)
    monkeypatch.setattr(bin_test, "_runs", lambda *given: pytest.fail("ran all the same"))
    monkeypatch.setattr("sys.argv", ["bin/test"])
    monkeypatch.setenv("CI", "1")
    assert bin_test.main() == 1


def test_elsewhere_it_runs_without_those_tests_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[object] = []
    monkeypatch.setattr(machine, "NEEDS", [CHROMIUM, POSTGRES])
    monkeypatch.setattr(machine, "can_install", lambda: False)
    monkeypatch.setattr(bin_test, "run", lambda *words: given.append(words) or outcome())
    monkeypatch.setattr("sys.argv", ["bin/test", "tests/kit", "-x"])
    monkeypatch.delenv("CI", raising=False)
    assert bin_test.main() == 0
    ours = ["-n", "2", "--dist", "worksteal", "--leave-out=browser", "--leave-out=slow"]
    assert given == [("SQLite", "", ours, ["tests/kit", "-x"])]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == said[-2] == bin_test._what_is_left_out([CHROMIUM, POSTGRES])
    assert said[-1] == "Total: 3 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize(
    ("outcomes", "on_ci", "code"),
    [
        ([outcome(), outcome()], True, 0),
        ([outcome(code=1, failed=1), outcome()], False, 1),
        ([outcome(), outcome(code=2)], False, 2),  # pytest was interrupted
        ([outcome(), outcome(code=NOTHING_MATCHED, passed=0)], False, 0),  # nothing there depends on the engine
        ([outcome(code=NOTHING_MATCHED, passed=0)], False, NOTHING_MATCHED),
        ([outcome(skipped=("no data",))], False, 0),
        ([outcome(skipped=("no data",))], True, 1),
    ],
)
def test_the_exit_code_is_that_of_the_whole(outcomes: list[Outcome], on_ci: bool, code: int) -> None:
    assert bin_test._close(outcomes, "", on_ci) == code
