"""The fault hook kills only when it is asked to twice."""

import os
import signal
import subprocess
import sys

import pytest

SCRIPT = """
from quietmonday.kit.faults import reached
for n in range(3):
    reached("other.verb.moment")
    reached("area.verb.moment")
    print(n, flush=True)
"""


def run(**env: str) -> tuple[int, str]:
    path = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]}
    ended = subprocess.run([sys.executable, "-c", SCRIPT], env=path | env, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout


def test_the_process_dies_at_the_chosen_point_the_chosen_time() -> None:
    assert run(QUIETMONDAY_FAULT="area.verb.moment:2", QUIETMONDAY_FAULTS_ALLOWED="1") == (-signal.SIGKILL, "0\n")
    assert run(QUIETMONDAY_FAULT="area.verb.moment", QUIETMONDAY_FAULTS_ALLOWED="1") == (-signal.SIGKILL, "")


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"QUIETMONDAY_FAULT": "area.verb.moment:2"},
        {"QUIETMONDAY_FAULT": "area.verb.moment:2", "QUIETMONDAY_FAULTS_ALLOWED": "0"},
        {"QUIETMONDAY_FAULT": "area.verb:1", "QUIETMONDAY_FAULTS_ALLOWED": "1"},
        {"QUIETMONDAY_FAULTS_ALLOWED": "1"},
    ],
)
def test_otherwise_nothing_happens(env: dict[str, str]) -> None:
    assert run(**env) == (0, "0\n1\n2\n")
