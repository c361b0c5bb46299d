"""What a provider says of somebody: an ID token of OpenID Connect, judged. The library checks signature and times."""

from __future__ import annotations

import dataclasses
import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.logic.providers import Provider

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Public keys only: with HS256 whoever knows a public key, or our secret, writes tokens; `none` is no signature."""

LEEWAY = 60  # seconds by which clocks may differ
LONGEST_TOKEN = 20_000
LONGEST_SUBJECT = 255  # OpenID Connect Core 2
MOST_KEYS = 100
LONGEST_RSA, LONGEST_EXPONENT = 1400, 8  # characters: 8,192 bits; more costs whoever checks seconds
_PUBLIC = ("kty", "kid", "n", "e", "crv", "x", "y")
_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


class Untrusted(Exception):
    """The token is not what it must be. `rule`: which check it failed; nothing of what it holds."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class UnknownKey(Untrusted):
    """It is signed with a key that the provider did not show: it may have a new one since."""


@dataclasses.dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says somebody is. `address`: only if it may vouch for it; `shown_at`: when they showed it."""

    issuer: str
    subject: str
    address: str | None
    shown_at: float | None
    mfa: bool


def claims_of(token: str, keys: Any, *, provider: Provider, nonce: str) -> dict[str, Any]:
    """Return what a token says, if the provider signed it, for us, now, in answer to this question.

    Raises Untrusted, UnknownKey.
    """
    if len(token) > LONGEST_TOKEN:
        raise Untrusted("long")
    try:
        header = jwt.get_unverified_header(token)
        key = _key_of(header, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"], "enforce_minimum_key_length": True},
        )
    except jwt.InvalidTokenError as error:
        raise Untrusted(_rule_of(error)) from None
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        raise Untrusted("malformed") from None
    _refuse_other_questions(claims, provider, nonce)
    return claims


def _refuse_other_questions(claims: Mapping[str, Any], provider: Provider, nonce: str) -> None:
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode("utf-8", "replace"), nonce.encode()):
        raise Untrusted("nonce")
    # One that is for several, or was asked for by somebody else in our name: Core 3.1.3.7, 4 and 5.
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise Untrusted("audience")
    subject = claims["sub"]
    if not (0 < len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
        raise Untrusted("subject")


def judged(claims: Mapping[str, Any], more: Mapping[str, Any], *, provider: Provider) -> Claims:
    """Return what follows from a token's claims and from `more`, what the provider told besides about the same one.

    Raises Untrusted: `more` is of somebody else.
    """
    if more and more.get("sub") != claims["sub"]:
        raise Untrusted("userinfo")
    shown = claims.get("auth_time")
    is_time = isinstance(shown, int | float) and not isinstance(shown, bool)
    return Claims(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        address=_address(claims if "email" in claims else more, provider),
        shown_at=float(shown) if is_time and 0 < float(shown) < 1e11 else None,  # type: ignore[arg-type]  # a number
        mfa=_shows_second_factor(claims, provider),
    )


def _address(claims: Mapping[str, Any], provider: Provider) -> str | None:
    """Return the address, if the provider may vouch for it.

    Where it says nothing of whether it is verified, its own domains decide: Microsoft Entra says nothing, and lets
    whoever runs any directory write any address into it.
    """
    email = claims.get("email")
    address = normal_address(email) if isinstance(email, str) and email.isascii() else None
    if address is None:
        return None
    domain = address.rpartition("@")[2]
    if provider.domains and domain not in provider.domains:
        return None
    verified = claims.get("email_verified", claims.get("xms_edov"))
    if verified is None:
        return address if domain in provider.domains else None
    return address if verified is True or verified in ("true", "1", 1) else None


def _shows_second_factor(claims: Mapping[str, Any], provider: Provider) -> bool:
    if provider.mfa is None:
        return False
    name, value = provider.mfa
    said = claims.get(name)
    return (isinstance(said, list) and value in said) if name == "amr" else said == value


def _key_of(header: Mapping[str, Any], keys: Any) -> jwt.PyJWK:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Untrusted("algorithm")
    listed = keys.get("keys") if isinstance(keys, dict) else None
    fitting = [
        each
        for each in (listed if isinstance(listed, list) else [])[:MOST_KEYS]
        if isinstance(each, dict)
        and each.get("kty") == _TYPES[algorithm[:2]]
        and each.get("use") in (None, "sig")
        and each.get("alg") in (None, algorithm)
        and ("kid" not in header or each.get("kid") == header["kid"])
    ]
    if len(fitting) != 1:  # none, or it does not say which
        raise UnknownKey("key")
    public = {part: fitting[0][part] for part in _PUBLIC if isinstance(fitting[0].get(part), str)}
    if len(public.get("n", "")) > LONGEST_RSA or len(public.get("e", "")) > LONGEST_EXPONENT:
        raise Untrusted("key")
    return jwt.PyJWK(public, algorithm)


def _rule_of(error: jwt.InvalidTokenError) -> str:
    rules: tuple[tuple[type[Exception], str], ...] = (
        (jwt.ExpiredSignatureError, "expired"),
        (jwt.ImmatureSignatureError, "early"),
        (jwt.InvalidAudienceError, "audience"),
        (jwt.InvalidIssuerError, "issuer"),
        (jwt.MissingRequiredClaimError, "incomplete"),
        (jwt.InvalidSignatureError, "signature"),
    )
    return next((rule for kind, rule in rules if isinstance(error, kind)), "malformed")
