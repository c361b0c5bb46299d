"""`bin/lint` never takes "nobody asked" for "none known"."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from testing import advisories

KNOWN = {"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}
SOUND: dict[str, Any] = {"name": "sound", "version": "1.0", "vulns": []}
HURT: dict[str, Any] = {"name": "hurt", "version": "2.0", "vulns": [KNOWN]}
SKIPPED = {"name": "skipped", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("report", "words", "code", "said"),
    [
        ([SOUND], "", 0, ["Advisories: 1 locked packages audited, 0 known vulnerabilities."]),
        ([SOUND, HURT], "", 1, ["Vulnerable: hurt 2.0: PYSEC-2026-1, fixed in 2.1", "Advisories: 2 locked packages"]),
        (
            [SOUND, SKIPPED],
            "",
            0,
            ["Advisories: 1 locked", "NOT AUDITED: 1 that their source did not tell of: skip"],
        ),
        # pip-audit itself says "No known vulnerabilities found" here, and ends with 0.
        ([SKIPPED], "No known vulnerabilities found", 0, ["NOT AUDITED: the source of advisories cannot be reached"]),
        (None, "ServiceError: Max retries exceeded", 0, ["NOT AUDITED: the source of advisories cannot be reached"]),
        (None, "error: unrecognized arguments", 1, ["NOT AUDITED: pip-audit broke off", "unrecognized arguments"]),
    ],
)
def test_what_was_not_looked_up_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    report: list[dict[str, Any]] | None,
    words: str,
    code: int,
    said: list[str],
) -> None:
    def audit(command: list[str], **given: Any) -> subprocess.CompletedProcess[str]:
        out = next(word.removeprefix("--output=") for word in command if word.startswith("--output="))
        if report is not None:
            Path(out).write_text(json.dumps({"dependencies": report}))
        return subprocess.CompletedProcess(command, 1, "", words)

    monkeypatch.setattr(subprocess, "run", audit)
    assert advisories.main() == code
    out = capsys.readouterr().out
    assert all(line in out for line in said)
    assert ("known vulnerabilities." in out) == bool(report and any("vulns" in package for package in report))
