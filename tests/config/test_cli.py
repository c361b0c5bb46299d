"""The command line as people meet it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"


def quietmonday(folder: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment |= {"PYTHONPATH": str(SRC), "QUIETMONDAY_VAR": str(folder)} | settings
    command = [sys.executable, "-m", "quietmonday", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_is_one_screen_with_a_line_for_each_of_our_commands(tmp_path: Path) -> None:
    done = quietmonday(tmp_path, "--help")
    lines = done.stdout.splitlines()
    commands = [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("  quietmonday")]
    assert done.returncode == 0
    assert commands[:3] == ["run", "serve", "web"]
    assert {"worker", "scheduler"} <= set(commands)
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 120
    assert all(len(line.split()) > 2 for line in lines if line.startswith("  "))


def test_no_word_at_all_gives_the_help(tmp_path: Path) -> None:
    assert quietmonday(tmp_path).stdout == quietmonday(tmp_path, "--help").stdout


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("wrker", "there is no command 'wrker'. Did you mean worker? `quietmonday --help` lists them."),
        ("xyzzy", "there is no command 'xyzzy'. `quietmonday --help` lists them."),
    ],
)
def test_an_unknown_command_is_named(tmp_path: Path, word: str, said: str) -> None:
    done = quietmonday(tmp_path, word)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"quietmonday: {said}\n")


def test_a_setting_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    done = quietmonday(tmp_path, "check", QUIETMONDAY_DATABASE_URL="mysql://x")
    assert done.returncode == 2
    assert done.stderr == (
        "quietmonday: a setting in the environment is wrong: "
        "QUIETMONDAY_DATABASE_URL must start with postgres:// (leave it out for SQLite)\n"
    )


def test_djangos_own_commands_work(tmp_path: Path) -> None:
    done = quietmonday(tmp_path, "check")
    assert (done.returncode, done.stderr) == (0, "")
