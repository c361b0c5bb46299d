"""The sweep: every URL, every viewer, GET and POST, each in a savepoint that is rolled back. Returns findings."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from quietmonday.post.jobs.imap import Looked
from tests.boundaries.sweep.canaries import our_models
from tests.boundaries.sweep.world import VIEWERS, World

SIGNED_OUT = frozenset({"finn", "tess", "nobody"})
"""Whoever holds no role at this moment: sent to the sign-in, like somebody without a session."""

TAKEN = (302, 303)
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')  # the search writes its own SQL, without quotes
NEVER = "ffffffff-ffff-7fff-bfff-ffffffffffff"


@dataclasses.dataclass(frozen=True)
class Door:
    """One way into one URL: with which object, by which method, with what; who succeeds, who is told no (403).

    Everybody else gets the 404 of an absent page, and whoever holds no role is sent to the sign-in. `public` doors need
    no role. `also` names further answers: (status, viewers).
    """

    name: str
    target: str
    kwargs: Callable[[World], dict[str, Any]]
    ok: frozenset[str]
    refused: frozenset[str] = frozenset()
    method: str = "get"
    data: Callable[[World], dict[str, Any]] = lambda world: {}
    query: Callable[[World], str] = lambda world: ""
    also: tuple[tuple[int, frozenset[str]], ...] = ()
    success: tuple[int, ...] = (200,)
    public: bool = False
    shows: bool = False  # whoever holds the signed link may read what it is about
    extra: tuple[tuple[str, str], ...] = ()  # of the request: a remote address, a header
    other_methods: bool = True  # whether what it does not know by this method is tried too

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.name} {self.target}".strip()

    def url(self, world: World) -> str:
        """Return the path of this door in this world."""
        return reverse(self.name, kwargs=self.kwargs(world)) + self.query(world)

    def sent(self, world: World, client: Client, **extra: Any) -> HttpResponse:
        """Send the request of this door."""
        data = self.data(world) if self.method == "post" else {}
        response: HttpResponse = getattr(client, self.method)(self.url(world), data, **extra)
        return response

    def client(self, world: World, viewer: str) -> Client:
        """Return what the viewer comes with: a browser that is signed in."""
        return world.client(viewer)

    def expected(self, viewer: str) -> tuple[int, ...]:
        """Return the statuses that `viewer` may get."""
        for status, viewers in self.also:
            if viewer in viewers:
                return (status,)
        if viewer in self.ok:
            return self.success
        if viewer in self.refused:
            return (403,)
        return (302,) if viewer in SIGNED_OUT and not self.public else (404,)


@dataclasses.dataclass
class Result:
    """What the sweep found, and how many were let in and kept out of each URL."""

    findings: list[str] = dataclasses.field(default_factory=list)
    allowed: Counter[str] = dataclasses.field(default_factory=Counter)
    kept_out: Counter[str] = dataclasses.field(default_factory=Counter)
    requests: int = 0


def patterns() -> dict[str, str]:
    """Return name → route of every URL of the product, walked from `config.urls`; an unnamed one by its route."""
    found: dict[str, str] = {}

    def walk(resolver: URLResolver, prefix: str, namespace: str) -> None:
        for each in resolver.url_patterns:
            route = prefix + str(each.pattern)
            if isinstance(each, URLPattern):
                found[f"{namespace}{each.name}" if each.name else f"unnamed: {route}"] = route
            else:
                walk(each, route, f"{namespace}{each.namespace}:" if each.namespace else namespace)

    walk(get_resolver(), "/", "")
    return found


def undeclared(doors: Iterable[Door]) -> set[str]:
    """Return the names of URLs that no door is declared for, and of doors that no URL is behind."""
    return set(patterns()) ^ {door.name for door in doors}


def sweep(world: World, doors: Iterable[Door], *, until: Callable[[str], bool] = lambda finding: False) -> Result:
    """Try every door as every viewer; return what was not as declared, up to the first finding that is `until`."""
    result = Result()
    logging.disable(logging.CRITICAL)  # thousands of lines that say nothing new
    try:
        for _step in _steps(world, list(doors), result):
            if any(map(until, result.findings)):
                break
    finally:
        logging.disable(logging.NOTSET)
    return result


def _steps(world: World, doors: list[Door], result: Result) -> Iterator[None]:
    methods: dict[str, set[str]] = {}
    for door in doors:
        methods.setdefault(door.name, set()).add(door.method)
    for door in doors:
        for viewer in sorted(VIEWERS, key=lambda each: each not in door.ok):  # the rightful first
            yield _try(world, door, viewer, result)
        others = {"get", "post"} if door.other_methods else set()
        for other in others - methods.pop(door.name, others):  # once a URL
            # Whoever asks, a method is known or not: one who is let in, an outsider, and nobody at all.
            for viewer in dict.fromkeys([*sorted(door.ok)[:1], "jo", "ruth", "nobody"]):
                yield _try_other_method(world, door, other, viewer, result)


def _try(world: World, door: Door, viewer: str, result: Result) -> None:
    with undone() as written:
        response = send(world, door, viewer)
    says = f"{door} as {viewer}:"
    expected = door.expected(viewer)
    result.requests += 1
    if response.status_code not in expected:
        result.findings.append(f"{says} {response.status_code}, expected {expected}")
    let_in = viewer in door.ok
    (result.allowed if let_in else result.kept_out)[door.name] += 1
    sent_to = response.headers.get("Location", "")
    if expected == (302,) and viewer in SIGNED_OUT and not door.public and not sent_to.startswith("/sign-in/?next=/"):
        result.findings.append(f"{says} not sent to the sign-in but to {sent_to}")
    if written and (door.method == "get" or not let_in):
        result.findings.append(f"{says} wrote {sorted(set(written))}")
    if let_in and door.method == "post" and not written and not door.public:
        result.findings.append(f"{says} was taken and wrote nothing")
    if not (door.shows and let_in):
        heard = world.canaries.heard(viewer, said(response), asked_for=f"{door.url(world)} {door.data(world)}")
        result.findings += [f"{says} shows {each}" for each in heard]
    result.findings += [f"{says} {fault}" for fault in faults_of_headers(response)]


def _try_other_method(world: World, door: Door, method: str, viewer: str, result: Result) -> None:
    with undone() as written:
        response = getattr(world.client(viewer), method)(door.url(world))
    result.requests += 1
    # Who is not let in may be told so before the method is looked at.
    expected = {405} if viewer in door.ok else {405, *door.expected(viewer)}
    if response.status_code not in expected or written:
        result.findings.append(f"{method.upper()} on {door} as {viewer}: {response.status_code}, {written}, not 405")
    result.findings += [f"{method.upper()} on {door} as {viewer}: {fault}" for fault in faults_of_headers(response)]


def send(world: World, door: Door, viewer: str, client: Client | None = None, **more: Any) -> HttpResponse:
    """Send the door's own request as the viewer."""
    with without_mail_servers():
        return door.sent(world, client or door.client(world, viewer), **{**dict(door.extra), **more})


