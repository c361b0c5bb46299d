"""One business's record moves to another installation: all of it, nothing of anybody else's, every seal fitting."""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.files import rewritten, setting
from tests.integrations.places import Empty, Full, contents, must
from tests.outbox.installation import URL

pytestmark = pytest.mark.both_engines

OAKHURST, TILDEN = "Oakhurst Joinery", "Tilden Garden Centre"
ON_SERVER = bool(URL)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    place = Full(tmp_path_factory.mktemp("full"))
    yield place
    place.close()


@pytest.fixture(scope="module")
def exported(full: Full) -> Path:
    path = full.var.parent / "oakhurst.qm"
    must(full.quietmonday("export", "business", OAKHURST, str(path)))
    return path


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Empty]:
    """An installation with tables and nothing in them, for what must change nothing."""
    place = ready(tmp_path_factory.mktemp("untouched"), "untouched")
    yield place
    place.close()


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Empty]:
    """The tables of which each new installation is a copy: migrating takes five seconds."""
    place = ready(tmp_path_factory.mktemp("blank"), "blank")
    yield place
    place.close()


@pytest.fixture
def new(blank: Empty, tmp_path: Path) -> Iterator[Empty]:
    place = Empty(tmp_path, "new", on_server=ON_SERVER, copy_of=blank)
    yield place
    place.close()


def ready(folder: Path, name: str, *, on_server: bool = ON_SERVER) -> Empty:
    place = Empty(folder, name, on_server=on_server)
    must(place.quietmonday("migrate", "--verbosity", "0"))
    return place


def take_in(place: Empty, path: Path, *more: str, name: str = OAKHURST) -> str:
    return must(place.quietmonday("import", "business", name, str(path), *more))


def seals_of(full: Full, place: Empty) -> list[str]:
    """Return, as words of `verify`, the mailed seals of the chains that the place has."""
    chains = {str(row[0]).replace("-", "") for row in place.rows("SELECT id FROM journal_chain")}
    mine = [seal for seal in full.seals.splitlines() if seal.split(":")[2].replace("-", "") in chains]
    assert len(mine) >= 3
    return [word for seal in mine for word in ("--seal", seal)]


def test_the_record_arrives_whole_and_its_mailed_seals_fit(
    full: Full, exported: Path, new: Empty, tmp_path: Path
) -> None:
    said = take_in(new, exported)
    assert "Oakhurst Joinery is here" in said and "Nobody signs in to it yet" in said
    assert "The record is whole." in must(new.quietmonday("verify", *seals_of(full, new)))
    again = tmp_path / "again.qm"
    must(new.quietmonday("export", "business", OAKHURST, str(again)))
    before, after = contents(exported), contents(again)
    for rows in (before, after):  # the second export tells of itself in the journal
        rows.pop("journal.Chain")
        first = {row["id"] for row in before["journal.Entry"]}
        rows["journal.Entry"] = [row for row in rows["journal.Entry"] if row["id"] in first]
        rows["journal.Payload"] = [row for row in rows["journal.Payload"] if row["entry_id"] in first]
    assert before == after
    files = [path for path in (new.var / "files").rglob("*") if path.is_file()]
    assert len(files) == len({row["sha256"] for row in before["post.File"]}) > 0


@pytest.mark.slow_on_postgres
def test_the_same_file_again_changes_nothing(exported: Path, new: Empty) -> None:
    take_in(new, exported)
    counts = "SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM outbox_outboxitem)"
    before = new.rows(counts)
    assert "Nothing was changed" in take_in(new, exported)
    assert new.rows(counts) == before


@pytest.mark.slow_on_postgres
def test_the_owner_signs_in_where_the_record_went(exported: Path, new: Empty) -> None:
    said = take_in(new, exported, "--owner", "Ruth@Oakhurst.example")
    assert "ruth@oakhurst.example signs in as its owner" in said
    assert new.rows("SELECT email FROM people_account") == [("ruth@oakhurst.example",)]
    assert "/sign-in/once/" in must(new.quietmonday("sign-in-link", "ruth@oakhurst.example"))
    since = dt.datetime.now(dt.UTC)  # she is the owner from the import on, whatever day the stored record is of
    pages = json.loads(new.python("-m", "tests.integrations.crawl", "ruth@oakhurst.example", since.isoformat()))
    assert len(pages) > 40
    assert {path: text[:200] for path, text in pages.items() if text[:3] not in ("200", "302")} == {}


@pytest.mark.slow_on_postgres
def test_nobody_of_another_firm_becomes_its_owner(exported: Path, new: Empty) -> None:
    take_in(new, exported)
    for address in ("sam@fennimore.example", "stranger@elsewhere.example"):
        done = new.quietmonday("import", "business", OAKHURST, str(exported), "--owner", address)
        assert done.returncode == 1 and "nobody has the address" in done.stderr
    assert new.rows("SELECT count(*) FROM people_membership") == [(0,)]


