"""Codes of an app (TOTP), codes on paper, and what a browser is called."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import secrets

import pyotp

STEP_SECONDS = 30
STEPS_AROUND = 1  # a clock may be half a minute off
RECOVERY_CODES = 10

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else: 32, so 5 bits each
_GROUP, _GROUPS = 4, 3


def new_seed() -> str:
    """Return the seed of a code app: 160 random bits in base32."""
    return pyotp.random_base32()


def address_of_seed(seed: str, account: str) -> str:
    """Return what the app reads from the square."""
    return pyotp.TOTP(seed, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name="Quiet Monday")


def step_of_code(seed: str, typed: str, now: dt.datetime) -> int | None:
    """Return the half minute since 1970 whose code (RFC 6238) `typed` is, of those around `now`; None if of none."""
    digits = re.sub(r"\s", "", typed)
    app = pyotp.TOTP(seed, interval=STEP_SECONDS)
    here = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(here - STEPS_AROUND, here + STEPS_AROUND + 1):  # all of them, so that time tells nothing
        if hmac.compare_digest(app.generate_otp(step).encode(), digits.encode("utf-8", "replace")):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Return fresh codes for paper, each of 60 random bits, as people copy them: ABCD-EFGH-JKLM."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def plain_recovery_code(typed: str) -> str | None:
    """Return the one spelling of a typed code for paper; None if it cannot be one."""
    plain = "".join(char for char in typed.upper() if char in _ALPHABET)
    return plain if len(plain) == _GROUP * _GROUPS else None


_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_in_words(user_agent: str) -> str:
    """Return "Firefox, Windows" as well as a User-Agent header tells it; "" when it tells nothing. For people only:
    anybody can send anything there."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)
