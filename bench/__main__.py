"""What the product costs, measured.

    bin/bench                 everything, at 10,000 requests
    bin/bench --large         and the pages at 100,000
    bin/bench pages [--large] the pages, beside a bare Django page, and the goals
    bin/bench bounds          what the machine allows: disk, SQLite, FTS5, reading mail
    bin/bench intake [N]      taking in N mails (default 500)
    bin/bench sheets [N]      taking in logs of calls of N lines (default 10,000)
    bin/bench create          opening a request
    bin/bench journal         appending to the journal with eight writers
    bin/bench moving [N]      a business with N requests (default 10000): export, import, backup, restore

Filled installations are kept in the folder of --folder, until the week or the tables change. On PostgreSQL with
--postgres (a cluster of its own, in that folder), or the server that QUIETMONDAY_DATABASE_URL names.
docs/performance.md says how to read the figures.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from testing import cluster

from bench.bounds import REFERENCE, bounds
from bench.goals import goals_table
from bench.intake import bench_intake
from bench.machine import description
from bench.moving import bench_moving
from bench.pages import bench_pages
from bench.places import filled
from bench.server import ROOT, environment, run
from bench.sheets import bench_sheets
from bench.tables import growth_table, intake_line, pages_table

PARTS = ("bounds", "pages", "create", "intake", "sheets", "journal", "moving")


def main() -> None:
    """Run what the command line names; print tables, and write JSON when asked."""
    args = _arguments()
    if args.postgres:
        with cluster.running(args.folder / "cluster") as url:
            os.environ["QUIETMONDAY_DATABASE_URL"] = url
            _all(args)
    else:
        _all(args)


def _all(args: argparse.Namespace) -> None:
    engine = "PostgreSQL" if os.environ.get("QUIETMONDAY_DATABASE_URL") else "SQLite"
    print(f"{description()}; {engine}; Python {sys.version.split()[0]}", flush=True)
    found: dict[str, Any] = {"machine": description(), "engine": engine}
    for part in [args.part] if args.part else PARTS:
        found[part] = _RUN[part](args)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument(
        "n", nargs="?", type=int, help="mails of intake (500), requests of moving, lines of sheets (10000)"
    )
    parser.add_argument("--large", action="store_true", help="pages at 100,000 requests too")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, started for this")
    parser.add_argument("--fresh", action="store_true", help="fill again")
    parser.add_argument("--runs", type=int, default=30, help="of each page, after the warm-up")
    parser.add_argument("--seconds", type=float, default=3, help="eight clients at once; 0 leaves that out")
    parser.add_argument("--tries", type=int, default=3, help="while others use the machine")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "quietmonday-bench")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def _pages(args: argparse.Namespace) -> list[dict[str, Any]]:
    pages = []
    for size in ("S", "L") if args.large else ("S",):
        place = filled(size, folder=args.folder, fresh=args.fresh)
        print(f"\n{size} was filled in {place.filled_in:.0f} s")
        pages.append(bench_pages(place, runs=args.runs, seconds=args.seconds, tries=args.tries))
        print(pages_table(pages[-1]), flush=True)
    if len(pages) > 1:
        print("\n" + growth_table(*pages))
    print("\n" + goals_table(pages), flush=True)
    return [each.as_json() for each in pages]


def _bounds(args: argparse.Namespace) -> dict[str, float]:
    found = bounds()
    print()
    for name, microseconds in found.items():
        print(f"{name}: {microseconds:.0f} (where the goals were set: {REFERENCE[name]:.0f})", flush=True)
    return found


def _create(args: argparse.Namespace) -> dict[str, Any]:
    place = filled("S", folder=args.folder)
    figures: dict[str, Any] = json.loads(run(place.environ(), "bench.create"))
    print(
        f"\nopening a request: median {figures['median_ms']:.1f} ms, 95 % {figures['p95_ms']:.1f} ms, "
        f"least {figures['least_ms']:.1f} ms, processor {figures['cpu_ms']:.1f} ms, "
        f"{figures['statements']} statements, {figures['per_second']:.0f} a second "
        f"(others used {figures['foreign']:.0%} of the machine)",
        flush=True,
    )
    return figures


def _intake(args: argparse.Namespace) -> dict[str, Any]:
    intake = bench_intake(args.n or 500)
    print("\n" + intake_line(intake), flush=True)
    return dataclasses.asdict(intake)


def _sheets(args: argparse.Namespace) -> list[dict[str, Any]]:
    found = bench_sheets(args.n or 10_000, database=os.environ.get("QUIETMONDAY_DATABASE_URL", ""))
    print()
    for each in found:
        print(
            f"{each.kind}: {each.lines} lines, {each.requests} requests in {each.seconds:.1f} s: "
            f"{each.per_second:.0f} lines and {each.requests / each.seconds:.0f} requests a second, "
            f"{each.cpu_ms:.2f} ms of processor a line, at most {each.peak_mib:.0f} MiB "
            f"(others used {each.foreign:.0%} of the machine)",
            flush=True,
        )
    return [dataclasses.asdict(each) for each in found]


def _journal(args: argparse.Namespace) -> dict[str, Any]:
    environ = environment(args.folder) | {
        name: value for name, value in os.environ.items() if name == "QUIETMONDAY_DATABASE_URL"
    }
    command = [sys.executable, str(ROOT / "bench" / "journal_append.py"), "--json", "--entries", "500"]
    done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    print(
        f"\njournal, 8 writers on one chain: {figures['per_second']:.0f} entries a second, append "
        f"{figures['p50_ms']:.2f} ms, 95 % {figures['p95_ms']:.2f} ms",
        flush=True,
    )
    return figures


def _moving(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [dataclasses.asdict(each) for each in bench_moving(args.n or 10_000, args.folder)]


_RUN = {
    "bounds": _bounds,
    "moving": _moving,
    "pages": _pages,
    "create": _create,
    "intake": _intake,
    "sheets": _sheets,
    "journal": _journal,
}

if __name__ == "__main__":
    main()
