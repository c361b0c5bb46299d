"""Tokens for mailboxes (OAuth 2, RFC 6749; PKCE, RFC 7636; XOAUTH2): what is asked, and what the answer means."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

MAX_TOKEN = 16_000
SHORTEST, LONGEST, USUAL = 60, 86_400, 3_600
"""Seconds that we take a token to hold: at least, at most, and if the service does not say."""

_GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/"
_TENANT = re.compile(r"[A-Za-z0-9.-]{1,100}")
_TOKEN = re.compile(r"[!-~]+")
_CODE = re.compile(r"[a-z_]{1,60}")


@dataclass(frozen=True, slots=True)
class Preset:
    """What a known service needs nobody to type in."""

    authorise_url: str
    exchange_url: str
    scopes: str
    host: str  # of its mail server


def preset(kind: str, flow: str, tenant: str) -> Preset | None:
    """Return what is known of a service; None for one that is not known. `tenant`: a firm's id at Microsoft."""
    if kind == "google":
        return Preset(*_GOOGLE, "https://mail.google.com/", "imap.gmail.com")
    if kind == "microsoft":
        base = _MICROSOFT.format(tenant=tenant if _TENANT.fullmatch(tenant) else "organizations")
        person = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
        scopes = person if flow == "person" else "https://outlook.office365.com/.default"
        return Preset(f"{base}authorize", f"{base}token", scopes, "outlook.office365.com")
    return None


@dataclass(frozen=True, slots=True)
class Client:
    """As what we are registered at a service. `secret` is empty for a public client."""

    client_id: str
    secret: str
    scopes: str


def challenge_of(verifier: str) -> str:
    """Return the challenge (S256) that goes ahead of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def sign_in_address(
    authorise_url: str, client: Client, *, kind: str, redirect_uri: str, state: str, verifier: str, user: str
) -> str:
    """Return where somebody goes to sign in."""
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": redirect_uri,
        "scope": client.scopes,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "login_hint": user,
        # Google gives a token for later only if it is asked for, and only when it asks the person anew.
        **({"access_type": "offline", "prompt": "consent"} if kind == "google" else {}),
    }
    parts = urlsplit(authorise_url)
    query = "&".join(filter(None, [parts.query, urlencode(asked)]))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def ask_with_code(client: Client, *, code: str, redirect_uri: str, verifier: str) -> bytes:
    """Return the body by which a code becomes tokens."""
    return _body(client, grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier)


def ask_with_refresh_token(client: Client, refresh_token: str) -> bytes:
    """Return the body by which an old token becomes a new one."""
    return _body(client, grant_type="refresh_token", refresh_token=refresh_token)


def ask_as_firm(client: Client) -> bytes:
    """Return the body by which the client itself gets a token."""
    return _body(client, grant_type="client_credentials", scope=client.scopes)


def _body(client: Client, **fields: str) -> bytes:
    secret = {"client_secret": client.secret} if client.secret else {}
    return urlencode({"client_id": client.client_id, **secret, **fields}).encode()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a service gave. `refresh` is empty if the old one stays good."""

    access: str
    refresh: str
    seconds: int


@dataclass(frozen=True, slots=True)
class NoTokens:
    """What a service said instead. `for_good`: asking again cannot help, somebody must sign in or mend the
    registration. `code` is the service's own short word, "" if it gave none that can be shown."""

    code: str
    for_good: bool


_FOR_GOOD = frozenset(
    {
        *("invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"),
        *("interaction_required", "consent_required", "login_required", "access_denied", "invalid_request"),
    }
)


def read_answer(status: int, body: bytes) -> Tokens | NoTokens:
    """Return what the answer of a token server means. Never raises, whatever the bytes."""
    said = _json(body)
    if status == 200 and _is_token(access := said.get("access_token")):
        refresh = said.get("refresh_token")
        return Tokens(str(access), str(refresh) if _is_token(refresh) else "", _seconds(said.get("expires_in")))
    error = said.get("error")
    code = error if isinstance(error, str) and _CODE.fullmatch(error) else ""
    # A server that is overloaded may answer anything; only its own word for "no" is a no.
    return NoTokens(code, code in _FOR_GOOD and 400 <= status < 500 and status != 429)


def _json(body: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_token(value: object) -> bool:
    # It stands in a line of the IMAP protocol later: no control character may.
    return isinstance(value, str) and 0 < len(value) <= MAX_TOKEN and bool(_TOKEN.fullmatch(value))


def _seconds(value: object) -> int:
    try:
        seconds = int(value) if isinstance(value, int | float | str) else USUAL
    except (ValueError, OverflowError):
        seconds = USUAL
    return min(max(seconds, SHORTEST), LONGEST)


def xoauth2(user: str, access: str) -> bytes:
    """Return what is said to a mail server to sign in as `user`. Raises ValueError for a user that cannot be."""
    if any(ord(char) < 32 for char in user):
        raise ValueError("a control character in the name of the user")
    return f"user={user}\x01auth=Bearer {access}\x01\x01".encode()
