"""API tokens: how one looks, what it may do, for how long."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import zlib
from collections.abc import Collection

PREFIX = "qm_"
"""Programs that look for leaked secrets know a token of ours by it: qm_, 40 characters, 6 that check them."""

GROUPS = ("firms", "persons", "tickets", "statements", "inbox", "webhooks")
WRITABLE = frozenset({"persons", "tickets", "webhooks"})
SCOPES = tuple(f"{group}:{may}" for group in GROUPS for may in ("read", "write") if may == "read" or group in WRITABLE)
"""What a token may do, by group of nouns. None is an administrator's act."""

DAYS = (30, 90, 180, 365)
USUAL_DAYS = 90
LONGEST = dt.timedelta(days=365)
MOST = 20
"""So many tokens an account may have at once."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET, _CHECK = 40, 6
_FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECK}}})")


def new_token() -> str:
    """Return a fresh token of 238 random bits."""
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET))
    return f"{PREFIX}{secret}{_check_of(secret)}"


def is_token(text: str) -> bool:
    """Return whether `text` can be a token of ours: what is mistyped or made up costs no look-up."""
    found = _FORM.fullmatch(text)
    return found is not None and _check_of(found[1]) == found[2]


def hash_of(token: str) -> str:
    """Return what we keep of a token. Plain SHA-256: nobody guesses 238 bits, so nothing needs to be slow."""
    return hashlib.sha256(token.encode()).hexdigest()


def scopes_of(chosen: Collection[str]) -> list[str]:
    """Return the scopes among `chosen` that there are, in our order; who may write may read."""
    reads = {f"{scope.partition(':')[0]}:read" for scope in chosen if scope in SCOPES}
    return [scope for scope in SCOPES if scope in chosen or scope in reads]


def _check_of(secret: str) -> str:
    number, digits = zlib.crc32(secret.encode()), ""
    for _ in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
