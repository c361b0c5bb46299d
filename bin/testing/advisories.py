"""Asks pip-audit for known vulnerabilities of everything in the lock files.

pip-audit closes with success when it could not look a package up, and with 1 both for a vulnerability and for a
network that is not there; so we read its report instead of its exit code.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def main() -> int:
    """Print one line; return 1 for a known vulnerability, 0 for none and where the advisories cannot be reached."""
    packages = _audited()
    looked_up = [package for package in packages if "vulns" in package]
    if not looked_up:
        print("Advisories: their source cannot be reached from here, so the locked packages were not audited.")
        return 0
    not_found = sorted({package["name"] for package in packages if "skip_reason" in package})
    vulnerable = {
        f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {_versions(vulnerability)}"
        for package in looked_up
        for vulnerability in package["vulns"]
    }
    for line in sorted(vulnerable):
        print(f"Vulnerable: {line}")
    print(f"Advisories: {len(looked_up)} locked packages audited, {len(vulnerable)} known vulnerabilities.")
    if not_found:
        print(f"Advisories: not audited, because their source does not know them: {', '.join(not_found)}.")
    return 1 if vulnerable else 0


def _audited() -> list[dict[str, Any]]:
    """Return pip-audit's lines; none when it failed before it could write its report."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(  # noqa: S603  # fixed words and our own lock files
            [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
            + [f"--requirement={lock}" for lock in LOCKS]
            + ["--format=json", f"--output={report}", "--timeout=15"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if not report.exists() or not (text := report.read_text()):
            return []
        lines: list[dict[str, Any]] = json.loads(text)["dependencies"]
        return lines


def _versions(vulnerability: dict[str, Any]) -> str:
    return ", ".join(vulnerability["fix_versions"]) or "no version yet"


if __name__ == "__main__":
    sys.exit(main())
