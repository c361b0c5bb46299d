"""Write what happened into the chains that it concerns, in the caller's transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from quietmonday.journal.logic.canonical import as_payload
from quietmonday.journal.logic.hashing import commitment, entry_hash, new_salt
from quietmonday.journal.models import Chain, ChainKind, Entry, Payload
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.ids import new_id
from quietmonday.kit.records import CrossBusinessReference, unsaved, write_new
from quietmonday.kit.text import clean_line

_WORD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

Subject = tuple[str, uuid.UUID]
_Key = tuple[str, uuid.UUID | None, uuid.UUID | None]  # kind, business, engagement


class NotInTransaction(RuntimeError):
    """An entry is written in the transaction of the change that it tells of, and there was none."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, as `append` takes it."""

    verb: str  # permanent name, area.past_tense: support.promise_made
    actor: Actor
    business_id: uuid.UUID | None
    engagement_ids: Sequence[uuid.UUID]
    subject: Subject
    payload: Mapping[str, Any]
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    clock_quality: ClockQuality = ClockQuality.EXACT


Listener = Callable[[Event, Sequence[Entry]], None]
"""Told of one event with its entries, in the transaction that wrote it: a row of what must happen next, and no more."""

_listeners: list[Listener] = []


def register_listener(listener: Listener) -> None:
    """Have `append` and `append_told` tell `listener` of each event; an area does so when Django starts. `append_many`
    tells nobody: what an import or an erasure writes by the thousand is read from the record."""
    if listener not in _listeners:
        _listeners.append(listener)


def append(
    *,
    verb: str,
    actor: Actor,
    business_id: uuid.UUID | None,
    engagement_ids: Sequence[uuid.UUID],
    subject: Subject,
    payload: Mapping[str, Any],
    occurred_at: dt.datetime,
    recorded_at: dt.datetime,
    clock_quality: ClockQuality = ClockQuality.EXACT,
) -> list[Entry]:
    """Write one event; return its entries, one for each chain.

    Chains: one for each engagement; without engagements the business's private one; without a business the
    installation's. `payload` holds text, whole numbers, ids, moments, lists and mappings; no floats.
    Call it last in the action's transaction, and once: it holds the chains' head rows until the commit.
    Several events in one transaction go through `append_told`, which locks all heads in one order.
    Raises NotInTransaction, NotCanonical (payload), CrossBusinessReference (engagement known for another business).
    """
    event = Event(
        verb=verb,
        actor=actor,
        business_id=business_id,
        engagement_ids=engagement_ids,
        subject=subject,
        payload=payload,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        clock_quality=clock_quality,
    )
    return append_told([event])


def append_told(events: Sequence[Event]) -> list[Entry]:
    """Write `events` in their order, as `append_many`, and tell the listeners of each; return the entries."""
    entries = append_many(events)
    by_event = itertools.groupby(entries, key=lambda entry: entry.event_id)
    for event, (_id, own) in zip(events, by_event, strict=True):
        told = list(own)
        for listen in _listeners:
            listen(event, told)
    return entries


def append_many(events: Sequence[Event]) -> list[Entry]:
    """Write `events` in their order, telling no listener; return the entries. An import calls it once a chunk.

    Queries: 1 for the heads (3 for new ones), 1 for each chain, 2 for all entries.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("append writes in the transaction of the change it tells of: open one")
    if not events:
        return []
    chains = _locked_chains({key for event in events for key in _keys(event)})
    written = []
    for event in events:
        event_id, name, body = new_id(), clean_line(event.actor.name, 200), as_payload(event.payload)
        written += [_next_entry(chains[key], event, event_id, name, body) for key in _keys(event)]
    write_new(written)
    write_new([entry.payload for entry in written])
    for chain in chains.values():
        Chain.objects.filter(pk=chain.pk).update(count=chain.count, head_hash=chain.head_hash)
    return written


def hold_chains(events_of: Iterable[tuple[uuid.UUID, Sequence[uuid.UUID]]]) -> None:
    """Lock the chains of several (business, its engagements) at once, for verbs that then append one after the other.

    Each of them locks what it writes to; without this, two transactions of several verbs could wait for each other.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("chains are held until a transaction ends: open one")
    keys: set[_Key] = set()
    for business_id, engagement_ids in events_of:
        keys |= {(ChainKind.ENGAGEMENT.value, business_id, each) for each in engagement_ids}
        if not engagement_ids:
            keys.add((ChainKind.BUSINESS.value, business_id, None))
    if keys:
        _locked_chains(keys)


