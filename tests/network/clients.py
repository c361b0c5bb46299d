"""What happens on the machine outside: `python -m tests.network.clients load|forge|chromium …`; prints JSON."""

import base64
import hashlib
import http.cookiejar
import json
import shutil
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.journeys.browser import Browser, NoAnswer

ADDRESS = "https://desk.example.com"
PAUSE = 0.2


class Secure(Browser):
    """A browser that knows the proxy's certificate authority and nobody else's."""

    def __init__(self, authority: str) -> None:
        super().__init__()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        self._opener.addheaders = [("Referer", f"{ADDRESS}/")]  # as every browser sends it; over TLS it is asked for


class Client(threading.Thread):
    """One person who reports until the time is up. What is not answered is sent again, the very same form."""

    def __init__(self, number: int, link: str, authority: str, until: float) -> None:
        super().__init__()
        self.number, self.link, self.until = number, link, until
        self.browser = Secure(authority)
        self.told: dict[str, str] = {}
        self.again = 0
        self.slowest = 0.0
        self.trouble = ""

    def run(self) -> None:
        try:
            self._keep_trying(lambda: self.browser.send(self.browser.fill(self.browser.get(self.link), "")))
            while time.time() < self.until:
                self._report(f"Load {len(self.told)} of client {self.number}.")
        except Exception as error:  # noqa: BLE001  # told by whoever started us
            self.trouble = f"{type(error).__name__}: {error}"

    def _report(self, text: str) -> None:
        page = self._keep_trying(lambda: self.browser.get(f"{ADDRESS}/report/"))
        form = self.browser.fill(page, "", text=text, which="")
        begun = time.monotonic()
        page = self._keep_trying(lambda: self.browser.send(form))
        self.slowest = max(self.slowest, time.monotonic() - begun)
        assert "/requests/" in page.base_url, page.base_url
        self.told[text] = page.base_url

    def _keep_trying(self, deed: Any) -> Any:
        """Do it until it is answered: a person presses again after a moment."""
        end = time.monotonic() + 60
        while True:
            try:
                return deed()
            except (NoAnswer, AssertionError) as error:
                if time.monotonic() > end or (isinstance(error, AssertionError) and ": 50" not in str(error)):
                    raise
                self.again += 1
                time.sleep(PAUSE)


def load(authority: str, seconds: float, links: list[str]) -> dict[str, Any]:
    """Report from so many people at once; return what they were told."""
    clients = [Client(n, link, authority, time.time() + seconds) for n, link in enumerate(links)]
    begun = time.monotonic()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    told = {text: url for client in clients for text, url in client.told.items()}
    return {
        "told": told,
        "again": sum(client.again for client in clients),
        "slowest": round(max(client.slowest for client in clients), 2),
        "seconds": round(time.monotonic() - begun, 1),
        "trouble": [client.trouble for client in clients if client.trouble],
    }


def forge(authority: str, base: str) -> dict[str, Any]:
    """Send what forgers send to `base`; return what came of it."""
    context = ssl.create_default_context(cafile=authority) if base.startswith("https") else None
    said: dict[str, Any] = {"limits": []}
    for n in range(6):
        page = _Visit(context)
        token = page.get(f"{base}/sign-in/").partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        forged = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP"), f"203.0.113.{n}")
        data = f"csrfmiddlewaretoken={token}&login=nobody@oakhurst.example&password=guess+number+{n}".encode()
        page.get(f"{base}/sign-in/", data, {**forged, "Referer": f"{ADDRESS}/sign-in/"})
        said["limits"].append(page.status)
    page = _Visit(context)
    page.get(f"{base}/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"})
    said["location"] = page.headers.get("Location")
    said["hsts"] = page.headers.get_all("Strict-Transport-Security")
    said["policies"] = len(page.headers.get_all("Content-Security-Policy") or [])
    page.get(f"{base}/metrics/", headers={"X-Forwarded-For": "127.0.0.1"})
    said["metrics"] = page.status
    page.get(f"{base}/sign-in/", headers={"Host": "evil.example"})
    said["ours under a spoofed host"] = page.status == 200 and "Content-Security-Policy" in page.headers
    said["cookie"] = (_Visit(context).cookie(f"{base}/sign-in/") or "").split("; ")[1:]
    return said


