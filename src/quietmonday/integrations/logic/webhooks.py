"""Webhooks: which events there are, how a delivery is signed, when it is tried again, when that ends."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Collection

EVENTS = (
    "ticket.opened",
    "ticket.said_to_supplier",
    "ticket.said_to_customer",
    "ticket.noted",
    "ticket.promised",
    "ticket.paused",
    "ticket.unpaused",
    "ticket.assigned",
    "ticket.prioritised",
    "ticket.involved",
    "ticket.resolved",
    "ticket.fixed_permanently",
    "ticket.reopened",
    "ticket.set_aside",
    "ticket.repeated",
    "ticket.answered",
    "ticket.disputed",
    "statement.frozen",
)
"""Verbs of the journal that a webhook may be told of."""

ONLY_SUPPLIERS = frozenset({"ticket.noted"})
"""What a business never hears of: notes are their supplier's."""

TEST = "test"
SECRET_PREFIX = "whsec_"  # noqa: S105  # how every secret of this kind begins

SECONDS = 10
"""For one delivery, from looking up the name to the last byte of the answer."""

GIVEN_UP_AFTER = dt.timedelta(days=3)
PAUSED_AFTER = dt.timedelta(days=3)
KEPT = dt.timedelta(days=30)
CLAIMED = dt.timedelta(seconds=60)

_DELAYS = (
    *(dt.timedelta(seconds=10), dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=20)),
    *(dt.timedelta(hours=1), dt.timedelta(hours=2), dt.timedelta(hours=4), dt.timedelta(hours=8)),
)


def events_of(chosen: Collection[str], *, supplier: bool) -> list[str]:
    """Return the events among `chosen` that there are for this side, in our order."""
    return [each for each in EVENTS if each in chosen and (supplier or each not in ONLY_SUPPLIERS)]


def new_secret() -> str:
    """Return a fresh secret, as receivers keep it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """Return the signature of a delivery by the Standard Webhooks scheme: HMAC-SHA256 over id, seconds and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def next_try(failures: int, now: dt.datetime) -> dt.datetime:
    """Return when to ask a receiver again that has failed so often in a row (1 or more)."""
    return now + _DELAYS[min(failures, len(_DELAYS)) - 1]
