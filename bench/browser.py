"""A browser's part of a request: one kept connection, cookies, the sign-in form. This machine only."""

from __future__ import annotations

import dataclasses
import gzip
import html
import http.client
import re
from urllib.parse import urlencode, urljoin, urlsplit

HOST = "127.0.0.1"


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """An answer. `wire`: bytes of headers and body as they came."""

    status: int
    headers: dict[str, str]
    body: bytes
    wire: int

    @property
    def text(self) -> str:
        """The body, unpacked, as text."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode("utf-8", "replace")


class Browser:
    """Cookies and one connection. `packed`: says that it takes gzip, as browsers do."""

    def __init__(self, port: int, *, cookies: dict[str, str] | None = None, packed: bool = True) -> None:
        self.port, self.packed = port, packed
        self.cookies = dict(cookies or {})
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> Page:
        """Return the answer to one GET; redirects are not followed."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Return the answer to a form."""
        origin = f"http://localhost:{self.port}"
        more = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": f"{origin}{path}"}
        return self._ask("POST", path, urlencode(fields).encode(), more)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the real form by password; raise RuntimeError if that does not work."""
        form = self.get("/sign-in/")
        answer = self.post("/sign-in/", hidden_fields(form.text) | {"login": email, "password": password})
        if answer.status not in (302, 303) or self.get("/").status != 302:
            raise RuntimeError(f"signing in as {email} was answered {answer.status}")

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> Page:
        headers = {"Host": f"localhost:{self.port}", "Accept": "text/html,*/*", **more}
        if self.packed:
            headers["Accept-Encoding"] = "gzip"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            response, data = self._send(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):  # the kept connection was closed in between
            self.close()
            response, data = self._send(method, path, body, headers)
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        if response.will_close:
            self.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        wire = len(data) + sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 17
        return Page(response.status, found, data, wire)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response, response.read()


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's forms, by name."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        values = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if values.get("type") == "hidden" and "name" in values:
            found[values["name"]] = values.get("value", "")
    return found


def belongings(page: str, base: str) -> list[str]:
    """Return the paths of what a browser loads with a page at its first visit, each once, in order."""
    tags = re.findall(r"<(?:link|script|img|use)[^>]*>", page)
    urls = [html.unescape(url) for tag in tags for url in re.findall(r'(?:src|href)="([^"#]+)', tag)]
    return list(dict.fromkeys(urlsplit(urljoin(base, url)).path for url in urls if not url.startswith("data:")))
