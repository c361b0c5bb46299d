"""Asking a provider of OpenID Connect who somebody is: the question, and what comes back. No transaction is open here.

Authorization code flow with PKCE, state and nonce. What the browser brings back opens nothing by itself: the code is
redeemed by us, once, with a secret and with a number that only the session which asked holds.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import ipaddress
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import structlog
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from quietmonday.kit import outside
from quietmonday.people.logic.id_tokens import Claims, UnknownKey, Untrusted, claims_of, judged
from quietmonday.people.logic.providers import Provider
from quietmonday.people.logic.refusals import Refused

SECONDS = 6.0  # for each answer of a provider, from the name to the last byte
MOST_BYTES = 128 * 1024
KEPT_SECONDS = 3600  # what it says of itself, and its keys
DOWN_SECONDS = 15  # for so long nobody waits again for one that did not answer
NEW_KEYS_SECONDS = 60  # so often at most its keys are fetched anew for a token signed with one we do not know

EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

_log = structlog.get_logger("quietmonday.people")


class Unreachable(Exception):
    """The provider gave no answer, or none that we wait for; `words` say why to a person."""

    def __init__(self, why: str, words: str = "") -> None:
        super().__init__(why)
        self.words = words or why


class Unfit(Exception):
    """What the provider says cannot be right. Its words are ours, and may be logged; `detail` quotes."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.detail = detail


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What a provider says of itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    secret_in_header: bool
    names_itself: bool  # when it sends somebody back (RFC 9207)


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """Where the browser is sent, and what the session must remember of it (JSON)."""

    url: str
    state: str
    kept: dict[str, str]


def about(provider: Provider) -> About:
    """Return what the provider says of itself. Raises Refused (provider_down, provider_untrusted)."""
    key = _cached_as(provider, "about")
    known = cache.get(key)
    if isinstance(known, dict):
        return About(**known)
    if known == "down":
        raise Refused("provider_down")
    try:
        found = ask_about(provider)
    except Unreachable as error:
        cache.set(key, "down", DOWN_SECONDS)
        raise _refused(provider, "provider_down", str(error)) from None
    except Unfit as error:
        cache.set(key, "down", DOWN_SECONDS)
        raise _refused(provider, "provider_untrusted", str(error)) from None
    cache.set(key, dataclasses.asdict(found), KEPT_SECONDS)
    return found


