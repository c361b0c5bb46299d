"""A provider of OpenID Connect beside the tests, and a browser that goes to it and comes back."""

from __future__ import annotations

import contextlib
import html
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.test import Client

from quietmonday.people.logic.providers import Provider
from tests.people.real_provider import CLIENT, PASSWORD, SECRET, told

ROOT = Path(__file__).resolve().parents[2]
CONTOSO = Provider(
    name="contoso", issuer="https://login.example", client_id="quiet-monday", label="Contoso", secret="s" * 40
)
"""One that is set, and that nobody asks anything."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Real:
    """The provider that runs: django-oauth-toolkit in a process of its own."""

    def __init__(self, port: int, folder: Path) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.folder = folder

    def provider(self, **more: Any) -> Provider:
        given = {"name": "contoso", "label": "Contoso", "client_id": CLIENT, "secret": SECRET} | more
        return Provider(issuer=self.issuer, **given)

    def tells(self, **people: dict[str, Any]) -> None:
        told(self.folder, people)


@contextlib.contextmanager
def started(folder: Path, *ways_back: str) -> Iterator[Real]:
    """Run the provider; `ways_back`: where it may send people."""
    port = free_port()
    command = [sys.executable, "-m", "tests.people.real_provider", str(port), str(folder), *ways_back]
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while not (folder / "ready").exists():
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield Real(port, folder)
    finally:
        process.terminate()
        process.wait(timeout=20)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows redirects on the provider only: where it sends people back is what we want to see."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        same = urllib.parse.urlsplit(newurl).netloc == urllib.parse.urlsplit(req.full_url).netloc
        return super().redirect_request(req, fp, code, msg, headers, newurl) if same else None


class Person:
    """A browser at the provider: signs in there when asked, and says where it was sent back to."""

    def __init__(self, name: str) -> None:
        self.name = name
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(_Stay, cookies)
        self.asked_for_password = 0

    def goes_to(self, url: str) -> str:
        """Return the address to which the provider sends this person back."""
        answer = self._open(url)
        if answer.status == 200:
            page = answer.read().decode()
            assert "password" in page, page
            self.asked_for_password += 1
            fields = dict(re.findall(r"name=[\"']?(\w+)[\"']?\s+value=[\"']([^\"']*)", page))
            sent = {**{key: html.unescape(value) for key, value in fields.items()}, "username": self.name}
            answer = self._open(answer.url, urllib.parse.urlencode({**sent, "password": PASSWORD}).encode())
        assert answer.status in (301, 302, 303), answer.read()
        return str(answer.headers["Location"])

    def _open(self, url: str, data: bytes | None = None) -> Any:
        try:
            return self._opener.open(urllib.request.Request(url, data), timeout=20)  # noqa: S310  # our own provider
        except urllib.error.HTTPError as error:
            return error


def asks(client: Client, url: str = "/sign-in/with/contoso/", **more: str) -> str:
    """Press the button; return where the browser is sent."""
    page = client.post(url, more)
    assert page.status_code == 200, (page.status_code, page.content)
    assert page.headers["Refresh"].startswith("0; url=http")
    assert html.escape(page.headers["Refresh"].removeprefix("0; url=")) in page.content.decode()
    return str(page.headers["Refresh"].removeprefix("0; url="))


def comes_back(client: Client, address: str) -> Any:
    """Let the browser follow the provider's redirect to us."""
    parts = urllib.parse.urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def signs_in(client: Client, person: Person, **more: str) -> Any:
    """The whole way."""
    return comes_back(client, person.goes_to(asks(client, **more)))
