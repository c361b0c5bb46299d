"""What bin/words does."""

import argparse
import sys
from pathlib import Path

from babel.messages.catalog import Catalog

from wording.catalogues import brought_up_to_date, compiled, faults, languages, path_of, written
from wording.merging import merge


def main() -> int:
    """Write every catalogue anew, or look only; print what it still needs. Returns 1 if something is to be done."""
    parser = argparse.ArgumentParser(prog="bin/words", description="Brings the catalogues up to date; compiles them.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if there is something to write")
    parser.add_argument("--add", metavar="LANGUAGE", help="begin a catalogue, for example: --add fr")
    parser.add_argument(
        "--merge", nargs=3, type=Path, metavar=("BASE", "OURS", "THEIRS"), help="make two catalogues one, into OURS"
    )
    given = parser.parse_args()
    if given.merge:
        return _merged(*given.merge)
    wanted = [*languages(), *([given.add] if given.add else [])]
    return max((_one(language, check=given.check) for language in wanted), default=0)


def _merged(base: Path, ours: Path, theirs: Path) -> int:
    disputed = merge(base, ours, theirs)
    for message in disputed:
        print(f"Both sides gave other words, ours are kept: {message!r}", file=sys.stderr)
    return 0


def _one(language: str, *, check: bool) -> int:
    catalog = brought_up_to_date(language)
    lacking = sorted(faults(catalog))
    stale = _stale(language, catalog)
    if stale and not check:
        for path, data in stale.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for line in lacking:
        print(f"{language}: {line}", file=sys.stderr)
    state = "would change" if stale and check else "written" if stale else "up to date"
    print(f"{language}: {len(catalog)} messages, {len(lacking)} to be mended, catalogue {state}.")
    return int(bool(lacking) or bool(stale and check))


def _stale(language: str, catalog: Catalog) -> dict[Path, bytes]:
    """Return the files that differ from what they should be, with what they should hold."""
    path = path_of(language)
    wanted = {path: written(catalog), path.with_suffix(".mo"): compiled(catalog)}
    return {each: data for each, data in wanted.items() if not each.exists() or each.read_bytes() != data}


if __name__ == "__main__":
    sys.exit(main())
