"""Asks pip-audit for known vulnerabilities of everything in the lock files.

pip-audit closes with success when it could not look a package up, and with 1 both for a vulnerability and for a
network that is not there; so we read its report instead of its exit code. What was not looked up is said as loudly as
what was found: "none known" is said of nothing that nobody asked about.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCKS = ["requirements.lock", "requirements-dev.lock"]
UNREACHED = ("ConnectionError", "ServiceError", "Max retries exceeded", "ConnectTimeout", "ReadTimeout", "SSLError")
"""What pip-audit's last words hold when its source could not be reached."""


def main() -> int:
    """Print what was looked up and what was not; return 1 for a known vulnerability or an audit that broke off, else 0.

    Where the advisories cannot be reached it returns 0: a machine without a network may build, and says what it lacks.
    """
    packages, last_words = _audited()
    looked_up = [package for package in packages if "vulns" in package]
    if not looked_up and (packages or any(word in last_words for word in UNREACHED)):
        print(
            "NOT AUDITED: the source of advisories cannot be reached from here. Whether the locked packages have known "
            "vulnerabilities was not looked up; run bin/lint where it can be."
        )
        return 0
    if not looked_up:
        print(f"NOT AUDITED: pip-audit broke off before it looked anything up. Its last words: {last_words[-400:]}")
        return 1
    vulnerable = {
        f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {_versions(vulnerability)}"
        for package in looked_up
        for vulnerability in package["vulns"]
    }
    for line in sorted(vulnerable):
        print(f"Vulnerable: {line}")
    print(f"Advisories: {len(looked_up)} locked packages audited, {len(vulnerable)} known vulnerabilities.")
    if not_found := sorted({package["name"] for package in packages if "skip_reason" in package}):
        print(f"NOT AUDITED: {len(not_found)} that their source did not tell of: {', '.join(not_found)}.")
    return 1 if vulnerable else 0


def _audited() -> tuple[list[dict[str, Any]], str]:
    """Return pip-audit's lines (none when it failed before it could write its report) and its last words."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(  # noqa: S603  # fixed words and our own lock files
            [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
            + [f"--requirement={lock}" for lock in LOCKS]
            + ["--format=json", f"--output={report}", "--timeout=15"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        last_words = " ".join(done.stderr.split())
        if not report.exists() or not (text := report.read_text()):
            return [], last_words
        lines: list[dict[str, Any]] = json.loads(text)["dependencies"]
        return lines, last_words


def _versions(vulnerability: dict[str, Any]) -> str:
    return ", ".join(vulnerability["fix_versions"]) or "no version yet"


if __name__ == "__main__":
    sys.exit(main())
