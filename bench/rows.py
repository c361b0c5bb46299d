"""One row of a bench: how long one page takes, alone and with eight at a time."""

from __future__ import annotations

import dataclasses
import statistics
import threading
import time

from bench.browser import Browser
from bench.machine import Foreign, family, wait_for_quiet

WARM_UP = 5
CLIENTS = 8
QUIET = 0.15  # above this share of the machine for others a row is measured again


@dataclasses.dataclass(slots=True)
class Measured:
    """What one page took. Times in ms; `cpu` is the server's own work a request, which others disturb least."""

    name: str
    median: float
    p95: float
    least: float
    cpu: float
    foreign: float
    queries: int
    database: float
    packed: int
    plain: int
    per_second: float = 0.0
    cpu_of_eight: float = 0.0
    refused: int = 0


def measure(
    name: str, path: str, browser: Browser, server: int, *, runs: int = 30, seconds: float = 3.0, tries: int = 3
) -> Measured:
    """Return the row of `path` as `browser` is signed in; raise RuntimeError if the page is not shown.

    Measured up to `tries` times, until others leave the machine alone; the least disturbed one counts.
    """
    packed = browser.get(path)
    if packed.status != 200:
        raise RuntimeError(f"{name}: {path} was answered {packed.status}")
    plain = len(packed.text.encode())
    for _ in range(WARM_UP):
        counted = browser.get(path, **{"X-Bench-Count": "1"})
    best: Measured | None = None
    for _ in range(tries):
        wait_for_quiet(3)
        times, foreign, cpu = _alone(path, browser, server, runs)
        row = Measured(
            name=name,
            median=statistics.median(times),
            p95=times[min(len(times) - 1, int(len(times) * 0.95))],
            least=times[0],
            cpu=cpu,
            foreign=foreign,
            queries=int(counted.headers["x-bench-queries"]),
            database=float(counted.headers["x-bench-database-ms"]),
            packed=packed.wire,
            plain=plain,
        )
        if best is None or row.foreign < best.foreign:
            best = row
        if best.foreign < QUIET:
            break
    if best is None:
        raise ValueError("measure at least once")
    if seconds:
        _together(best, path, browser, server, seconds)
    return best


def _alone(path: str, browser: Browser, server: int, runs: int) -> tuple[list[float], float, float]:
    times = []
    with Foreign(family(server)) as others:
        for _ in range(runs):
            began = time.perf_counter()
            browser.get(path)
            times.append((time.perf_counter() - began) * 1000)
    return sorted(times), others.share, others.ours / runs * 1000


def _together(row: Measured, path: str, browser: Browser, server: int, seconds: float) -> None:
    """Eight clients for `seconds`: pages a second, and how many were not shown."""
    done, refused, lock, end = [0], [0], threading.Lock(), time.monotonic() + seconds

    def ask() -> None:
        mine = Browser(browser.port, cookies=browser.cookies)
        while time.monotonic() < end:
            status = mine.get(path).status
            with lock:
                done[0] += 1
                refused[0] += status != 200
        mine.close()

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    began = time.perf_counter()
    with Foreign(family(server)) as others:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    row.per_second = done[0] / (time.perf_counter() - began)
    row.cpu_of_eight = others.ours / max(done[0], 1) * 1000
    row.refused = refused[0]


def together(path: str, browser: Browser, *, times: int) -> None:
    """Ask for a page `times` times from each of eight clients at once; raise RuntimeError when one is not shown."""
    wrong: list[int] = []

    def ask() -> None:
        mine = Browser(browser.port, cookies=browser.cookies)
        wrong.extend(status for status in (mine.get(path).status for _ in range(times)) if status != 200)
        mine.close()

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{path} was answered {wrong[0]}")