class _Visit:
    """Requests without redirects followed."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args: Any) -> None:
                return None

        handlers: list[Any] = [Stay(), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)
        self.status = 0
        self.headers: Any = {}

    def get(self, url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> str:
        try:
            answer = self._opener.open(urllib.request.Request(url, data, headers or {}), timeout=20)  # noqa: S310  # ours
        except urllib.error.HTTPError as error:
            answer = error
        except (urllib.error.URLError, ConnectionError, ssl.SSLError) as error:
            self.status = 0
            return type(error).__name__
        with answer:
            self.status, self.headers = answer.status, answer.headers
            return str(answer.read().decode(errors="replace"))

    def cookie(self, url: str) -> str | None:
        self.get(url)
        cookie: str | None = self.headers.get("Set-Cookie")
        return cookie


DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
FORGED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9;host=evil.example;proto=http",
}  # fmt: skip


def chromium(authority: str, email: str, mails: Path) -> dict[str, Any]:
    """Sign in as a person does: the address, the mailed code, the page. Then make a passkey and sign in by that alone,
    once as it is and once with what forgers send with every request."""
    from playwright.sync_api import sync_playwright

    trusts = f"--ignore-certificate-errors-spki-list={_pin(authority)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", trusts]
        )
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(60_000)
        page.goto(f"{ADDRESS}/sign-in/code/")
        page.fill("input[name=email]", email)
        page.click("main button, .phone form button")
        page.wait_for_selector("input[name=code]")
        page.fill("input[name=code]", _code(mails, email))
        page.click(".phone form button")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        said = {"url": page.url, "heading": page.inner_text("h1"), "cookies": sorted(
            (cookie["name"], cookie["secure"], cookie["httpOnly"]) for cookie in page.context.cookies()
        )}  # fmt: skip
        told = page.context.new_cdp_session(page)
        told.send("WebAuthn.enable")
        device = told.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        page.goto(f"{ADDRESS}/me/sign-in/passkeys/new/")
        page.fill("[name=name]", "A phone on the road")
        page.click("button:has-text('Make the passkey')")
        page.wait_for_url("**/me/sign-in/recovery-codes/")
        held = told.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        said["passkey"] = {"made": len(held), "for": held[0]["rpId"]}
        for how, headers in (("as it is", {}), ("with forged headers", FORGED)):
            said[how] = _by_passkey(page, headers)
        browser.close()
    return said


def _by_passkey(page: Any, headers: dict[str, str]) -> dict[str, Any]:
    """Sign out, then in again by passkey alone; return where it led, in how many seconds, and from where we came."""
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in/")
    page.set_extra_http_headers(headers)
    page.reload()
    begun = time.monotonic()
    page.click("text=Use your passkey")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    seconds = time.monotonic() - begun
    landed = page.url
    page.goto(f"{ADDRESS}/me/sign-in/")
    here = page.inner_text("li:has-text('this browser')")
    page.set_extra_http_headers({})
    return {"url": landed, "seconds": round(seconds, 2), "from": here.rpartition("from ")[2].strip()}


def _pin(authority: str) -> str:
    """Return the pin of the proxy's certificate, for which `authority` vouches: Chromium takes that one alone."""
    host = ADDRESS.removeprefix("https://")
    context = ssl.create_default_context(cafile=authority)
    with (
        socket.create_connection((host, 443), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname=host) as tls,
    ):
        shown = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _code(mails: Path, email: str) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        lines = [json.loads(line) for line in mails.read_text().splitlines()] if mails.exists() else []
        for mail in reversed(lines):
            if mail["to"] == email and "Your code is " in mail["text"]:
                return str(mail["text"].partition("Your code is ")[2].split()[0])
        time.sleep(0.3)
    raise AssertionError(f"no code came for {email}")


if __name__ == "__main__":
    kind, *words = sys.argv[1:]
    if kind == "load":
        print(json.dumps(load(words[0], float(words[1]), words[2:])))
    elif kind == "forge":
        print(json.dumps(forge(words[0], words[1])))
    else:
        print(json.dumps(chromium(words[0], words[1], Path(words[2]))))
