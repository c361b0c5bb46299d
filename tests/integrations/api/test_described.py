"""The API keeps what its description says, against whatever schemathesis makes up, with every check that it has; and
the examples of docs/api.md do what they say. Both talk to a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.api.served import Served
from tests.outbox.installation import ROOT

pytestmark = pytest.mark.one_engine

HERE = Path(__file__).parent
EXAMPLES = int(os.environ.get("QUIETMONDAY_API_EXAMPLES") or 0)
"""More of them: QUIETMONDAY_API_EXAMPLES=200 bin/test --all tests/integrations/api -k schemathesis"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = Served(tmp_path_factory.mktemp("api"))
    yield place
    place.close()


def tried(served: Served, folder: Path, token: str, phases: str, examples: int) -> str:
    """Let schemathesis try every operation; return what it says."""
    shutil.copy(HERE / "schemathesis.toml", folder)
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", f"{served.address}/api/v1/openapi.json"),
            *("--checks", "all", "--phases", phases, "--max-examples", str(EXAMPLES or examples), "--no-color"),
            *("--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--seed", "1"),
            *("--request-timeout", "60"),
        ],
        cwd=folder, capture_output=True, text=True,
        env=os.environ | {
            "QM_TOKEN": served.world[token], "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.integrations.api.hooks",
        },
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout.partition('= FAILURES =')[2][:6000]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_schemathesis_finds_nothing_as_the_owner(served: Served, tmp_path: Path) -> None:
    said = tried(served, tmp_path, "owner", "examples,coverage", 1)
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    assert cases and int(cases[2]) > 1000
    assert '"error"' not in served.said()


@pytest.mark.parametrize("token", ["technician", "outsider"])
def test_schemathesis_finds_nothing_as(served: Served, tmp_path: Path, token: str) -> None:
    tried(served, tmp_path, token, "fuzzing", 2)
    assert '"error"' not in served.said()


@pytest.mark.slow
@pytest.mark.parametrize("token", ["owner", "technician", "outsider"])
def test_schemathesis_finds_nothing_in_all_its_phases(served: Served, tmp_path: Path, token: str) -> None:
    tried(served, tmp_path, token, "examples,coverage,fuzzing,stateful", 20)
    assert '"error"' not in served.said()


BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL)


def test_the_examples_of_the_document_do_what_they_say(served: Served, tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_text("a photo")
    env = {
        "PATH": os.environ["PATH"],
        "QM": served.address,
        "TOKEN": served.world["owner"],
        "BUSINESS": served.world["business"],
        "TICKET": served.world["ticket"],
    }
    answers = []
    for block in (each for each in BLOCKS if not each.startswith("export")):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
        )
        answers.append(json.loads(done.stdout))
    assert len(answers) >= 7
    refused = [each for each in answers if str(each.get("type", "")).startswith("/api/v1/problems/")]
    assert [each["status"] for each in refused] == [401]