def _keys(event: Event) -> list[_Key]:
    """Return the chains that tell of `event`; refuse what no chain could hold."""
    for word in (event.verb, event.subject[0], event.actor.kind):
        if not _WORD.fullmatch(word):
            raise ValueError(f"{word!r} is not a permanent name: lower case, digits, _ and dots")
    if event.business_id is None:
        if event.engagement_ids:
            raise ValueError("an engagement is of a business: pass its id")
        return [(ChainKind.INSTALLATION.value, None, None)]
    if not event.engagement_ids:
        return [(ChainKind.BUSINESS.value, event.business_id, None)]
    return [(ChainKind.ENGAGEMENT.value, event.business_id, each) for each in dict.fromkeys(event.engagement_ids)]


def _locked_chains(keys: set[_Key]) -> dict[_Key, Chain]:
    """Return the chain of each key, begun if new, its row locked until the commit.

    The rows are locked in the order of their ids, so that two transactions with common chains never wait for each
    other. On SQLite the transaction holds the only write lock anyway (IMMEDIATE).
    """
    found = _lock(keys)
    if missing := keys - found.keys():
        # Two transactions may begin the same chain at once: the unique index lets one in, the other finds its row.
        Chain.objects.bulk_create([_new_chain(key) for key in sorted(missing, key=str)], ignore_conflicts=True)
        found = _lock(keys)
    for _, business_id, engagement_id in keys - found.keys():
        raise CrossBusinessReference(
            f"engagement {engagement_id} has its chain with another business than {business_id}; nothing was written"
        )
    return found


def _lock(keys: set[_Key]) -> dict[_Key, Chain]:
    engagements = [key[2] for key in keys if key[2]]
    businesses = [key[1] for key in keys if key[1] and not key[2]]
    wanted = Q()
    if engagements:
        wanted |= Q(kind=ChainKind.ENGAGEMENT, engagement_id__in=engagements)
    if businesses:
        wanted |= Q(kind=ChainKind.BUSINESS, business_id__in=businesses)
    if any(key[1] is None for key in keys):
        wanted |= Q(kind=ChainKind.INSTALLATION)
    rows = Chain.objects.filter(wanted).order_by("id").select_for_update(no_key=True)
    return {(row.kind, row.business_id, row.engagement_id): row for row in rows}


def _new_chain(key: _Key) -> Chain:
    kind, business_id, engagement_id = key
    chain = Chain(kind=kind, business_id=business_id, engagement_id=engagement_id)
    chain.head_hash = chain.genesis_hash
    return chain


def _next_entry(chain: Chain, event: Event, event_id: uuid.UUID, actor_name: str, body: Any) -> Entry:
    salt = new_salt()
    entry = unsaved(
        Entry,
        chain=chain,
        seq=chain.count + 1,
        event_id=event_id,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        clock_quality=event.clock_quality.value,
        verb=event.verb,
        actor_id=event.actor.id,
        actor_kind=event.actor.kind,
        subject_kind=event.subject[0],
        subject_id=event.subject[1],
        business_id=event.business_id,
        commitment=commitment(salt=salt, actor_name=actor_name, body=body),
        previous_hash=chain.head_hash,
    )
    entry.hash = entry_hash(entry.facts())
    payload = unsaved(Payload, entry=entry, salt=salt, actor_name=actor_name, body=body)
    entry._state.fields_cache["payload"] = payload
    chain.count, chain.head_hash = entry.seq, entry.hash
    return entry
