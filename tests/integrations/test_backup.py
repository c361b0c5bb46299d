"""A backup holds everything but the root key, and comes back whole, into an empty installation only."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.files import rewritten
from tests.integrations.places import Empty, Full, contents, must, run
from tests.outbox.installation import URL
from tests.upgrades.test_stored_databases import Stored

pytestmark = pytest.mark.both_engines

HERE, ELSEWHERE = (True, False) if URL else (False, True)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    place = Full(tmp_path_factory.mktemp("full"))
    yield place
    place.close()


@pytest.fixture(scope="module")
def backup(full: Full) -> Path:
    path = full.var.parent / "backup.qm"
    said = must(full.quietmonday("backup", str(path)))
    assert "root key is not in it" in said
    return path


@pytest.fixture
def empty(full: Full, tmp_path: Path) -> Iterator[Empty]:
    place = Empty(tmp_path, "empty", on_server=HERE, key_of=full)
    yield place
    place.close()


def restored(place: Empty, backup: Path) -> str:
    return must(place.quietmonday("restore", str(backup)))


def compared(one: Path, other: Path) -> dict[str, object]:
    """Return what two backups do not have in common, but what a restore is meant to change."""
    before, after = contents(one), contents(other)
    for rows in (before, after):
        rows.pop("journal.Chain")
        rows["journal.Entry"] = [row for row in rows["journal.Entry"] if row["verb"] != "installation.restored"]
        known = {row["id"] for row in rows["journal.Entry"]}
        rows["journal.Payload"] = [row for row in rows["journal.Payload"] if row["entry_id"] in known]
        for row in rows["outbox.OutboxItem"]:
            for name in ("queued_at", "task_id", "failed_at", "last_error"):
                row.pop(name)
    return {name: (before.get(name), after.get(name)) for name in before | after if before.get(name) != after.get(name)}


def test_everything_comes_back(full: Full, empty: Empty, backup: Path, tmp_path: Path) -> None:
    said = restored(empty, backup)
    assert "Administrators: ada@fennimore.example" in said
    must(empty.quietmonday("backup", str(tmp_path / "again.qm")))
    assert compared(backup, tmp_path / "again.qm") == {}
    seals = [word for seal in full.seals.splitlines() for word in ("--seal", seal)]
    assert "The record is whole." in must(empty.quietmonday("verify", *seals))
    assert "and nothing else" in must(empty.quietmonday("search", "check"))  # in no backup: it was made anew


@pytest.mark.postgres
def test_from_one_engine_to_the_other_and_back(full: Full, backup: Path, tmp_path: Path) -> None:
    small = Empty(tmp_path, "sqlite", on_server=False, key_of=full)
    restored(small, backup)
    must(small.quietmonday("backup", str(tmp_path / "small.qm")))
    grown = Empty(tmp_path, "grown", on_server=True, key_of=full)
    try:
        restored(grown, tmp_path / "small.qm")
        must(grown.quietmonday("backup", str(tmp_path / "grown.qm")))
        seals = [word for seal in full.seals.splitlines() for word in ("--seal", seal)]
        for place in (small, grown):
            assert "The record is whole." in must(place.quietmonday("verify", *seals))
    finally:
        grown.close()
    assert compared(backup, tmp_path / "small.qm") == {}
    assert compared(backup, tmp_path / "grown.qm") == {}


def test_the_root_key_is_not_in_it(full: Full, backup: Path) -> None:
    key = (full.var / "keys" / "root.key").read_bytes()
    assert len(key) == 32
    with zipfile.ZipFile(backup) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
    assert b"help@ours.example" in everything  # we looked into what is there
    for form in (key, key.hex().encode(), key.hex().upper().encode()):
        assert form not in everything
    assert b"correct horse" not in everything  # the mailboxes' password
    with zipfile.ZipFile(backup) as file:
        assert "DOES NOT HOLD THE ROOT KEY" in file.read("READ-ME.txt").decode()


@pytest.mark.slow_on_postgres
def test_another_root_key_is_told_at_once_and_nothing_comes_in(backup: Path, tmp_path: Path) -> None:
    place = Empty(tmp_path, "other", on_server=HERE)
    try:
        done = place.quietmonday("restore", str(backup))
        assert done.returncode == 1
        assert "is not the one that this backup was made with" in done.stderr
        assert "Nothing was changed" in done.stderr
        said = must(place.quietmonday("restore", str(backup), "--other-root-key"))
        assert "no mailbox opens" in said
        assert place.rows("SELECT count(*) FROM people_business") != [(0,)]
    finally:
        place.close()


@pytest.mark.slow_on_postgres
def test_a_mailbox_opens_after_the_restore(empty: Empty, backup: Path) -> None:
    restored(empty, backup)
    script = (
        "import django; django.setup()\n"
        "from quietmonday.post.actions.mailboxes import password_of\n"
        "from quietmonday.post.models import Mailbox\n"
        "print({password_of(each) for each in Mailbox.objects.all()})"
    )
    done = subprocess.run([sys.executable, "-c", script], env=empty.env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'correct horse'}"


@pytest.mark.slow_on_postgres
def test_sessions_and_one_time_links_do_not_come_back(full: Full, empty: Empty, backup: Path) -> None:
    assert full.rows("SELECT count(*) FROM people_signinlink") != [(0,)]
    restored(empty, backup)
    assert empty.rows("SELECT count(*) FROM people_signinlink") == [(0,)]
    assert empty.rows("SELECT count(*) FROM django_session") == [(0,)]
    assert contents(backup).keys().isdisjoint({"people.SignInLink", "sessions.Session"})


@pytest.mark.slow_on_postgres
def test_mails_that_waited_are_held_and_other_work_goes_on(full: Full, empty: Empty, backup: Path) -> None:
    waiting = (
        "SELECT count(*) FROM outbox_outboxitem "
        "WHERE done_at IS NULL AND failed_at IS NULL AND topic {} 'outbox.send_mail'"
    )
    mails = full.rows(waiting.format("="))[0][0]
    others = full.rows(waiting.format("<>"))[0][0]
    assert mails > 0 and others > 0
    said = restored(empty, backup)
    assert f"{mails} mails that waited then are held" in said
    assert empty.rows(waiting.format("=")) == [(0,)]
    assert empty.rows(waiting.format("<>")) == [(others,)]
    held = "SELECT count(*) FROM outbox_outboxitem WHERE last_error LIKE 'Held after a restore%'"
    assert empty.rows(held) == [(mails,)]


@pytest.mark.slow_on_postgres
def test_an_installation_that_is_not_empty_is_left_alone(empty: Empty, backup: Path) -> None:
    restored(empty, backup)
    before = empty.rows("SELECT count(*) FROM journal_entry")
    done = empty.quietmonday("restore", str(backup))
    assert done.returncode == 1
    assert "is not empty" in done.stderr and "Begin anew" in done.stderr
    assert empty.rows("SELECT count(*) FROM journal_entry") == before


@pytest.mark.slow_on_postgres
def test_one_changed_byte_is_named_before_anything_is_written(empty: Empty, backup: Path, tmp_path: Path) -> None:
    info = zipfile.ZipFile(backup).getinfo("rows/support.Message")
    data = bytearray(backup.read_bytes())
    data[info.header_offset + info.compress_size // 2] ^= 1
    (tmp_path / "changed.qm").write_bytes(data)
    done = empty.quietmonday("restore", str(tmp_path / "changed.qm"))
    assert done.returncode == 1
    assert "rows/support.Message" in done.stderr
    assert not (empty.var / "files").exists()
    assert _tables(empty) == 0


def test_what_has_ended_since_the_backup_ends_again(full: Full, empty: Empty, backup: Path) -> None:
    """The list lies beside the root key, and comes with it."""
    said = full.python("-c", ENDING)
    role = said.strip()
    shutil.copy(full.var / "keys" / "ended.list", empty.var / "keys")
    said = restored(empty, backup)
    assert "Ended again: the role technician of " in said and "; 1 of it had come back" in said
    assert "the list begins after the backup was made" in said
    assert empty.rows(f"SELECT count(*) FROM people_membership WHERE id IN ('{role}', '{_undashed(role)}') "
                      "AND ends_at IS NULL") == [(0,)]  # fmt: skip
    assert "The record is whole." in must(empty.quietmonday("verify"))
    assert full.rows("SELECT count(*) FROM outbox_outboxitem WHERE topic = 'people.note_ended'")[0][0] >= 2


def _undashed(ref: str) -> str:
    return ref.replace("-", "")


ENDING = """
import django, datetime as dt, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
django.setup()
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.ended_list import note_ended
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.models import Account, Membership
now = dt.datetime.now(dt.UTC)
role = Membership.objects.filter(ends_at=None, role="technician").order_by("pk").first()
owner = Membership.objects.filter(ends_at=None, role="owner").order_by("pk").first()  # who had no password before
end_membership(membership=role, actor=SYSTEM, now=now)
set_password(account=owner.account, password="four words that differ", actor=SYSTEM, now=now)
note_ended(now=now)
print(role.pk)
"""
"""Somebody leaves, and somebody sets a password: of that nothing comes back."""


def test_without_the_list_a_restore_says_what_to_look_at(empty: Empty, backup: Path) -> None:
    said = must(empty.quietmonday("restore", str(backup), "--mailed-codes-only"))
    assert "CHECK BEFORE YOU OPEN THE DOOR: there is no list of what has ended" in said
    assert "Taken away, so that everybody begins by mailed code:" in said
    assert empty.rows("SELECT count(*) FROM people_account WHERE password NOT LIKE '!%'") == [(0,)]
    done = empty.quietmonday("restore", str(backup), "--ended", str(backup.parent / "no.list"))
    assert done.returncode == 1 and "There is no list" in done.stderr


def test_a_restore_that_is_killed_before_all_has_ended_again_starts_nothing(empty: Empty, backup: Path) -> None:
    fault = {"QUIETMONDAY_FAULT": "integrations.restore.after_commit", "QUIETMONDAY_FAULTS_ALLOWED": "1"}
    assert empty.quietmonday("restore", str(backup), **fault).returncode == -9
    for command in ("worker", "run", "web"):
        done = empty.quietmonday(command)
        assert done.returncode == 1 and "a restore was broken off" in done.stderr + done.stdout, command


@pytest.mark.parametrize("point", ["integrations.restore.before_rows", "integrations.restore.before_commit"])
def test_a_restore_that_is_killed_can_be_done_again(empty: Empty, backup: Path, point: str) -> None:
    done = empty.quietmonday("restore", str(backup), QUIETMONDAY_FAULT=point, QUIETMONDAY_FAULTS_ALLOWED="1")
    assert done.returncode == -9
    assert empty.rows("SELECT count(*) FROM people_business") == [(0,)]
    assert empty.rows("SELECT count(*) FROM people_account") == [(0,)]
    restored(empty, backup)
    assert "The record is whole." in must(empty.quietmonday("verify"))


@pytest.mark.slow_on_postgres
def test_a_backup_of_a_newer_version_is_refused(empty: Empty, backup: Path, tmp_path: Path) -> None:
    newer = rewritten(
        backup, tmp_path / "newer.qm", manifest=lambda told: told["migrations"].update(people="0099_tomorrow")
    )
    done = empty.quietmonday("restore", str(newer))
    assert done.returncode == 1
    assert "newer version" in done.stderr and "people 0099_tomorrow" in done.stderr
    assert _tables(empty) == 0


@pytest.mark.slow_on_postgres
def test_a_backup_never_overwrites_a_file(full: Full, backup: Path) -> None:
    before = backup.read_bytes()
    done = full.quietmonday("backup", str(backup))
    assert done.returncode == 1 and "is there already" in done.stderr
    assert backup.read_bytes() == before


@pytest.mark.slow_on_postgres
def test_an_earlier_state_is_restored_by_this_version(tmp_path: Path) -> None:
    """A backup knows its tables: it comes in as they were, and goes forward from there."""
    old = Stored(tmp_path, "foundation")
    try:
        must(run(old, "backup", str(tmp_path / "old.qm")))
        place = Empty(tmp_path, "forward", on_server=HERE, key_of=old)
        try:
            restored(place, tmp_path / "old.qm")
            assert "The record is whole." in must(place.quietmonday("verify"))
            assert "No planned migration" in must(place.quietmonday("migrate", "--plan"))
        finally:
            place.close()
    finally:
        old.close()


def _tables(place: Empty) -> int:
    """Return how many tables of ours there are."""
    if place.name:
        sql = "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'people\\_%'"
    else:
        sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'people\\_%' ESCAPE '\\'"
    return int(place.rows(sql)[0][0])


def test_people_go_on_writing_and_the_backup_is_of_one_moment(full: Full, tmp_path: Path) -> None:
    path = tmp_path / "meanwhile.qm"
    said = full.python("-c", _MEANWHILE, str(path))
    assert said.strip() == "written meanwhile: 1"
    names = {row["name"] for row in contents(path)["people.Supplier"]}
    assert "Fennimore IT" in names
    assert "Late to the party" not in names


_MEANWHILE = """
import sys, threading
import django; django.setup()
import datetime as dt
from pathlib import Path
from quietmonday.integrations.actions.backup import back_up
from quietmonday.people.models import Supplier
now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
begun = []

def write():
    Supplier.objects.create(name="Late to the party", began_at=now)

def progress(what, count):
    if not begun:  # the first table is read, suppliers are not
        assert what != "people.Supplier"
        begun.append(threading.Thread(target=write))
        begun[0].start()
        begun[0].join(20)

back_up(path=Path(sys.argv[1]), now=now, progress=progress)
print("written meanwhile:", Supplier.objects.filter(name="Late to the party").count())
"""
