"""Real processes, killed at every commit boundary: nothing is lost and nothing happens twice inside."""

import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.outbox.installation import Installation

COUNT = 45  # of marks, chains and refusals each: more than one batch of the dispatcher
TASKS = "django_tasks_database_dbtaskresult"
SCRIPT = "tests/outbox/probe/script.py"

SCHEDULER_POINTS = [
    "outbox.slot.before_commit",
    "outbox.slot.after_commit",
    "outbox.dispatch.before_commit",
    "outbox.dispatch.after_commit",
]
WORKER_POINTS = [
    "outbox.run.before_begin:2",
    "outbox.run.after_begin:3",
    "outbox.run.after_job:4",
    "outbox.settle.before_commit:2",
    "outbox.settle.after_commit:2",
    "outbox.fail.before_commit:2",
    "outbox.fail.after_commit:2",
    "outbox.send.before_smtp:2",
    "outbox.send.after_smtp:2",
    "outbox.send.after_commit:2",
]


class Letters:
    """An SMTP server's memory: every mail it said yes to."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, str, str]] = []  # recipient, Message-ID, Date

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        mail = message_from_bytes(envelope.content)  # type: ignore[attr-defined]  # aiosmtpd's envelope
        [recipient] = envelope.rcpt_tos  # type: ignore[attr-defined]  # aiosmtpd's envelope
        self.accepted.append((recipient, mail["Message-ID"], mail["Date"]))
        return "250 2.0.0 taken"


pytestmark = pytest.mark.both_engines


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    template = Installation(tmp_path_factory.mktemp("kills"), "template")
    template.run(SCRIPT, "seed", str(COUNT))
    yield template
    template.close()


@pytest.fixture
def letters(seeded: Installation) -> Iterator[Letters]:
    handler = Letters()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    seeded.env["QUIETMONDAY_MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield handler
    server.stop()


def copy_of(seeded: Installation, folder: Path, name: str) -> Installation:
    copy = Installation(folder, name, template=seeded)
    copy.env["QUIETMONDAY_MAIL_URL"] = seeded.env["QUIETMONDAY_MAIL_URL"]
    return copy


def killed(process: "subprocess.Popen[bytes]", point: str) -> None:
    assert process.wait(120) == -signal.SIGKILL, f"{point} was never reached"


def scheduled(topic: str) -> bool:
    """Whether `topic` comes from the product's schedule: how many turns of it fall due depends on the time of day."""
    return not topic.startswith("probe.") and topic != "outbox.send_mail"


def what_it_did(place: Installation) -> dict[str, object]:
    items = place.rows(
        "SELECT topic, CAST(ids AS TEXT), done_at IS NOT NULL, failed_at IS NOT NULL FROM outbox_outboxitem"
    )
    return {
        "items": Counter((topic, done, failed) for topic, _, done, failed in items if not scheduled(topic)),
        "refusals": place.rows("SELECT DISTINCT last_error FROM outbox_outboxitem WHERE failed_at IS NOT NULL"),
        "marks": sorted(place.rows("SELECT key FROM probe_mark")),
        "mails": sorted(place.rows("SELECT key, message_id, sent_at IS NOT NULL FROM outbox_outgoingmessage")),
        "left": place.rows(f"SELECT status FROM {TASKS} WHERE status IN ('READY', 'RUNNING')"),
        "slots twice": place.rows("SELECT topic, key FROM outbox_slot GROUP BY topic, key HAVING COUNT(*) > 1"),
        "held": place.rows("SELECT id FROM outbox_outboxitem WHERE queued_at IS NOT NULL"),
    }


