"""The import contracts in pyproject.toml hold, and each of them bites."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BREACHES = {
    "areas point downwards": ("kit/reaching_up.py", "import quietmonday.people.models"),
    "inside an area": ("people/helpers.py", ""),  # a module kind that no contract lists
    "logic is plain Python": ("work/logic/clever.py", "import django"),
    "screens belong to their own area": ("work/actions/drawing.py", "import quietmonday.work.views.board"),
}


def lint_imports(src: Path) -> tuple[int, str]:
    """Return the exit code and the words of lint-imports over the tree at `src`."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports_command())",
            "--no-cache",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(src)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_import_points_downwards() -> None:
    code, said = lint_imports(ROOT / "src")
    assert code == 0, said


@pytest.fixture(scope="module")
def said_about_the_breaches(tmp_path_factory: pytest.TempPathFactory) -> str:
    src = tmp_path_factory.mktemp("breaches")
    shutil.copytree(
        ROOT / "src" / "quietmonday", src / "quietmonday", ignore=shutil.ignore_patterns("static", "locale")
    )
    views = src / "quietmonday" / "work" / "views"
    views.mkdir(exist_ok=True)
    (views / "__init__.py").touch()
    (views / "board.py").touch()
    for path, line in BREACHES.values():
        (src / "quietmonday" / path).write_text(line + "\n")
    code, said = lint_imports(src)
    assert code == 1, said
    return said


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_each_contract_is_found(contract: str, said_about_the_breaches: str) -> None:
    assert f"{contract} BROKEN" in said_about_the_breaches
