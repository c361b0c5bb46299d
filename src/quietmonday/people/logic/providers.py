"""Who else may say who somebody is: providers of OpenID Connect, as the environment names them. Plain Python.

QUIETMONDAY_OIDC=contoso,google            short names, comma between; of each, in capitals:
QUIETMONDAY_OIDC_CONTOSO_ISSUER            https://login.microsoftonline.com/TENANT/v2.0
QUIETMONDAY_OIDC_CONTOSO_CLIENT_ID         as the provider gave it
QUIETMONDAY_OIDC_CONTOSO_SECRET_FILE       a file that holds the secret; or _SECRET, the secret itself
QUIETMONDAY_OIDC_CONTOSO_LABEL             what the button says: "Sign in with Contoso"      (default: the short name)
QUIETMONDAY_OIDC_CONTOSO_DOMAINS           whose addresses it may vouch for, comma between   (default: any that it
                                           says are verified)
QUIETMONDAY_OIDC_CONTOSO_MFA               amr:VALUE or acr:VALUE by which it shows that it asked for a second factor
                                           (default: we ask for ours)
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "QUIETMONDAY_OIDC"
_PARTS = ("ISSUER", "CLIENT_ID", "SECRET", "SECRET_FILE", "LABEL", "DOMAINS", "MFA")
_NAME = re.compile(r"[a-z][a-z0-9]{0,29}\Z")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+\Z")
_MFA = re.compile(r"(amr|acr):[\x21-\x7e]{1,200}\Z")
LOCAL = ("localhost", "127.0.0.1", "::1")
LONGEST = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `domains`: empty for any; `mfa`: ("amr" or "acr", value), or None if our own is asked for."""

    name: str
    issuer: str
    client_id: str
    label: str
    domains: frozenset[str] = frozenset()
    mfa: tuple[str, str] | None = None
    secret: str = dataclasses.field(default="", repr=False)
    secret_file: Path | None = None

    def secret_now(self) -> str:
        """Return the client's secret. Raises OSError, ValueError: the file is not there, or holds nothing."""
        secret = self.secret if self.secret_file is None else self.secret_file.read_text("utf-8").strip()
        if not secret or len(secret) > 4096:
            raise ValueError("the file of the secret is empty, or no secret")
        return secret

    @property
    def host(self) -> str:
        """The host of the issuer."""
        return urlsplit(self.issuer).hostname or ""


def providers_of(environment: Mapping[str, str]) -> dict[str, Provider]:
    """Return the providers that the environment names, by short name. Raises ValueError in words."""
    names = [name.strip() for name in environment.get(PREFIX, "").split(",") if name.strip()]
    found = {name: _provider(name, environment) for name in names}
    _refuse_twice(names, found)
    known = {f"{PREFIX}_{name.upper()}_{part}" for name in names for part in _PARTS}
    for key in environment:
        if key.startswith(f"{PREFIX}_") and key not in known:
            raise ValueError(
                f"{key} belongs to no provider: its short name must stand in {PREFIX}, and it must end with one of "
                f"{', '.join(_PARTS)}"
            )
    return found


def _refuse_twice(names: list[str], found: Mapping[str, Provider]) -> None:
    if len(names) != len(found):
        raise ValueError(f"{PREFIX} names one provider twice")
    if len({provider.issuer for provider in found.values()}) != len(found):
        raise ValueError(f"two providers of {PREFIX} have the same issuer: one of them is enough")


def _provider(name: str, environment: Mapping[str, str]) -> Provider:
    if not _NAME.match(name):
        raise ValueError(f"{PREFIX} names {name!r}: a short name is of small letters and digits, like contoso")
    begin = f"{PREFIX}_{name.upper()}_"
    given = {part: environment.get(begin + part, "").strip() for part in _PARTS}
    if missing := [begin + part for part in ("ISSUER", "CLIENT_ID") if not given[part]]:
        raise ValueError(f"{' and '.join(missing)} is missing: the provider shows it where you registered this address")
    if bool(given["SECRET"]) == bool(given["SECRET_FILE"]):
        raise ValueError(f"give either {begin}SECRET_FILE, a file that holds the secret, or {begin}SECRET")
    _refuse_issuer(given["ISSUER"], f"{begin}ISSUER")
    domains = frozenset(each.strip().lower() for each in given["DOMAINS"].split(",") if each.strip())
    if wrong := sorted(each for each in domains if not _DOMAIN.match(each)):
        raise ValueError(f"{begin}DOMAINS holds {wrong[0]!r}; write the part behind the @, like contoso.example")
    if given["MFA"] and not _MFA.match(given["MFA"]):
        raise ValueError(f"{begin}MFA must be amr:VALUE or acr:VALUE, like amr:mfa")
    claim, _, value = given["MFA"].partition(":")
    return Provider(
        name=name,
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        label=given["LABEL"][:60] or name.capitalize(),
        domains=domains,
        mfa=(claim, value) if value else None,
        secret=given["SECRET"],
        secret_file=Path(given["SECRET_FILE"]) if given["SECRET_FILE"] else None,
    )


def _refuse_issuer(issuer: str, key: str) -> None:
    try:
        parts = urlsplit(issuer)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not issuer.isascii() or not issuer.isprintable() or len(issuer) > LONGEST:
        raise ValueError(f"{key} is {issuer!r}, which is no address")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise ValueError(f"{key} is {issuer}: it must begin with https://")
    if parts.query or parts.fragment or parts.username:
        raise ValueError(f"{key} is {issuer}: an issuer has no ?, no # and no user in it")
