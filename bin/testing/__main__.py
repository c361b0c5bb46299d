"""`bin/test`: every test on SQLite, then what depends on the database again on PostgreSQL."""

import argparse
import os
import signal
import sys

from testing import cluster, machine
from testing.engines import NOTHING_MATCHED, Outcome, run


def main() -> int:
    """Return the exit code of the whole: 0 when every run passed and, on CI, nothing was left out."""
    options, arguments = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the cluster is stopped and removed
    on_ci = os.environ.get("CI", "") not in {"", "0", "false"}

    missing = _install_what_is_missing()
    note = _what_is_left_out(missing)
    if note:
        print(note, flush=True)
        if on_ci:
            print("On CI nothing may be left out.", file=sys.stderr)
            return 1

    outcomes = _runs(options, arguments, {need.marker for need in missing})
    return _close(outcomes, note, on_ci)


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test", allow_abbrev=False,
        description="Runs the tests on SQLite, then those that depend on the database on PostgreSQL.",
        epilog="Everything else is passed to pytest: bin/test tests/kit -k money.",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="the slow tier too")
    parser.add_argument("--on", choices=["sqlite", "postgres"], help="one engine only")
    return parser.parse_known_args()


def _install_what_is_missing() -> list[machine.Need]:
    missing = machine.missing()
    if missing and machine.can_install():
        packages = machine.packages_of(missing)
        print(f"Installing what is missing with apt: {' '.join(packages)}", flush=True)
        try:
            machine.install(packages)
        except machine.CannotInstall as refusal:
            print(f"apt could not install it:\n{refusal}", file=sys.stderr)
        missing = machine.missing()
    return missing


def _what_is_left_out(missing: list[machine.Need]) -> str:
    if not missing:
        return ""
    tests = ", ".join(dict.fromkeys(need.tests for need in missing))
    names = ", ".join(need.name for need in missing)
    packages = " ".join(machine.packages_of(missing))
    return f"Left out: {tests}, because {names} is missing; to get them, as root: apt-get install {packages}"


def _runs(options: argparse.Namespace, arguments: list[str], not_possible: set[str]) -> list[Outcome]:
    left_out = sorted(not_possible - {"postgres"} | (set() if options.all else {"slow"}))
    ours = ["-n", "2", "--dist", "worksteal", *[f"--leave-out={marker}" for marker in left_out]]
    outcomes = []
    if options.on != "postgres":
        outcomes.append(run("SQLite", "", ours, arguments))
    if options.on != "sqlite" and "postgres" not in not_possible:
        only = [] if options.on == "postgres" else ["--second-engine"]
        with cluster.running() as url:
            outcomes.append(run("PostgreSQL", url, [*ours, *only], arguments))
    return outcomes


def _close(outcomes: list[Outcome], note: str, on_ci: bool) -> int:
    """Print what came of it and return the exit code."""
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = [reason for outcome in outcomes for reason in outcome.skipped]
    print()
    for line in [*map(str, outcomes), *sorted({f"Skipped: {reason}" for reason in skipped}), note]:
        if line:
            print(line)
    print(f"Total: {passed} passed, {failed} failed, {len(skipped)} skipped", flush=True)

    wrong = [outcome.code for outcome in outcomes if outcome.code not in {0, NOTHING_MATCHED}]
    if wrong:
        return max(wrong)
    if not passed:
        print("No test was run.", file=sys.stderr)
        return NOTHING_MATCHED
    if on_ci and skipped:
        print("On CI no test may be skipped.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except cluster.DidNotStart as refusal:
        print(f"The PostgreSQL for the tests did not start:\n{refusal}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
