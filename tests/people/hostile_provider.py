"""A provider that answers whatever a test tells it to: what no real one does."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from quietmonday.people.logic.providers import Provider

KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)


def public(key: Any, kid: str = "one") -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


class Hostile:
    """`says`: path → what is answered there: an object as JSON, bytes, or a function that writes what it likes."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.sent: list[dict[str, list[str]]] = []
        self.nonce = ""
        self.says: dict[str, Any] = {
            "/.well-known/openid-configuration": self.about(),
            "/jwks": {"keys": [public(KEY)]},
            "/token": lambda: {"id_token": self.token(), "access_token": "abc"},
            "/userinfo": {},
        }

    def about(self, **more: Any) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **more,
        }

    def provider(self, **more: Any) -> Provider:
        given = {"name": "contoso", "label": "Contoso", "client_id": "quiet-monday", "secret": "s" * 40} | more
        return Provider(issuer=self.issuer, **given)

    def claims(self, **more: Any) -> dict[str, Any]:
        """Return those of a sound token for Ruth; None leaves one out."""
        sound = {
            "iss": self.issuer, "aud": "quiet-monday", "sub": "r-1", "nonce": self.nonce, "iat": time.time(),
            "exp": time.time() + 300, "email": "ruth@oakhurst.example", "email_verified": True,
        }  # fmt: skip
        return {name: value for name, value in (sound | more).items() if value is not None}

    def token(self, key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one", **more: Any) -> str:
        headers = {"kid": kid} if kid else {}
        return jwt.encode(self.claims(**more), key, algorithm=algorithm, headers=headers)

    def goes_to(self, url: str) -> str:
        """Stand in for the person: the address to which this provider sends the browser back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.nonce = asked["nonce"]
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': 'c'})}"


def written(text: Any) -> str:
    """Return a part of a token that holds `text`, whatever it is."""
    raw = text if isinstance(text, bytes) else json.dumps(text).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextlib.contextmanager
def hostile() -> Iterator[Hostile]:
    place: list[Hostile] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            place[0].asked.append(path)
            length = int(self.headers.get("Content-Length") or 0)
            place[0].sent.append(parse_qs(self.rfile.read(length).decode()))
            said = place[0].says.get(path, 404)
            said = said() if callable(said) and not isinstance(said, Writes) else said
            with contextlib.suppress(OSError):  # whoever asked is gone
                self._say(said)

        do_POST = do_GET

        def _say(self, said: Any) -> None:
            if isinstance(said, Writes):
                said.write(self)
                return
            status, body = (said, b"") if isinstance(said, int) else (200, said)
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", f"{place[0].issuer}/jwks")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place.append(Hostile(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield place[0]
    finally:
        server.shutdown()
        server.server_close()


class Writes:
    """An answer that writes to the line by itself."""

    def __init__(self, write: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.write = write


def endless(handler: BaseHTTPRequestHandler) -> None:
    """As much as anybody takes."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    for _ in range(10_000):
        handler.wfile.write(b" " * 65536)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """One byte of a header now and then, for half a minute."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.3)
