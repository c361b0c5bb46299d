"""The pages people wait for, on filled installations, beside a bare Django page of the same server."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from bench.browser import Browser, belongings
from bench.machine import family, pss_mib
from bench.places import Place
from bench.rows import Measured, measure, together
from bench.server import free_port, run, serving
from bench.sizes import OWNER, PASSWORD, STAFF, TECHNICIAN
from bench.skeleton import serving_skeleton
from bench.words import OFTEN, RARE


@dataclasses.dataclass(frozen=True, slots=True)
class Weight:
    """What a first visit loads: requests and bytes as they come, of the page itself, and each part."""

    requests: int
    wire: int
    page: int
    parts: dict[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Pages:
    """All rows of one installation."""

    size: str
    rows: list[Measured]
    memory: float
    skeleton: float  # MiB of the libraries alone, after as many pages
    first_load: Weight
    search: float  # MiB of the index of the search

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return dataclasses.asdict(self)


def bench_pages(place: Place, *, runs: int, seconds: float, tries: int) -> Pages:
    """Serve the installation as `quietmonday web` does, sign in through the real form, and measure each page."""
    port = free_port()
    environ = place.environ(port)
    subjects = json.loads(run(environ, "bench.subjects"))
    with serving(environ) as server:
        signed_in = {email: Browser(port) for email in (OWNER, STAFF, TECHNICIAN)}
        for email, browser in signed_in.items():
            browser.sign_in(email, PASSWORD)
        owner, staff, technician = signed_in.values()
        monday, ticket = f"/businesses/{subjects['business']}/monday/", f"/requests/{subjects['ticket']}/"
        plan = [
            ("bare: hello", "/bench/hello/", Browser(port)),
            ("bare: session, user", "/bench/user/", owner),
            ("bare: session, user, 25 rows", "/bench/rows/", owner),
            ("Monday (owner)", monday, owner),
            ("request (owner)", ticket, owner),
            ("request (technician)", ticket, technician),
            ("queue (technician)", "/queue/", technician),
            ("queue, all ours", "/queue/?view=all", technician),
            ("report form (staff)", "/report/", staff),
            ("queue of one client", f"/queue/?view=all&client={subjects['business']}", technician),
            ("weeks (owner)", f"/businesses/{subjects['business']}/weeks/", owner),
            ("one week (owner)", f"/businesses/{subjects['business']}/weeks/{subjects['week']}/", owner),
            ("requests (owner)", "/requests/", owner),
            ("requests (technician)", "/requests/", technician),
            ("search, rare word", f"/search/?q={RARE}", technician),
            ("search, common word", f"/search/?q={OFTEN}", technician),
            ("search, common word (owner)", f"/search/?q={OFTEN}", owner),
            ("sign-in", "/sign-in/", Browser(port)),
            ("Monday of a client that grew", f"/businesses/{subjects['grown']}/monday/", technician),
        ]
        rows = [
            measure(name, path, browser, server.pid, runs=runs, seconds=seconds, tries=tries)
            for name, path, browser in plan
        ]
        memory = pss_mib(family(server.pid))
        load = first_load(Browser(port, cookies=owner.cookies), monday)
    return Pages(place.size, rows, memory, skeleton_mib(environ, port, runs), load, subjects["search_mib"])


def skeleton_mib(environ: Mapping[str, str], port: int, runs: int) -> float:
    """Return the memory of a site of our libraries alone, after a few hundred pages from eight clients."""
    with serving_skeleton(environ, port) as server:
        for path in ("/bench/hello/", "/bench/rows/"):
            together(path, Browser(port), times=max(runs, 20))
        return pss_mib(family(server.pid))


def first_load(browser: Browser, path: str) -> Weight:
    """Return what a browser without anything kept loads to show `path`, its font included."""
    page = browser.get(path)
    parts = {path: page.wire}
    for each in belongings(page.text, path):
        found = browser.get(each)
        if found.status == 200 and each.startswith("/static/"):
            parts[each] = found.wire
    return Weight(requests=len(parts), wire=sum(parts.values()), page=page.wire, parts=parts)
