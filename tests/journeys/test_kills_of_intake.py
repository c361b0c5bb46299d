"""Killed at random moments while mails come in: nothing is lost, nothing comes in twice."""

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from quietmonday.kit.mail_files import CHUNK_MAILS
from quietmonday.outbox.logic.failures import WORKER_LOST
from tests.journeys.mails import DUPLICATES, made_mails
from tests.journeys.place import KILLED, Place, copies
from tests.outbox.installation import URL
from tests.rows import Row, differences

pytestmark = pytest.mark.both_engines

WHERE = ("--business", "Oakhurst Joinery", "--supplier", "Fennimore IT")
SIZES = [
    pytest.param(24, 5, id="5 kills", marks=pytest.mark.slow),
    pytest.param(1000, 50, id="50 kills", marks=pytest.mark.slow),
]
OPEN = "done_at IS NULL AND failed_at IS NULL"
FINE = ("", WORKER_LOST)  # what an item's last error may be
ReadRows = Callable[..., Counter[Row]]


@pytest.fixture
def chance() -> random.Random:
    """A source of chance whose seed is printed: put it here to see a failure again."""
    seed = random.SystemRandom().randrange(10**6)
    say(f"seed {seed}")
    return random.Random(seed)


@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_an_import_killed_at_random_moments_ends_with_the_rows_of_an_undisturbed_one(
    template: Place, tmp_path: Path, rows_of: ReadRows, chance: random.Random, count: int, kills: int
) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for n, mail in enumerate(made_mails(count, 7)):
        (folder / f"{n:04}.eml").write_bytes(mail)
    command = ("import", "mail", str(folder), *WHERE)
    with copies(template, tmp_path, "calm", "rough") as [calm, rough]:
        began = time.monotonic()
        calm.must(*command)
        seconds = time.monotonic() - began
        calm.settle()

        in_the_midst = 0
        chunks = -(-count // CHUNK_MAILS)
        # A life that ends before its chunk begins it anew: one in six gets a chunk done, so kills fall everywhere.
        longest = seconds / kills / 3 if chunks == 1 else 1.2 * seconds / chunks
        for _ in range(kills):
            process = rough.begin(*command)
            time.sleep(chance.uniform(0, longest))
            ended = rough.kill(process)
            assert ended in (KILLED, 0)  # it may have been quicker than we
            in_the_midst += ended == KILLED and taken(rough) < taken(calm)
        rough.must(*command)
        rough.settle()
        say(f"{count} mails in {seconds:.1f} s, {count / seconds:.0f} a second; {in_the_midst} kills in the midst")

        assert in_the_midst >= kills / 2
        assert differences(rows_of(calm), rows_of(rough)) == ""
        whole(rough)


@pytest.mark.parametrize(("count", "kills"), SIZES)
def test_workers_killed_at_random_moments_take_in_the_same_mails(
    template: Place, tmp_path: Path, rows_of: ReadRows, chance: random.Random, count: int, kills: int
) -> None:
    """The order of the work may change with a kill, so numbers may; that they have no gap is looked at apart."""
    with copies(template, tmp_path, "calm", "rough") as [calm, rough]:
        seconds = 0.0
        for first, last in batches(count):
            calm.must("step", "keep", str(count), "7", str(first), str(last))
            began = time.monotonic()
            crew = Crew(calm)
            crew.wait_until_done()
            seconds += time.monotonic() - began
            crew.go_home()

        in_the_midst = 0
        for first, last in batches(count):
            rough.must("step", "keep", str(count), "7", str(first), str(last))
            crew = Crew(rough)
            for _ in range(kills if first == 0 else 1):
                time.sleep(chance.uniform(0, seconds / kills))
                in_the_midst += bool(rough.open_items())
                crew.lose(chance.randrange(len(crew.processes)))
            crew.wait_until_done()
            crew.go_home()
        say(f"{count} mails in {seconds:.1f} s, {count / seconds:.0f} a second; {in_the_midst} kills in the midst")

        assert in_the_midst >= kills / 2
        assert differences(rows_of(calm, in_order=False), rows_of(rough, in_order=False)) == ""
        whole(rough)


def say(text: str) -> None:
    """Print for whoever looks at a failure, or runs with -s for the figures."""
    sys.stdout.write(f"{text}\n")


class Crew:
    """A scheduler and as many workers as the engine allows, of which any may be lost and is replaced."""

    COMMANDS = (("scheduler",), ("worker",), ("worker",)) if URL else (("scheduler",), ("worker",))

    def __init__(self, place: Place) -> None:
        self.place = place
        self.processes = [self._begin(n) for n in range(len(self.COMMANDS))]

    def _begin(self, n: int) -> int:
        return self.place.begin(*self.COMMANDS[n], "--interval", "0.05")

    def lose(self, n: int) -> None:
        """Kill one and begin another in its place, a second later by the clock of the place."""
        assert self.place.kill(self.processes[n]) == KILLED, self.place.said()[-4000:]
        self.place.pass_time(1)
        self.processes[n] = self._begin(n)

    def wait_until_done(self, seconds: float = 1800) -> None:
        end = time.monotonic() + seconds
        while self.place.open_items():
            refused = self.place.rows(f"SELECT topic, last_error FROM outbox_outboxitem WHERE last_error NOT IN {FINE}")
            assert refused == []
            assert time.monotonic() < end, self.place.said()[-4000:]
            # What was lost twice waits ten seconds; who decides about strangers is told at the full hour.
            at_work = self.place.rows(f"SELECT 1 FROM outbox_outboxitem WHERE {OPEN} AND queued_at IS NOT NULL")
            self.place.pass_time(0.2 if at_work else 60)
            time.sleep(0.2)

    def go_home(self) -> None:
        codes = {self.place.tell_to_stop(process) for process in self.processes}
        fine = {0, -signal.SIGTERM}  # the latter: one that had only just begun and did not listen yet
        assert codes <= fine, self.place.said()[-4000:]


def batches(count: int) -> list[tuple[int, int]]:
    """The mails that came before come last, so that it is clear which of two is the second."""
    return [(0, count - DUPLICATES), (count - DUPLICATES, count)]


def taken(place: Place) -> int:
    return len(place.rows("SELECT 1 FROM post_inboxitem WHERE state <> 'waiting'"))


def whole(place: Place) -> None:
    """Numbers have no gap, no work was given up, and the journal verifies."""
    numbers = [number for (number,) in place.rows("SELECT number FROM work_workitem ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert place.rows("SELECT topic, last_error FROM outbox_outboxitem WHERE failed_at IS NOT NULL") == []
    place.must("verify")