def without_mail_servers() -> Any:
    """Let every mailbox open that a form names."""
    looked = Looked(("INBOX",), (), can_wait=True)
    return mock.patch("quietmonday.support.views.mailboxes.try_mailbox", return_value=looked)


@contextlib.contextmanager
def undone() -> Iterator[list[str]]:
    """Roll back whatever happens inside; yields the list of our tables that were written."""
    written: list[str] = []
    tables = {model._meta.db_table for model in our_models()}

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        written_to = WRITES.match(sql)
        if written_to and written_to[1] in tables:
            written.append(written_to[1])
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(watch):
            yield written
        transaction.set_rollback(True)


def said(response: HttpResponse) -> bytes:
    """Return everything that a response says: its headers, its cookies, its body."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    body = b"".join(response) if response.streaming else response.content
    if response.headers.get("Content-Type", "").endswith("spreadsheetml.sheet"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{headers}\n{response.cookies}\n".encode() + body


def faults_of_headers(response: Any) -> list[str]:
    """Return what is wrong with the headers that every response must carry."""
    faults = []
    policy = {
        name: rest.split() for name, _, rest in (part.strip().partition(" ") for part in _csp(response).split(";"))
    }
    sandboxed = policy.get("default-src") == ["'none'"] and "sandbox" in policy
    if policy.get("frame-ancestors") != ["'none'"] and not sandboxed:
        faults.append("may be framed")
    if policy.get("default-src") != ["'none'"]:
        faults.append("has a default-src that is not none")
    if any(word in _csp(response) for word in ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "http:")):
        faults.append("lets inline or foreign code run")
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("lets the browser guess its type")
    if response.headers.get("X-Frame-Options") != "DENY":
        faults.append("may be framed by an old browser")
    if response.headers.get("Referrer-Policy") != "same-origin":
        faults.append("tells other sites its address")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        faults.append("may be kept by a cache")
    for name, cookie in response.cookies.items():
        if not cookie.value:
            continue  # it is taken away
        if not cookie["httponly"] and name != settings.CSRF_COOKIE_NAME:
            faults.append(f"cookie {name} can be read by scripts")
        if cookie["samesite"] not in {"Lax", "Strict"}:
            faults.append(f"cookie {name} goes out from other sites")
    if response.status_code == 500:
        faults.append("failed")
    return faults


def _csp(response: Any) -> str:
    policy: str = response.headers.get("Content-Security-Policy", "")
    return policy
