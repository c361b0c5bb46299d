"""A server that gives tokens (OAuth 2 with PKCE), and tells Dovecot whose a token is; tests start it."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


class TokenServer:
    """Everybody may sign in as anybody; a code serves once, a refresh token until it was used or is taken back."""

    def __init__(self, port: int) -> None:
        self.client = ("quiet", "shh")
        self.url = f"http://127.0.0.1:{port}"
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh: dict[str, str] = {}  # token → user
        self.access: dict[str, tuple[str, float]] = {}  # token → user, until when
        self.asked: list[dict[str, str]] = []  # what came to /token
        self.expires_in: Any = 3600
        self.says: tuple[int, bytes] | None = None  # instead of an answer
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code_for(self, way: str, user: str) -> tuple[str, str]:
        """Sign in as `user` at the address `way`, as somebody does in a browser; return (code, state)."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client[0]
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(12)
        self.codes[code] = {**asked, "user": user}
        return code, asked["state"]

    def give(self, user: str) -> dict[str, Any]:
        """Return tokens of `user`."""
        access, refresh = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
        self.access[access] = (user, time.monotonic() + 3600)
        self.refresh[refresh] = user
        return {
            "token_type": "Bearer", "access_token": access, "refresh_token": refresh, "expires_in": self.expires_in
        }  # fmt: skip

    def take_back(self, user: str, *, refresh_too: bool = False) -> None:
        """Let no token of `user` open anything any more."""
        self.access = {token: each for token, each in self.access.items() if each[0] != user}
        if refresh_too:
            self.refresh = {token: each for token, each in self.refresh.items() if each != user}

    def _answer(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (asked.get("client_id"), asked.get("client_secret")) != self.client:
            return 401, {"error": "invalid_client"}
        refused = 400, {"error": "invalid_grant", "error_description": "of somebody@private.example"}
        match asked.get("grant_type"):
            case "authorization_code":
                code = self.codes.pop(asked.get("code", ""), None)
                digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if (
                    code is None
                    or code["code_challenge"] != challenge
                    or code["redirect_uri"] != asked.get("redirect_uri")
                ):
                    return refused
                return 200, self.give(code["user"])
            case "refresh_token":
                user = self.refresh.pop(asked.get("refresh_token", ""), None)  # each serves once
                return (200, self.give(user)) if user else refused
            case "client_credentials":
                return 200, {**self.give("*"), "refresh_token": None}
        return 400, {"error": "unsupported_grant_type"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if parts.path == "/authorise":  # somebody who has signed in before and says yes
                    code, state = server.code_for(self.path, asked["login_hint"])
                    self.send_response(302)
                    self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': state})}")
                    self.end_headers()
                    return
                user, until = server.access.get(asked.get("token", ""), ("", 0.0))
                alive = bool(user) and until > time.monotonic()
                self._say(200, json.dumps({"active": alive, "user": user, "scope": "imap"}).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = {name: values[0] for name, values in parse_qs(body).items()}
                server.asked.append(asked)
                if server.says is not None:
                    self._say(*server.says)
                    return
                status, said = server._answer(asked)
                self._say(status, json.dumps(said).encode())

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