def ask_about(provider: Provider) -> About:
    """Fetch what the provider says of itself. Raises Unreachable, Unfit."""
    said = _fetched(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise Unfit("it calls itself by another issuer", str(said.get("issuer"))[:200])
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ends = {name: said.get(name) for name in (*needed, "userinfo_endpoint")}
    for name, url in ends.items():
        if (url is not None or name in needed) and not _is_address(url, provider):
            raise Unfit(f"its {name} is no https address", str(url)[:200])
    methods = said.get("token_endpoint_auth_methods_supported")
    return About(
        authorization_endpoint=str(ends["authorization_endpoint"]),
        token_endpoint=str(ends["token_endpoint"]),
        jwks_uri=str(ends["jwks_uri"]),
        userinfo_endpoint=str(ends["userinfo_endpoint"] or ""),
        # Without a word of it the header is what it must take: OpenID Connect Discovery 3.
        secret_in_header=not isinstance(methods, list) or "client_secret_basic" in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def keys_shown(provider: Provider, found: About) -> int:
    """Fetch the provider's keys; return how many there are. Raises Unreachable, Unfit."""
    keys = _fetched(provider, found.jwks_uri).get("keys")
    if not isinstance(keys, list) or not keys:
        raise Unfit("it shows no keys")
    return len(keys)


def ask(provider: Provider, *, anew: bool = False) -> Question:
    """Return the question who somebody is. `anew`: they must show it now, whatever they showed the provider before.

    Raises Refused (provider_down, provider_untrusted).
    """
    found = about(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    words = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": way_back(provider),
        "scope": "openid email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if anew:
        # With max_age it must say when they showed it; some never do, and then it does not count.
        words |= {"prompt": "login", "max_age": "60"}
    if provider.mfa and provider.mfa[0] == "acr":
        words["acr_values"] = provider.mfa[1]
    joint = "&" if urlsplit(found.authorization_endpoint).query else "?"
    kept = {"provider": provider.name, "issuer": provider.issuer, "nonce": nonce, "verifier": verifier}
    return Question(f"{found.authorization_endpoint}{joint}{urlencode(words)}", state, kept)


def way_back(provider: Provider) -> str:
    """Return where the provider sends people back: an address of its own for each, so that none answers for another."""
    return str(settings.ADDRESS + reverse("people:provider_back", args=[provider.name]))


def answer_of(provider: Provider, kept: Mapping[str, Any], brought: Mapping[str, str]) -> Claims:
    """Return who the provider says somebody is. `kept`: of the question; `brought`: what the browser came back with.

    Raises Refused: provider_denied (they, or it, said no), provider_down, provider_untrusted.
    """
    found = about(provider)
    if kept.get("provider") != provider.name or kept.get("issuer") != provider.issuer:
        raise _refused(provider, "provider_untrusted", "another provider answers")
    # One provider that answers for another (RFC 9207); those that do not name themselves have a way back of their own.
    if brought.get("iss", "" if found.names_itself else provider.issuer) != provider.issuer:
        raise _refused(provider, "provider_untrusted", "another issuer answers")
    if "error" in brought or not brought.get("code"):
        raise Refused("provider_denied")
    try:
        said = _redeemed(provider, found, str(kept["verifier"]), brought["code"])
        claims = _checked(provider, found, said, str(kept["nonce"]))
        more = {} if "email" in claims else _userinfo(provider, found, said)
        return judged(claims, more, provider=provider)
    except Unreachable as error:
        raise _refused(provider, "provider_down", str(error)) from None
    except Untrusted as error:
        raise _refused(provider, "provider_untrusted", f"token: {error.rule}") from None
    except Unfit as error:
        raise _refused(provider, "provider_untrusted", str(error)) from None


def _redeemed(provider: Provider, found: About, verifier: str, code: str) -> dict[str, Any]:
    try:
        secret = provider.secret_now()
    except (OSError, ValueError):
        raise Unfit("the file of our secret cannot be read") from None
    words = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": way_back(provider),
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if found.secret_in_header:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"  # RFC 6749 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        words |= {"client_id": provider.client_id, "client_secret": secret}
    return _fetched(provider, found.token_endpoint, urlencode(words).encode(), headers)


def _checked(provider: Provider, found: About, said: Mapping[str, Any], nonce: str) -> dict[str, Any]:
    token = said.get("id_token")
    if not isinstance(token, str):
        raise Untrusted("missing")
    try:
        return claims_of(token, _keys(provider, found), provider=provider, nonce=nonce)
    except UnknownKey:
        if not cache.add(_cached_as(provider, "new keys"), True, NEW_KEYS_SECONDS):
            raise
        return claims_of(token, _keys(provider, found, anew=True), provider=provider, nonce=nonce)


def _keys(provider: Provider, found: About, *, anew: bool = False) -> Any:
    key = _cached_as(provider, found.jwks_uri)
    keys = None if anew else cache.get(key)
    if keys is None:
        keys = _fetched(provider, found.jwks_uri)
        cache.set(key, keys, KEPT_SECONDS)
    return keys


def _userinfo(provider: Provider, found: About, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what it tells besides: some name the address only here. {} where there is no such place."""
    token = said.get("access_token")
    if not found.userinfo_endpoint or not isinstance(token, str) or not (token.isascii() and token.isprintable()):
        return {}
    return _fetched(provider, found.userinfo_endpoint, headers={"Authorization": f"Bearer {token}"})


def _fetched(
    provider: Provider, url: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the JSON object at `url`. Raises Unreachable, Unfit.

    Whoever runs this installation named the issuer, and it may stand in the same office. What it sends us on to may
    not, unless it is the same machine.
    """
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    try:
        answer = outside.fetch(
            "GET" if data is None else "POST", url, headers=sent, body=data, timeout=SECONDS, max_bytes=MOST_BYTES,
            allow=EVERYWHERE if urlsplit(url).hostname == provider.host else (),
        )  # fmt: skip
    except outside.Refused as refused:
        raise Unreachable(refused.reason.value, refused.words) from None
    if not answer.whole:
        raise Unreachable("its answer is too long")
    if answer.status >= 500:
        raise Unreachable(f"it answers {answer.status}")
    if answer.status != 200:
        raise Unfit(f"it answers {answer.status}")
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unfit("it answers something else than an object")
    return said


def _is_address(url: Any, provider: Provider) -> bool:
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or len(url) > 2000:
        return False
    parts = urlsplit(url)
    same_scheme = parts.scheme == "http" and provider.issuer.startswith("http://") and parts.hostname == provider.host
    return bool(parts.hostname) and (parts.scheme == "https" or same_scheme) and not parts.fragment


def _cached_as(provider: Provider, what: str) -> str:
    return f"provider:{hashlib.sha256(f'{provider.issuer} {what}'.encode()).hexdigest()}"


def _refused(provider: Provider, rule: str, why: str) -> Refused:
    _log.warning("provider refused", provider=provider.name, rule=rule, why=why)
    return Refused(rule)
