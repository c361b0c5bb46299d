"""Reads of the journal: entries, chains, seals, and the check of a chain."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from quietmonday.journal.logic.seal_text import SealText, seal_line
from quietmonday.journal.logic.verification import ChainCheck, Erasure, StoredEntry, StoredPayload
from quietmonday.journal.models import Chain, ChainKind, Entry, Payload, Seal
from quietmonday.kit.names import json_inside
from quietmonday.kit.records import Record, cross_checks
from quietmonday.kit.sentences import Finding

CHUNK = 500


class Unreadable(Exception):
    """A row that not even the database layer can read: somebody wrote past it."""


def entries_of(
    *, subject_id: uuid.UUID, business_id: uuid.UUID, engagement_ids: list[uuid.UUID] | None = None
) -> list[Entry]:
    """Return what happened to a subject, oldest first, each event once, with payloads (erased ones are empty).

    `engagement_ids` limits it to these engagements' chains (what a supplier may see); None: all of the business's.
    """
    entries = Entry.objects.filter(subject_id=subject_id, business_id=business_id).select_related("payload", "chain")
    if engagement_ids is not None:
        entries = entries.filter(chain__engagement_id__in=engagement_ids)
    once: dict[uuid.UUID, Entry] = {}
    for entry in entries.order_by("id"):
        once.setdefault(entry.event_id, entry)
    return list(once.values())


def entries_told(engagement_ids: Collection[uuid.UUID]) -> QuerySet[Chain, int]:
    """Return one number, as a subquery: how many entries the chains of these engagements hold. It only ever grows.

    While it is the same, nothing that a verb writes has changed there: pages that wait for news ask for nothing else.
    """
    # The word is written out, because SQLite does not match a parameter with the condition of a partial index.
    of_engagements = Q(kind=RawSQL("'engagement'", [], output_field=models.CharField()))
    chains = Chain.objects.filter(of_engagements, engagement_id__in=engagement_ids).order_by()
    return chains.values("kind").annotate(told=Sum("count")).values_list("told", flat=True)


def standing_bodies(entries: Sequence[Entry]) -> dict[uuid.UUID, Mapping[str, Any] | None]:
    """Return entry id → what still stands of its body, or in the entries that erased the rest of it; None for nothing.

    One query, and one more for each time that something was erased after an erasure.
    """
    ids = [entry.pk for entry in entries]
    bodies: dict[uuid.UUID, Mapping[str, Any] | None] = {}
    of = {pk: pk for pk in ids}
    while of:
        following: dict[uuid.UUID, uuid.UUID] = {}
        for payload in Payload.objects.filter(pk__in=list(of)):
            origin = of[payload.entry_id]
            if payload.erasure_id is not None:
                following[payload.erasure_id] = origin
            else:
                bodies[origin] = payload.body if payload.entry_id == origin else (payload.body or {}).get("stays")
        of = following
    return bodies


def entries_naming(*, business_id: uuid.UUID, person_ids: Collection[uuid.UUID], texts: Collection[str]) -> list[Entry]:
    """Return the entries of a business that these persons caused, or whose body holds one of `texts` somewhere, also
    those of which an erasure left something. It reads every body of the business: for what happens once in a while."""
    named = Q(actor_id__in=person_ids)
    for text in texts:
        named |= Q(told__contains=json_inside(text, connection.vendor))
    entries = Entry.objects.filter(chain__business_id=business_id)
    found = entries.annotate(told=Cast("payload__body", models.TextField())).filter(named)
    return list(found.select_related("payload", "chain").order_by("id"))


def chains_of(business_id: uuid.UUID) -> list[Chain]:
    """Return the chains of a business: one for each engagement, and its private one; those begun so far."""
    return list(Chain.objects.filter(business_id=business_id).order_by("id"))


def chain_of_engagement(engagement_id: uuid.UUID) -> Chain | None:
    """Return the chain of an engagement, None before its first entry."""
    return Chain.objects.filter(kind=ChainKind.ENGAGEMENT, engagement_id=engagement_id).first()


def last_seal(chain: Chain) -> Seal | None:
    """Return the newest seal of `chain`, None before its first one."""
    return Seal.objects.filter(chain=chain).order_by("-ends_at").first()


def text_of(seal: Seal) -> str:
    """Return the line of `seal` that goes by mail; `quietmonday verify --seal` takes it back."""
    return seal_line(
        SealText(chain_id=seal.chain_id, week=seal.week, zone=seal.zone, count=seal.count, head_hash=seal.head_hash)
    )


def check_chain(chain: Chain, mailed: list[SealText] | None = None) -> Iterator[Finding]:
    """Yield what is wrong or noteworthy in `chain`: its entries, its head, its stored seals, and `mailed` ones.

    Reads in chunks while others write; only the last few entries are read with the head locked.
    """
    mailed = mailed or []
    seals = list(Seal.objects.filter(chain=chain).order_by("ends_at"))
    watch = {seal.count for seal in seals} | {seal.count for seal in mailed}
    check = ChainCheck(business_id=chain.business_id, genesis=chain.genesis_hash, watch=watch)
    try:
        yield from _feed(check, chain)
        with transaction.atomic():
            current = Chain.objects.select_for_update(no_key=True).get(pk=chain.pk)
            rest = list(_feed(check, current))
        yield from rest
        yield from check.finish(count=current.count, head_hash=current.head_hash)
    except Unreadable as unreadable:
        yield Finding("journal.unreadable", {"after": check.last_seq, "why": str(unreadable)})
    for seal in seals:
        yield from _of_seal(check, seal, "journal.stored_seal_differs")
    stored = {(seal.week, seal.count, seal.head_hash) for seal in seals}
    for each in mailed:
        yield from _of_seal(check, each, "journal.mailed_seal_differs")
        if (each.week, each.count, each.head_hash) not in stored:
            yield Finding("journal.mailed_seal_not_stored", {"week": each.week})


def lost_chains() -> Iterator[Finding]:
    """Yield a finding for entries whose chain is gone (a database without foreign keys let it go)."""
    known = Chain.objects.values("id")
    for chain_id in Entry.objects.exclude(chain_id__in=known).order_by().values_list("chain_id", flat=True).distinct():
        yield Finding("journal.chain_lost", {"chain": str(chain_id)})


def cross_business_references(business_id: uuid.UUID | None) -> Iterator[Finding]:
    """Yield each reference from a row of one business to a row of another, over every table; None: all businesses."""
    for model in apps.get_models():
        if not issubclass(model, Record) or not _could_cross(model):
            continue
        keys = [field.attname for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
        rows: models.QuerySet[Any] = model._base_manager.only("pk", *keys).order_by(
            "pk"
        )  # never the raw mail beside the keys
        if business_id is not None:
            rows = rows.filter(business_id=business_id)
        for chunk in _chunks(rows):
            for row, name, target_id, theirs in cross_checks(chunk):
                ours = getattr(row, "business_id", None)
                if theirs is not None and theirs != ours:
                    yield Finding(
                        "records.other_business",
                        {
                            "table": model._meta.label,
                            "row": str(row.pk),
                            "business": str(ours),
                            "field": name,
                            "target": str(target_id),
                            "target_business": str(theirs),
                        },
                    )


def _feed(check: ChainCheck, chain: Chain) -> Iterator[Finding]:
    """Feed what comes after the last entry that was fed, chunk by chunk."""
    entries = Entry.objects.filter(chain=chain).order_by("seq").select_related("payload__erasure__payload")
    while chunk := _read(entries.filter(seq__gt=check.last_seq)[:CHUNK]):
        for entry in chunk:
            yield from check.feed(_stored(entry))


def _read(entries: models.QuerySet[Entry]) -> list[Entry]:
    """Return the rows; Unreadable for one whose JSON, id, moment or number is none (SQLite takes anything)."""
    try:
        rows = list(entries)
    except (ValueError, TypeError, AttributeError) as why:  # the last: Django on a moment that is none
        raise Unreadable(str(why)) from why
    for row in rows:
        stored: tuple[object, object, object] = (row.seq, row.occurred_at, row.recorded_at)
        if not isinstance(stored[0], int) or None in stored:
            raise Unreadable(f"number or times of entry {row.id}")
    return rows


def _stored(entry: Entry) -> StoredEntry:
    payload, stored = _payload(entry), None
    if payload is not None:
        erasure = _erasure(payload.erasure) if payload.erasure else None
        stored = StoredPayload(salt=payload.salt, actor_name=payload.actor_name, body=payload.body, erasure=erasure)
    return StoredEntry(facts=entry.facts(), hash=entry.hash, payload=stored)


def _erasure(entry: Entry) -> Erasure:
    payload = _payload(entry)
    known = payload is not None and payload.erasure_id is None
    return Erasure(
        facts=entry.facts(),
        actor_name=payload.actor_name if payload and known else None,
        reason=(payload.body or {}).get("reason") if payload and known else None,
    )


def _payload(entry: Entry) -> Payload | None:
    try:
        return entry.payload
    except Payload.DoesNotExist:
        return None


def _of_seal(check: ChainCheck, seal: Seal | SealText, rule: str) -> Iterator[Finding]:
    if check.fed < seal.count:
        yield Finding("journal.seal_counts_more", {"week": seal.week, "count": seal.count, "entries": check.fed})
    elif check.heads[seal.count] != seal.head_hash:
        yield Finding(rule, {"week": seal.week, "count": seal.count})


def _could_cross(model: type[models.Model]) -> bool:
    fields = model._meta.concrete_fields
    return any(f.name == "business" for f in fields) and any(
        isinstance(f, models.ForeignKey) and f.name != "business" for f in fields
    )


def _chunks(rows: models.QuerySet[Any]) -> Iterator[list[models.Model]]:
    """Yield the rows by key, a chunk at a time: SQLite would otherwise hold a read open, PostgreSQL a cursor."""
    last = None
    while chunk := list((rows if last is None else rows.filter(pk__gt=last))[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
