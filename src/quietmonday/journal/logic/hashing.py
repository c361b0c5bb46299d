"""What an entry's hash covers. Changing anything here needs a new `FORMAT`, and the old one kept for old entries."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import secrets
import uuid
from typing import Any

from quietmonday.journal.logic.canonical import canonical, moment

FORMAT = 1


@dataclasses.dataclass(frozen=True, slots=True)
class EntryFacts:
    """Everything that the hash of an entry covers. Names and texts are in the payload, here only its commitment."""

    id: uuid.UUID
    chain_id: uuid.UUID
    seq: int
    event_id: uuid.UUID
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    clock_quality: str
    verb: str
    actor_id: uuid.UUID | None
    actor_kind: str
    subject_kind: str
    subject_id: uuid.UUID
    business_id: uuid.UUID | None
    commitment: str
    previous_hash: str


def entry_hash(facts: EntryFacts) -> str:
    """Return the SHA-256 (hex) of the canonical form of `facts`."""
    return _sha256(
        {
            "format": FORMAT,
            "id": str(facts.id),
            "chain": str(facts.chain_id),
            "seq": facts.seq,
            "event": str(facts.event_id),
            "occurred_at": moment(facts.occurred_at),
            "recorded_at": moment(facts.recorded_at),
            "clock_quality": facts.clock_quality,
            "verb": facts.verb,
            "actor": _text(facts.actor_id),
            "actor_kind": facts.actor_kind,
            "subject_kind": facts.subject_kind,
            "subject": str(facts.subject_id),
            "business": _text(facts.business_id),
            "commitment": facts.commitment,
            "previous": facts.previous_hash,
        }
    )


def commitment(*, salt: str, actor_name: str, body: Any) -> str:
    """Return SHA-256 (hex) over salt (hex) and canonical payload: it binds, and tells nothing once the salt is gone."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical({"actor_name": actor_name, "body": body})).hexdigest()


def genesis_hash(
    *, chain_id: uuid.UUID, kind: str, business_id: uuid.UUID | None, engagement_id: uuid.UUID | None
) -> str:
    """Return what the first entry of a chain points to: the chain's identity, so that a chain cannot be relabelled."""
    return _sha256(
        {
            "format": FORMAT,
            "chain": str(chain_id),
            "kind": kind,
            "business": _text(business_id),
            "engagement": _text(engagement_id),
        }
    )


def new_salt() -> str:
    """Return 128 random bits as hex; every entry has its own, so that equal payloads do not look equal."""
    return secrets.token_hex(16)


def _text(some_id: uuid.UUID | None) -> str | None:
    return None if some_id is None else str(some_id)


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
