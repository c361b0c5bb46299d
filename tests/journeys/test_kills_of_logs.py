"""Killed at random moments while a log of calls comes in: every line is there once, in its place."""

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.place import KILLED, Place, copies
from tests.journeys.test_kills_of_intake import say, whole
from tests.rows import Row, differences
from tests.support.logs import log

pytestmark = pytest.mark.both_engines

WHERE = ("--business", "Oakhurst Joinery", "--supplier", "Fennimore IT")
SIZES = [
    pytest.param(2_000, 5, id="5 kills", marks=pytest.mark.slow),
    pytest.param(10_000, 50, id="50 kills", marks=pytest.mark.slow),
]
ReadRows = Callable[..., Counter[Row]]


@pytest.fixture
def chance() -> random.Random:
    """A source of chance whose seed is printed: put it here to see a failure again."""
    seed = random.SystemRandom().randrange(10**6)
    say(f"seed {seed}")
    return random.Random(seed)


def calls(count: int) -> bytes:
    """Return a log of so many calls of thirty people, every hundredth without a day."""
    lines = [
        [
            str(n), "" if n % 100 == 99 else f"{n % 28 + 1:02}/{n % 9 + 1:02}/2026 {n % 8 + 9:02}:{n % 60:02}",
            f"Person {n % 30}", f"Call number {n}", "An answer" if n % 3 else "", "",
            f"28/10/2026 {n % 8 + 9:02}:00" if n % 5 else "", str(n % 4 + 1), "done" if n % 5 else "open",
        ]
        for n in range(count)
    ]  # fmt: skip
    return log(lines)


@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_a_log_killed_at_random_moments_ends_with_the_rows_of_an_undisturbed_one(
    template: Place, tmp_path: Path, rows_of: ReadRows, chance: random.Random, count: int, kills: int
) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(calls(count))
    command = ("import", "calls", str(path), *WHERE, "--day-first")
    with copies(template, tmp_path, "calm") as [calm]:
        began = time.monotonic()
        calm.must(*command)
        seconds = time.monotonic() - began
        calm.settle()
        assert taken(calm) == count - count // 100
        undisturbed = rows_of(calm)
        say(f"{count} lines in {seconds:.1f} s, {count / seconds:.0f} a second, starting included")

        killed = in_the_midst = tries = 0
        while killed < kills:  # an import that got to its end begins anew on another copy
            tries += 1
            with copies(template, tmp_path, f"rough{tries}") as [rough]:
                while killed < kills and taken(rough) < taken(calm):
                    process = rough.begin(*command)
                    time.sleep(chance.uniform(0, seconds / 2))
                    if rough.kill(process) == KILLED:
                        killed += 1
                        in_the_midst += 0 < taken(rough) < taken(calm)
                if rough.rows("SELECT 1 FROM support_sheetimport WHERE state = 'done'") == []:
                    rough.must(*command)
                rough.settle()
                whole(rough)
                assert differences(undisturbed, rows_of(rough)) == ""
        say(f"{killed} kills, {in_the_midst} of them in the midst, {tries} imports")
        assert in_the_midst >= 1


@pytest.mark.slow_on_postgres
@pytest.mark.parametrize("point", ["before_commit", "after_chunk"])
@pytest.mark.parametrize("chunk", [1, 2])
def test_a_log_killed_at_the_edge_of_a_chunk_has_each_line_once(
    template: Place, tmp_path: Path, point: str, chunk: int
) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(calls(1_200))
    command = ("import", "calls", str(path), *WHERE, "--day-first")
    with copies(template, tmp_path, "rough") as [rough]:
        assert rough.do(*command, fault=f"support.sheet.{point}:{chunk}") == KILLED
        done = chunk if point == "after_chunk" else chunk - 1
        assert taken(rough) == 500 * done - 5 * done
        rough.must(*command)
        assert taken(rough) == 1_200 - 12
        whole(rough)
        assert rough.rows("SELECT state, cursor FROM support_sheetimport") == [("done", 1_200)]


def taken(place: Place) -> int:
    return len(place.rows("SELECT 1 FROM support_sheetrow"))
