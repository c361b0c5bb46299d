"""`quietmonday import`: what it says, what it keeps, and what a trial leaves."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from quietmonday.journal.models import Entry
from quietmonday.people.models import Business, Supplier
from quietmonday.post.models import File
from quietmonday.support.models import SheetImport, SheetLayout, Ticket
from tests.cast import Cast
from tests.support.logs import CALLS, HEADS, log

pytestmark = pytest.mark.django_db


def said(*words: Any) -> str:
    out = StringIO()
    call_command("import", *map(str, words), stdout=out)
    return out.getvalue()


def kept() -> dict[str, Any]:
    """Everything that handing in a log could leave."""
    files = {path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}
    return {model.__name__: model._base_manager.count() for model in (Business, Supplier, Entry, File, SheetImport,
            SheetLayout, Ticket)} | {"files": files}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_bytes(log([*CALLS, ["7", "", "", "no day", "", "", "", "", ""]]))
    return path


def for_oakhurst(*words: Any) -> str:
    return said("calls", *words, "--business", "Oakhurst Joinery", "--supplier", "Fennimore IT")


def test_a_trial_says_what_would_come_of_a_log_and_leaves_nothing(cast: Cast, path: Path) -> None:
    before = kept()
    words = for_oakhurst(path, "--dry-run")
    assert "As if for Oakhurst Joinery, supported by Fennimore IT." in words
    assert "6 calls from 6 lines would come in: 6 new, 0 here before" in words
    assert "line 8: It does not say when: Date is empty." in words
    assert kept() == before
    assert "6 new requests" in for_oakhurst(path)
    assert "0 new, 6 here before" in for_oakhurst(path, "--dry-run")


def test_a_trial_on_an_empty_installation_makes_no_firm(path: Path) -> None:
    before = kept()
    assert "As if for Our business, supported by Our IT supplier." in said("calls", path, "--dry-run")
    named = ("--business", "Oakhurst", "--supplier", "Fennimore", "--begin")
    assert "As if for Oakhurst, supported by Fennimore." in said("calls", path, *named, "--dry-run")
    assert kept() == before


def test_a_trial_reads_the_columns_and_days_as_they_are_told(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_bytes(log([["3/4/2026", "13/4/2026", "Printer"]], ["First", "Then", "Summary"]))
    before = kept()
    assert "would come in: 0 new" in for_oakhurst(path, "--dry-run", "--column", "date=First")
    assert "would come in: 1 new" in for_oakhurst(path, "--dry-run", "--column", "date=First", "--month-first")
    assert "would come in: 1 new" in for_oakhurst(path, "--dry-run", "--column", "date=Then")
    assert kept() == before


def test_a_time_that_is_not_read_is_named_on_a_trial_and_when_it_comes_in(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_bytes(log([["13/10/2026", "25:99", "Printer"], ["", "", "No day"]], ["Date", "Time", "What"]))
    named = "line 2: Time holds no time of day that we can read: “25:99”. Only the day is taken."
    for words in (for_oakhurst(path, "--dry-run"), for_oakhurst(path)):
        assert named in words.splitlines()
        assert "line 3: It does not say when: Date is empty." in words.splitlines()


def test_a_trial_of_what_is_no_log_says_so_and_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(log([], HEADS))
    before = kept()
    with pytest.raises(CommandError, match="There is no row in this sheet"):
        for_oakhurst(path, "--dry-run")
    with pytest.raises(CommandError, match="not those of such a log"):
        path.write_bytes(log(CALLS))
        said("tickets", path, "--map", "servicenow", "--business", "Oakhurst Joinery", "--supplier", "Fennimore IT",
             "--dry-run")  # fmt: skip
    assert kept() == before