@pytest.mark.slow_on_postgres
def test_killed_at_every_commit_boundary_it_leaves_the_rows_of_an_undisturbed_run(
    seeded: Installation, letters: Letters, tmp_path: Path
) -> None:
    calm = copy_of(seeded, tmp_path, "calm")
    rough = copy_of(seeded, tmp_path, "rough")
    try:
        processes = [calm.start("scheduler"), calm.start("worker")]
        calm.wait_until_settled()
        assert [calm.stop(process) for process in processes] == [0, 0]
        calm_letters = {(recipient, message_id) for recipient, message_id, _ in letters.accepted}
        assert len(letters.accepted) == len(calm_letters) == COUNT
        letters.accepted.clear()

        for point in SCHEDULER_POINTS:
            killed(rough.start("scheduler", fault=point), point)
        scheduler = rough.start("scheduler")
        for point in WORKER_POINTS:
            killed(rough.start("worker", fault=point), point)
        rough.stop(scheduler)
        for point in ("outbox.reap.before_commit", "outbox.reap.after_commit"):
            killed(rough.start("worker", fault="outbox.run.after_begin"), "outbox.run.after_begin")
            killed(rough.start("scheduler", fault=point), point)
        rough.start("scheduler")
        rough.start("worker")
        rough.wait_until_settled()

        assert what_it_did(rough) == what_it_did(calm)
        assert len(what_it_did(rough)["marks"]) == 2 * COUNT  # type: ignore[arg-type]  # this entry is a list
        # Outside at least once: the mail accepted just before the kill came again, as the same mail.
        assert {(recipient, message_id) for recipient, message_id, _ in letters.accepted} == calm_letters
        assert len(letters.accepted) > COUNT
        assert len(set(letters.accepted)) == COUNT
    finally:
        calm.close()
        rough.close()


@pytest.mark.postgres  # SQLite has one worker process
def test_two_workers_and_two_schedulers_run_everything_exactly_once(
    seeded: Installation, letters: Letters, tmp_path: Path
) -> None:
    place = copy_of(seeded, tmp_path, "two")
    try:
        processes = [place.start(command) for command in ("scheduler", "scheduler", "worker", "worker")]
        place.wait_until_settled()
        runs = Counter(place.rows("SELECT key FROM probe_run"))
        assert len(runs) == 2 * COUNT
        assert set(runs.values()) == {1}
        assert len(letters.accepted) == len(set(letters.accepted)) == COUNT
        assert len(place.rows(f"SELECT DISTINCT CAST(worker_ids AS TEXT) FROM {TASKS}")) == 2
        assert [place.stop(process) for process in processes] == [0, 0, 0, 0]
        assert place.rows("SELECT id FROM outbox_workerbeat") == []
    finally:
        place.close()


@pytest.mark.sqlite  # PostgreSQL takes any number of workers
def test_a_second_worker_on_sqlite_says_why_it_does_not_start(
    seeded: Installation, letters: Letters, tmp_path: Path
) -> None:
    place = copy_of(seeded, tmp_path, "second")
    try:
        first = place.start("worker")
        while not place.rows("SELECT id FROM outbox_workerbeat"):
            assert first.poll() is None
        assert place.start("worker").wait(30) == 1
        assert "A worker runs already" in (place.var / "log").read_text()
        assert place.stop(first) == 0
    finally:
        place.close()


def test_four_racing_schedulers_take_each_slot_once(seeded: Installation, letters: Letters, tmp_path: Path) -> None:
    place = copy_of(seeded, tmp_path, "race")
    try:
        place.run(SCRIPT, "race", "40")
        assert place.rows("SELECT COUNT(*) FROM outbox_slot") == [(40,)]
        put = place.rows("SELECT CAST(ids AS TEXT) FROM outbox_outboxitem WHERE CAST(ids AS TEXT) LIKE '%slot-%'")
        assert len(put) == len(set(put)) == 40
        handed = place.rows(f"SELECT CAST(args_kwargs AS TEXT) FROM {TASKS}")
        assert len(handed) == len(set(handed)) == 3 * COUNT + 40
    finally:
        place.close()


def test_a_stop_amid_work_is_heard_every_time_and_leaves_nothing_held(
    seeded: Installation, letters: Letters, tmp_path: Path
) -> None:
    place = copy_of(seeded, tmp_path, "stop")
    try:
        for n in range(3):
            scheduler, worker = place.start("scheduler"), place.start("worker")
            while len(place.rows("SELECT id FROM outbox_workerbeat")) < 2:
                assert (scheduler.poll(), worker.poll()) == (None, None)
            time.sleep(0.15 * n)
            assert (place.stop(scheduler), place.stop(worker)) == (0, 0)
            assert place.rows(f"SELECT id FROM {TASKS} WHERE status IN ('RUNNING', 'FAILED')") == []
            assert place.rows("SELECT id FROM outbox_workerbeat") == []
        place.start("scheduler")
        place.start("worker")
        place.wait_until_settled()
        assert {row[0] for row in place.rows("SELECT attempts FROM outbox_outboxitem")} == {1}
        assert len(letters.accepted) == COUNT
    finally:
        place.close()
