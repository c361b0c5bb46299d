"""What appending to the journal costs while several processes write.

    python bench/journal_append.py --writers 8 --entries 2000 [--chains 1]

Writes `--entries` entries from each of `--writers` processes, one transaction an entry, to `--chains` chains; then
checks every chain. On a throw-away SQLite file, or, given QUIETMONDAY_DATABASE_URL, in a throw-away database of that
PostgreSQL server. Prints entries a second, and milliseconds an append (begin to commit) at the median and at 95 %.
Exit code 1: an append failed or a chain is not whole.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SRC = Path(__file__).resolve().parents[1] / "src"
BUSINESS = uuid.UUID(int=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--entries", type=int, default=2000, help="by each writer")
    parser.add_argument("--chains", type=int, default=1, help="writers are spread over so many engagements")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write-as", type=int, help=argparse.SUPPRESS)  # a writer, started by us
    args = parser.parse_args()
    if args.write_as is not None:
        write(args.write_as % args.chains, args.entries)
        return
    with throw_away_database() as (engine, environ):
        figures = measure(args, engine, environ)
    if args.json:
        print(json.dumps(figures))
    else:
        print(
            f"{figures['engine']}: {args.writers} writers, {args.chains} chain(s), {figures['entries']} entries: "
            f"{figures['per_second']:.0f} entries/s, append p50 {figures['p50_ms']:.2f} ms, "
            f"p95 {figures['p95_ms']:.2f} ms, max {figures['max_ms']:.0f} ms; "
            f"verify {figures['verified_per_second']:.0f} entries/s"
        )
    if figures["damage"] or figures["failed_writers"]:
        sys.exit(f"NOT WHOLE: {figures['damage']}, failed writers: {figures['failed_writers']}")


@contextmanager
def throw_away_database() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (engine, environment) of an empty database with the journal's tables; drop it afterwards."""
    url = os.environ.get("QUIETMONDAY_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="quietmonday-bench-") as var:
        environ = os.environ | {"QUIETMONDAY_VAR": var, "QUIETMONDAY_PLAIN_STATIC": "1"}
        # The writers too may be run under the settings of the bench.
        environ["PYTHONPATH"] = os.pathsep.join((str(SRC), str(SRC.parent)))
        if not url:
            migrate(environ)
            yield "sqlite", environ
            return
        import psycopg

        name = f"quietmonday_bench_{secrets.token_hex(4)}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                environ["QUIETMONDAY_DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
                migrate(environ)
                yield "postgresql", environ
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrate(environ: Mapping[str, str]) -> None:
    # Only this area's tables; the pages (which system checks import) are of no interest here.
    command = [sys.executable, "-m", "quietmonday", "migrate", "journal", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, env=environ, check=True)


def measure(args: argparse.Namespace, engine: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Start the writers together, wait for them, check the chains; return the figures."""
    command = [sys.executable, __file__, "--entries", str(args.entries), "--chains", str(args.chains), "--write-as"]
    writers = [
        subprocess.Popen([*command, str(n)], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(args.writers)
    ]
    for writer in writers:
        if writer.stdout:
            writer.stdout.readline()  # it has connected
    began = time.perf_counter()
    for writer in writers:
        if writer.stdin:
            writer.stdin.write("go\n")
            writer.stdin.flush()
    outputs = [writer.communicate()[0] for writer in writers]
    seconds = time.perf_counter() - began
    took = sorted(ms for output in outputs if output for ms in json.loads(output))
    began = time.perf_counter()
    entries, damage = checked(environ)
    expected = args.writers * args.entries
    if entries != expected:
        damage.append(f"{entries} entries instead of {expected}")
    return {
        "engine": engine,
        "entries": entries,
        "per_second": entries / seconds,
        "p50_ms": statistics.median(took) if took else 0.0,
        "p95_ms": took[int(len(took) * 0.95)] if took else 0.0,
        "max_ms": took[-1] if took else 0.0,
        "verified_per_second": entries / (time.perf_counter() - began),
        "damage": damage,
        "failed_writers": sum(writer.returncode != 0 for writer in writers),
    }


def write(chain: int, entries: int) -> None:
    """Append `entries` entries to one chain when told to; print the milliseconds of each as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from django.db import connection, transaction

    from quietmonday.journal.actions import append
    from quietmonday.kit.actors import Actor
    from quietmonday.kit.clock import now

    actor = Actor(id=uuid.uuid4(), name="Dana Roberts")
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    took = []
    for n in range(entries):
        at = now()
        began = time.perf_counter()
        with transaction.atomic():
            append(
                verb="support.reply_sent",
                actor=actor,
                business_id=BUSINESS,
                engagement_ids=[uuid.UUID(int=100 + chain)],
                subject=("ticket", uuid.UUID(int=n)),
                payload={"message": str(uuid.uuid4()), "internal": False, "to": ["ines@ashworth.example"]},
                occurred_at=at,
                recorded_at=at,
            )
        took.append((time.perf_counter() - began) * 1000)
    print(json.dumps(took))


def checked(environ: Mapping[str, str]) -> tuple[int, list[Any]]:
    """Return the number of entries in all chains, and what is wrong with them."""
    script = (
        "import django, json; django.setup()\n"
        "from quietmonday.journal.models import Chain\n"
        "from quietmonday.journal.queries import check_chain\n"
        "chains = list(Chain.objects.all())\n"
        "found = [f.as_json() for chain in chains for f in check_chain(chain)]\n"
        "print(json.dumps([sum(chain.count for chain in chains), found]))\n"
    )
    environ = {**environ, "DJANGO_SETTINGS_MODULE": "quietmonday.config.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, check=True, capture_output=True, text=True)
    entries, damage = json.loads(done.stdout)
    return entries, damage


if __name__ == "__main__":
    main()
