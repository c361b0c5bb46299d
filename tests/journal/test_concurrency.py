"""Eight processes append to the same chains on a real database of the run's engine; no chain breaks.

The measuring script is what runs: its writers are separate processes, on SQLite with a file and its real locks.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

BENCH = Path(__file__).resolve().parents[2] / "bench" / "journal_append.py"


@pytest.mark.parametrize("chains", [1, 3])
@pytest.mark.django_db
def test_eight_writers_keep_every_chain_unbroken(chains: int) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "QUIETMONDAY_DATABASE_URL"}
    if connection.vendor == "postgresql":
        environ["QUIETMONDAY_DATABASE_URL"] = os.environ["QUIETMONDAY_DATABASE_URL"]
    command = [sys.executable, str(BENCH), "--writers", "8", "--entries", "25", "--chains", str(chains), "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["engine"] == connection.vendor
    assert (figures["entries"], figures["damage"], figures["failed_writers"]) == (200, [], 0)
