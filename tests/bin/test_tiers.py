"""What `tests/tiers.py` keeps and leaves out, tried on a suite of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest
def test_plain(): pass
@pytest.mark.django_db
def test_database(): pass
def test_fixture(db): pass
@pytest.mark.browser
@pytest.mark.django_db
def test_browser(): pass
@pytest.mark.django_db
@pytest.mark.one_engine
def test_above(): pass
@pytest.mark.both_engines
def test_process(): pass
@pytest.mark.sqlite
def test_sqlite(): pass
@pytest.mark.postgres
def test_postgres(): pass
@pytest.mark.slow
def test_slow(): pass
@pytest.mark.django_db
@pytest.mark.slow_on_postgres
def test_heavy(): pass
"""
ON_SQLITE = ["plain", "database", "fixture", "browser", "above", "process", "sqlite", "slow", "heavy"]


@pytest.mark.parametrize(
    ("url", "options", "kept"),
    [
        ("", [], ON_SQLITE),
        (
            "",
            ["--leave-out=slow", "--leave-out=browser"],
            ["plain", "database", "fixture", "above", "process", "sqlite", "heavy"],
        ),
        ("postgres://nobody@/none", ["--second-engine"], ["database", "fixture", "process", "postgres", "heavy"]),
        (
            "postgres://nobody@/none",
            ["--second-engine", "--leave-out=slow"],
            ["database", "fixture", "process", "postgres"],
        ),
        ("postgres://nobody@/none", [], [*ON_SQLITE[:-3], "postgres", "slow", "heavy"]),
    ],
)
def test_each_run_keeps_what_belongs_to_it(tmp_path: Path, url: str, options: list[str], kept: list[str]) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_suite.py").write_text(SUITE)
    ours = os.environ | {"QUIETMONDAY_VAR": str(tmp_path / "var"), "QUIETMONDAY_DATABASE_URL": url}
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--collect-only", *options, str(tmp_path)],
        cwd=ROOT,
        env={name: value for name, value in ours.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.rpartition("::test_")[2] for line in collected.stdout.splitlines() if "::test_" in line]
    assert sorted(found) == sorted(kept), collected.stdout + collected.stderr
