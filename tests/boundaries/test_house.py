"""Rules of the house that no linter knows: reasons for silenced rules, a README per area, no trace of a machine."""

import io
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

from tests.boundaries.ranks import area_ranks

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "quietmonday"

SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma: no cover|fmt:\s*skip)")
WITH_REASON = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w-]+(,\s*[\w-]+)*\])\s+(#|—|–|-)\s*\S.*\w\w"
)
LAYOUT_ONLY = re.compile(r"#\s*fmt:\s*skip$")
HOMES = re.compile(r"(?<![\w/.])/(root|home/\w+|Users/\w+)/")
LOCKED_TO_A_HOST = re.compile(r"\w+://|^--(index|extra-index|find-links)", re.MULTILINE)


def our_files() -> list[Path]:
    """Return every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Return the text of a file; "" for a font or a picture."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def silenced_without_reason(source: str) -> list[str]:
    """Return the comments that silence a rule and do not say why. Strings that look like one are none."""
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    return [
        comment
        for comment in comments
        if SILENCED.search(comment) and not WITH_REASON.search(comment) and not LAYOUT_ONLY.search(comment)
    ]


def traces_of_a_machine(text: str) -> list[str]:
    """Return what in `text` names a place on the machine of whoever wrote it: a home, this checkout, its neighbours."""
    ours = sorted({f"{ROOT}/", *(f"{ROOT.parent}/{name}/" for name in ("main", "shared") if ROOT.parent != Path("/"))})
    return [found.group() for found in HOMES.finditer(text)] + [place for place in ours if place in text]


def test_every_silenced_rule_gives_its_reason() -> None:
    found = {
        str(path.relative_to(ROOT)): comments
        for path in our_files()
        if path.suffix == ".py" and (comments := silenced_without_reason(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: S101",
        "x = 1  # type: ignore",
        "x = 1  # type: ignore  # why",
        "x  # noqa: S101  #",
    ],
)
def test_a_silenced_rule_without_a_reason_is_refused(line: str) -> None:
    assert len(silenced_without_reason(line)) == 1


@pytest.mark.parametrize(
    "line",
    ["x = 1  # noqa: S101  # it is a test", "x = 1  # type: ignore[misc]  # they ship no types", 'x = "# noqa"'],
)
def test_a_silenced_rule_with_a_reason_is_allowed(line: str) -> None:
    assert silenced_without_reason(line) == []


def test_every_area_has_a_readme() -> None:
    areas = {name for name in area_ranks() if (SRC / name / "__init__.py").exists()}
    assert areas >= {"kit", "people", "config"}
    assert {area for area in areas if not (SRC / area / "README.md").exists()} == set()


def test_no_file_names_a_place_on_the_machine_it_was_written_on() -> None:
    found = {
        str(path.relative_to(ROOT)): traces for path in our_files() if (traces := traces_of_a_machine(text_of(path)))
    }
    assert found == {}


def test_a_place_on_a_machine_is_found() -> None:
    assert traces_of_a_machine("see /home" + "/joe/notes.txt") == ["/home" + "/joe/"]
    assert traces_of_a_machine(f"see {ROOT}/var") == [f"{ROOT}/"]


def test_the_lock_files_name_no_host() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert LOCKED_TO_A_HOST.findall(lock.read_text()) == []
        assert lock.read_text().count("--hash=sha256:") > 100
