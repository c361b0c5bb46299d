"""Machines that share a database and not the rest are told so before they start."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from quietmonday.kit.envelope import ensure_key_file
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground
from quietmonday.outbox.models import CommonGround

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def machine(settings: Settings, tmp_path: Path) -> Path:
    """A machine with files and keys of its own, the first to start."""
    settings.FILES_DIR = tmp_path / "files"
    settings.ROOT_KEY_FILE = tmp_path / "root.key"
    ensure_key_file(tmp_path / "root.key")
    stand_on_common_ground(now=NOON)
    return tmp_path


def told() -> str:
    with pytest.raises(OtherGround) as refusal:
        stand_on_common_ground(now=NOON)
    return str(refusal.value)


def test_the_first_machine_says_what_counts_and_starts_again() -> None:
    stand_on_common_ground(now=NOON + dt.timedelta(days=1))
    assert CommonGround.objects.get().made_at == NOON


def test_another_folder_of_files_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "other"
    assert f"- The folder {tmp_path / 'other'} is not the one" in told()
    assert told().count("\n- ") == 1


def test_another_root_key_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.ROOT_KEY_FILE = tmp_path / "other.key"
    ensure_key_file(tmp_path / "other.key")
    assert f"- The root key {tmp_path / 'other.key'} is another one" in told()
    assert told().count("\n- ") == 1


def test_another_key_of_sessions_is_named(settings: Settings) -> None:
    settings.SECRET_KEY = "of another machine"
    assert "session.key is another one" in told()
    assert told().count("\n- ") == 1


def test_a_worker_does_not_start_on_other_ground(settings: Settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "other"
    with pytest.raises(CommandError, match="Not started: this machine does not share"):
        call_command("worker")


def test_what_was_lost_may_be_given_up_by_a_command(settings: Settings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "other"
    with pytest.raises(CommandError):
        call_command("shared")
    call_command("shared", "--anew")
    stand_on_common_ground(now=NOON)