def test_an_owner_whom_the_record_does_not_know_is_told_before_anything_comes_in(
    exported: Path, untouched: Empty
) -> None:
    for address in ("sam@fennimore.example", "stranger@elsewhere.example"):
        done = untouched.quietmonday("import", "business", OAKHURST, str(exported), "--owner", address)
        assert done.returncode == 1
        assert f"At {OAKHURST} nobody has the address {address}. Nothing was changed." in done.stderr
    assert untouched.rows("SELECT count(*) FROM people_business") == [(0,)]


def test_without_the_tables_of_this_version_nothing_moves_and_it_is_told(exported: Path, tmp_path: Path) -> None:
    bare = Empty(tmp_path, "bare", on_server=ON_SERVER)
    try:
        for begun in (False, True):
            if begun:
                must(bare.quietmonday("migrate", "people", "0001", "--verbosity", "0"))
            for words in (("export", "business", OAKHURST, str(tmp_path / "no.qm")),
                          ("import", "business", OAKHURST, str(exported))):  # fmt: skip
                done = bare.quietmonday(*words)
                assert done.returncode == 1
                assert "Traceback" not in done.stderr
                assert "Make them first: quietmonday migrate" in done.stderr
    finally:
        bare.close()
    assert not (tmp_path / "no.qm").exists()


@pytest.mark.postgres
@pytest.mark.slow
def test_every_page_is_the_same_after_moving_from_sqlite_to_postgresql_and_after_a_restore(tmp_path: Path) -> None:
    home = Full(tmp_path, on_server=False)
    gone = ready(tmp_path, "gone", on_server=True)
    back = Empty(tmp_path, "back", on_server=False, key_of=gone)
    try:
        for business, owner in ((OAKHURST, "ruth@oakhurst.example"), (TILDEN, "jo@tilden.example")):
            path = tmp_path / f"{owner}.qm"
            must(home.quietmonday("export", "business", business, str(path)))
            take_in(gone, path, "--owner", owner, name=business)
        must(gone.quietmonday("backup", str(tmp_path / "backup.qm")))
        must(back.quietmonday("restore", str(tmp_path / "backup.qm")))
        for owner in ("ruth@oakhurst.example", "jo@tilden.example"):
            first, second, third = (
                json.loads(place.python("-m", "tests.integrations.crawl", owner)) for place in (home, gone, back)
            )
            assert second == third
            assert compared(first, second) == {}
            assert len(first) > 40
        for place in (gone, back):
            assert "The record is whole." in must(place.quietmonday("verify", *seals_of(home, place)))
    finally:
        gone.close()


