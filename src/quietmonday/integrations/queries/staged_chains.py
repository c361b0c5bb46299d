"""Is the journal in a file whole, does it carry on the one that is here?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import uuid
from collections.abc import Iterator
from typing import Any

from quietmonday.integrations.queries.staging import staged_rows
from quietmonday.journal.logic.hashing import EntryFacts, genesis_hash
from quietmonday.journal.logic.verification import NOTES, ChainCheck, Erasure, StoredEntry, StoredPayload
from quietmonday.journal.models import Chain
from quietmonday.kit.sentences import Finding

_FACTS = (
    *("id", "chain_id", "seq", "event_id", "occurred_at", "recorded_at", "clock_quality", "verb", "actor_id"),
    *("actor_kind", "subject_kind", "subject_id", "business_id", "commitment", "previous_hash"),
)
_ENTRY = ", ".join(f"e.{name}" for name in (*_FACTS, "hash"))
_PAYLOAD = "p.entry_id, p.salt, p.actor_name, p.body, p.erasure_id"
_JOINED = "FROM staged_journal_entry e LEFT JOIN staged_journal_payload p ON p.entry_id = e.id"


@dataclasses.dataclass(frozen=True, slots=True)
class ChainInFile:
    """One chain, as its own row in the file has it."""

    id: uuid.UUID
    kind: str
    engagement_id: uuid.UUID | None
    count: int
    head_hash: str


def chains_in_file() -> list[ChainInFile]:
    """Return the chains of the file."""
    rows = staged_rows("SELECT id, kind, engagement_id, count, head_hash FROM staged_journal_chain ORDER BY id")
    return [ChainInFile(_required(a), b, _uuid(c), d, e) for a, b, c, d, e in rows]


def damage_in(chain: ChainInFile, business: uuid.UUID) -> Iterator[Finding]:
    """Yield what is wrong with a chain of the file: every entry is hashed anew, and every seal of it compared."""
    params = [chain.id.hex]
    seals = list(
        staged_rows("SELECT week, count, head_hash FROM staged_journal_seal WHERE chain_id = %s ORDER BY week", params)
    )
    engagement = chain.engagement_id
    genesis = genesis_hash(chain_id=chain.id, kind=chain.kind, business_id=business, engagement_id=engagement)
    check = ChainCheck(business_id=business, genesis=genesis, watch={count for _, count, _ in seals})
    for row in staged_rows(
        f"SELECT {_ENTRY}, {_PAYLOAD} {_JOINED} WHERE e.chain_id = %s ORDER BY e.seq",
        params,
    ):
        yield from (finding for finding in check.feed(_entry(row)) if finding.rule not in NOTES)
    yield from check.finish(count=chain.count, head_hash=chain.head_hash)
    for week, count, head_hash in seals:
        if check.heads.get(count) != head_hash:
            yield Finding("journal.stored_seal_differs", {"week": week, "count": count})


def went_on_here(business: uuid.UUID) -> list[str]:
    """Return, in words, the chains here that the file does not carry on: something was written here since."""
    in_file = {chain.id: chain for chain in chains_in_file()}
    said = []
    for chain in Chain.objects.filter(business_id=business).order_by("id"):
        theirs = in_file.get(chain.id)
        if theirs is None:
            said.append(f"chain {chain.id} is not in the file")
        elif chain.count and _hash_at(chain.id, chain.count) != chain.head_hash:
            had = min(chain.count, theirs.count)
            said.append(
                f"chain {chain.id} has {chain.count} entries here and is another one after entry {had} or before"
            )
    return said


def heads_here(business: uuid.UUID) -> dict[uuid.UUID, tuple[int, str]]:
    """Return chain → its length and head, as they are here."""
    rows = Chain.objects.filter(business_id=business).values_list("id", "count", "head_hash")
    return {ref: (count, head) for ref, count, head in rows}


def _hash_at(chain: uuid.UUID, seq: int) -> str | None:
    found = staged_rows("SELECT hash FROM staged_journal_entry WHERE chain_id = %s AND seq = %s", [chain.hex, seq])
    return next((str(row[0]) for row in found), None)


def _entry(row: tuple[Any, ...]) -> StoredEntry:
    facts, (own_hash, entry_id, salt, name, body, erasure_id) = row[: len(_FACTS)], row[len(_FACTS) :]
    payload = None
    if entry_id is not None:
        erasure = _erasure(erasure_id) if erasure_id is not None else None
        payload = StoredPayload(salt=salt, actor_name=name, body=_json(body), erasure=erasure)
    return StoredEntry(facts=_facts(facts), hash=own_hash, payload=payload)


def _erasure(entry_id: Any) -> Erasure:
    row = next(staged_rows(f"SELECT {_ENTRY}, {_PAYLOAD} {_JOINED} WHERE e.id = %s", [entry_id]))
    body = _json(row[-2])
    whole = row[-1] is None and isinstance(body, dict)
    return Erasure(
        facts=_facts(row[: len(_FACTS)]),
        actor_name=row[-3] if whole else None,
        reason=str(body.get("reason")) if whole else None,
    )


def _facts(values: tuple[Any, ...]) -> EntryFacts:
    told = dict(zip(_FACTS, values, strict=True))
    for name in ("id", "event_id", "subject_id"):
        told[name] = _uuid(told[name])
    for name in ("chain_id", "actor_id", "business_id"):
        told[name] = _usual_uuid(told[name])
    for name in ("occurred_at", "recorded_at"):
        told[name] = _moment(told[name])
    return EntryFacts(**told)


def _uuid(value: Any) -> uuid.UUID | None:
    return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


_usual_uuid = functools.lru_cache(maxsize=1024)(_uuid)
"""For ids of which a chain has few, and a million entries each of them."""


def _required(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _moment(value: Any) -> dt.datetime:
    at = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
