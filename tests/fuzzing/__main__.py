"""`bin/fuzz`: harness after harness, each for so many seconds; says what was found, and ends with 1 if anything was."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzzing.harnesses import NAMES

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Return 1 if any harness ever found something that still lies in the folder."""
    options = _options()
    for name in options.names or NAMES:
        print(f"=== {name}: {options.seconds} s", flush=True)
        _fuzz(name, options)
    found = sorted(options.folder.glob("*/findings/*"))
    for path in found:
        if path.suffix != ".input":
            print(f"Finding: {path}")
    print(f"{len([path for path in found if path.suffix != '.input'])} findings in {options.folder}")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/fuzz", description="Feeds parsers with bytes, guided by what they reach."
    )
    parser.add_argument("names", nargs="*", metavar="HARNESS", choices=[[], *NAMES], help=", ".join(NAMES))
    parser.add_argument("--seconds", type=int, default=300, help="for each harness (300)")
    parser.add_argument("--seeds", type=Path, help="a folder of further inputs to begin with")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "fuzz", help="what is kept (var/fuzz)")
    return parser.parse_args()


def _fuzz(name: str, options: argparse.Namespace) -> None:
    """Run one harness until its time is up; an input that takes the process down ends one run, not the whole."""
    until = time.monotonic() + options.seconds
    while (left := int(until - time.monotonic())) > 0:
        words = [name, str(options.folder / name), str(left), *([str(options.seeds)] if options.seeds else [])]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzzing.guided", *words],
            env=os.environ | {"PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:src:."},
            cwd=ROOT,
            check=False,
        )
        if done.returncode == 0:
            return
        print(f"{name}: ended with {done.returncode}; going on", flush=True)


if __name__ == "__main__":
    sys.exit(main())