def compared(first: dict[str, str], second: dict[str, str]) -> dict[str, list[str]]:
    """Return the lines of pages that differ, but those that must.

    Who signs in is decided anew where the record goes, so roles are not compared; and no mailbox is read there yet,
    which Monday says.
    """
    found = {}
    for path in first.keys() | second.keys():
        one, other = first.get(path, "").splitlines(), second.get(path, "").splitlines()
        other = [line for line in other if "<b>Mail.</b> No mailbox is connected." not in line]
        lines = set(map(str.strip, one)) ^ set(map(str.strip, other))
        if lines and not path.startswith(("/people/", "/roles/")):
            found[path] = sorted(line[:300] for line in lines)
    return found


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "a row of another business": (
        {"rows": ("support.Promise", setting("business_id", "0" * 32))}, "is of another business"),
    "a row of no business": ({"rows": ("support.Reopening", setting("business_id", None))}, "may not be"),
    "a key to what is not there": (
        {"rows": ("support.Promise", setting("ticket_id", "0" * 32))}, "ticket_id at what is not in the file"),
    "a number where text belongs": ({"rows": ("support.Message", setting("text", 5))}, "is of type int"),
    "a list where text belongs": ({"rows": ("support.Message", setting("text", ["x"]))}, "is of type list"),
    "a moment that never was": ({"rows": ("support.Ticket", setting("opened_at", "2026-13-77 99:00:00"))}, ""),
    "no id": ({"rows": ("support.Promise", setting("id", "x' OR 1=1 --"))}, ""),
    "a state that no ticket has": (
        {"rows": ("support.Ticket", setting("state", "praised"))}, "has in state what none of ours has"),
    "a priority that there is not": ({"rows": ("support.Ticket", setting("priority", 9))}, ""),
    "a text beyond its column": ({"rows": ("support.Ticket", setting("subject", "x" * 301))}, ""),
    "JSON that is none": ({"rows": ("support.Verdict", setting("findings", "{"))}, ""),
    "an id that is there twice": (
        {"rows": ("support.Promise", lambda rows, names: rows.append(rows[0]))}, "twice"),
    "an entry that was changed": (
        {"rows": ("journal.Entry", setting("verb", "ticket.praised"))}, "The journal in the file is not whole"),
    "a payload that was changed": (
        {"rows": ("journal.Payload", setting("actor_name", "Mallory"))}, "The journal in the file is not whole"),
    "a seal that was changed": (
        {"rows": ("journal.Seal", setting("head_hash", "0" * 64))}, "The journal in the file is not whole"),
    "an entry that is gone": ({"rows": ("journal.Entry", lambda rows, names: rows.pop())}, ""),
    "a chain of somebody else": ({"rows": ("journal.Chain", setting("kind", "installation"))}, ""),
    "two businesses": ({"rows": ("people.Business", lambda rows, names: rows.append(["0" * 32, *rows[0][1:]]))}, ""),
    "accounts": (
        {"manifest": lambda told: told["tables"].append(
            {"label": "people.Account", "columns": told["tables"][0]["columns"], "rows": 0}),
         "parts": {"rows/people.Account": b""}}, "does not come in here"),
    "a column more": (
        {"manifest": lambda told: told["tables"][0]["columns"].append({"name": "x", "kind": "text", "null": True})},
        "other columns than ours"),
    "a newer version": ({"manifest": lambda told: told["migrations"].update(work="0099_tomorrow")}, "newer version"),
    "a newer format": ({"manifest": lambda told: told.update(format=2)}, "reads format 1"),
    "no migrations": ({"manifest": lambda told: told.update(migrations=[])}, "does not say which tables"),
    "a backup's kind": ({"manifest": lambda told: told.update(kind="backup")}, "quietmonday restore"),
    "tables of hostile types": ({"manifest": lambda told: told.update(tables={"x": 1})}, "list of tables"),
    "a business of hostile types": ({"manifest": lambda told: told.update(business=[])}, "whose record"),
    "a row count of hostile size": (
        {"manifest": lambda told: told["tables"][0].update(rows=10**9)}, "rows, and holds"),
    "a file with a path for a name": (
        {"parts": {"files/0001": b'{"business": "../..", "sha256": "../../etc", "size": 1}\nx'}}, "proper name"),
    "a file of hostile size": (
        {"parts": {"files/0001": b'{"business": "' + b"0" * 32 + b'", "sha256": "' + b"0" * 64 + b'", "size": 99}\nx'}},
        "ends too early"),
    "a file that is another": (
        {"parts": {"files/0001": b'{"business": "' + b"0" * 32 + b'", "sha256": "' + b"0" * 64 + b'", "size": 1}\nx'}},
        "not what its name says"),
}  # fmt: skip


@pytest.fixture(scope="module")
def refusals(exported: Path, untouched: Empty, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each hostile file was refused with; all in one process, one after another."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = {
        what: rewritten(exported, folder / f"{number}.qm", **how)
        for number, (what, (how, _)) in enumerate(HOSTILE.items())
    }
    said = json.loads(untouched.python("-m", "tests.integrations.tries", OAKHURST, *map(str, paths.values())))
    return {what: said[str(path)] for what, path in paths.items()}


@pytest.mark.slow_on_postgres
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words(refusals: dict[str, str], what: str) -> None:
    assert refusals[what].startswith("refused: ")
    assert HOSTILE[what][1] in refusals[what]


@pytest.mark.slow_on_postgres
def test_no_hostile_file_changed_anything(refusals: dict[str, str], untouched: Empty) -> None:
    assert len(refusals) == len(HOSTILE)
    for table in ("people_business", "people_person", "support_ticket", "journal_entry", "post_file"):
        assert untouched.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert [path for path in (untouched.var / "files").rglob("*") if path.is_file()] == []


