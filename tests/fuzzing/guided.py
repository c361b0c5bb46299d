"""One harness under atheris, in a process of its own: `python -m tests.fuzzing.guided NAME FOLDER SECONDS [SEEDS]`.

libFuzzer keeps what reaches new code in FOLDER/corpus, and ends this process when its time is up, or when an input
takes the memory or the process itself; then that input lies in FOLDER/findings too.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import atheris

# Only what is imported in here is watched: our own code, and the parsers of the standard library beneath it.
with atheris.instrument_imports(include=["quietmonday", "zipfile", "csv", "html", "json"]):
    from tests.fuzzing.findings import Findings
    from tests.fuzzing.harness import Harness
    from tests.fuzzing.harnesses import harness_of

    HARNESS = harness_of(sys.argv[1])

HANGS_AFTER = 60
MOST_MEGABYTES = 1_500


def main(harness: Harness, folder: Path, seconds: int, seeds: Path | None) -> None:
    """Fuzz until the time is up. Does not return: libFuzzer ends the process."""
    corpus, found = folder / "corpus", folder / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(_seeds(harness.seeds, seeds, harness.longest)):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in harness.words))
    options = {
        "max_total_time": seconds,
        "max_len": harness.longest,
        "timeout": HANGS_AFTER,
        "rss_limit_mb": MOST_MEGABYTES,
        "dict": words,
        "artifact_prefix": f"{found}/",
        "verbosity": 0,
        "print_final_stats": 1,
    }
    atheris.Setup(
        ["fuzz", *(f"-{key}={value}" for key, value in options.items()), str(corpus)], Findings(harness, found).try_one
    )
    atheris.Fuzz()


def _seeds(own: Iterable[bytes], more: Path | None, longest: int) -> Iterator[bytes]:
    yield from own
    for path in sorted(more.rglob("*")) if more else ():
        if path.is_file() and path.stat().st_size <= longest:
            yield path.read_bytes()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    main(HARNESS, Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]) if len(sys.argv) > 4 else None)