def test_a_changed_byte_and_a_cut_off_file_are_refused(exported: Path, untouched: Empty, tmp_path: Path) -> None:
    whole = bytearray(exported.read_bytes())
    (tmp_path / "cut.qm").write_bytes(whole[: len(whole) // 2])
    done = untouched.quietmonday("import", "business", OAKHURST, str(tmp_path / "cut.qm"))
    assert (done.returncode, "cut off" in done.stderr) == (1, True)
    info = zipfile.ZipFile(exported).getinfo("rows/support.Ticket")
    whole[info.header_offset + info.compress_size // 2] ^= 1
    (tmp_path / "changed.qm").write_bytes(whole)
    done = untouched.quietmonday("import", "business", OAKHURST, str(tmp_path / "changed.qm"))
    assert done.returncode == 1 and "rows/support.Ticket" in done.stderr
    assert untouched.rows("SELECT count(*) FROM people_business") == [(0,)]


@pytest.mark.slow_on_postgres
def test_the_record_of_another_business_than_named_is_refused(exported: Path, untouched: Empty) -> None:
    done = untouched.quietmonday("import", "business", TILDEN, str(exported))
    assert done.returncode == 1 and "holds the record of “Oakhurst Joinery”" in done.stderr


def test_an_import_that_is_killed_leaves_nothing_and_can_be_done_again(exported: Path, new: Empty) -> None:
    fault = {"QUIETMONDAY_FAULT": "integrations.import.before_commit", "QUIETMONDAY_FAULTS_ALLOWED": "1"}
    assert new.quietmonday("import", "business", OAKHURST, str(exported), **fault).returncode == -9
    assert new.rows("SELECT count(*) FROM people_business") == [(0,)]
    take_in(new, exported)
    assert "The record is whole." in must(new.quietmonday("verify"))


@pytest.mark.slow_on_postgres
def test_a_record_that_grew_is_carried_on(full: Full, exported: Path, new: Empty, tmp_path: Path) -> None:
    take_in(new, exported)
    later = grown(full, tmp_path)
    said = take_in(new, later)
    assert "Oakhurst Joinery has grown" in said
    assert "The record is whole." in must(new.quietmonday("verify", *seals_of(full, new)))
    assert new.rows("SELECT count(*) FROM support_message WHERE text = 'One more word'") == [(1,)]
    assert new.rows("SELECT count(*) FROM support_search WHERE words LIKE '% one more word %'") == [(1,)]
    assert "and nothing else" in must(new.quietmonday("search", "check"))
    assert "Nothing was changed" in take_in(new, later)
    # and the older file again: here the record is further on
    done = new.quietmonday("import", "business", OAKHURST, str(exported))
    assert done.returncode == 1 and "went on here" in done.stderr


@pytest.mark.slow_on_postgres
def test_a_record_that_went_on_here_is_not_overwritten(full: Full, exported: Path, new: Empty, tmp_path: Path) -> None:
    take_in(new, exported, "--owner", "ruth@oakhurst.example")
    done = new.quietmonday("import", "business", OAKHURST, str(grown(full, tmp_path)))
    assert done.returncode == 1 and "went on here" in done.stderr
    assert new.rows("SELECT count(*) FROM support_message WHERE text = 'One more word'") == [(0,)]


@pytest.mark.slow_on_postgres
def test_other_content_under_the_same_id_is_refused_with_a_list(exported: Path, new: Empty, tmp_path: Path) -> None:
    take_in(new, exported)
    other = rewritten(exported, tmp_path / "other.qm", rows=("support.Message", setting("text", "I never said that")))
    done = new.quietmonday("import", "business", OAKHURST, str(other))
    assert done.returncode == 1
    assert re.search(r"support\.Message [0-9a-f-]{36} differs", done.stderr)
    assert new.rows("SELECT count(*) FROM support_message WHERE text = 'I never said that'") == [(0,)]


@pytest.mark.slow_on_postgres
def test_an_id_of_another_business_here_is_refused(full: Full, exported: Path, new: Empty, tmp_path: Path) -> None:
    theirs = tmp_path / "tilden.qm"
    must(full.quietmonday("export", "business", TILDEN, str(theirs)))
    take_in(new, theirs, name=TILDEN)
    taken = contents(theirs)["support.Promise"][0]["id"]
    bad = rewritten(exported, tmp_path / "bad.qm", rows=("support.Promise", setting("id", taken)))
    done = new.quietmonday("import", "business", OAKHURST, str(bad))
    assert done.returncode == 1 and "is a row of another business here" in done.stderr
    take_in(new, exported)  # while the two records live side by side with the suppliers that they share
    assert new.rows("SELECT count(*) FROM people_supplier WHERE name = 'Norvane Telecom'") == [(1,)]
    assert "The record is whole." in must(new.quietmonday("verify"))


def grown(full: Full, folder: Path) -> Path:
    """Let something be said at the first installation, and export again."""
    full.python("-c", _SAY)
    path = folder / "grown.qm"
    must(full.quietmonday("export", "business", OAKHURST, str(path)))
    return path


_SAY = """
import django; django.setup()
import datetime as dt, uuid
from quietmonday.kit.actors import SYSTEM
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import say_to_supplier
from quietmonday.support.models import Message, Ticket
from quietmonday.people.models import Business
business = Business.objects.get(name="Oakhurst Joinery")
if not Message.objects.filter(text="One more word").exists():
    ticket = Ticket.objects.filter(business=business, state="open", requester__isnull=False).order_by("id").first()
    now = dt.datetime(2026, 11, 25, 11, tzinfo=dt.UTC)
    words = Words(text="One more word", channel="web", author=ticket.requester, author_name="Dele", occurred_at=now)
    say_to_supplier(ticket=ticket, words=words, actor=SYSTEM, now=now)
"""
