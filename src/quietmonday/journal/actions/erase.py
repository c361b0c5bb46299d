"""Erase what an entry says in words, and say so in the chain."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions.append import Event, append_many
from quietmonday.journal.logic.verification import ERASED_SUBJECT, ERASED_VERB
from quietmonday.journal.models import ChainKind, Entry, Payload
from quietmonday.kit.actors import Actor


@transaction.atomic
def erase_payload(*, entry: Entry, actor: Actor, reason: str, now: dt.datetime) -> list[Entry]:
    """Erase salt, actor's name and body of `entry`, in every chain that tells of its event; return the erasing entries.

    Each chain gets an entry of its own that says who erased what, when and why, so the seals go on fitting.
    What was erased before stays as it is. `reason` is kept: put no personal data into it.
    """
    # Payload rows first, chain heads last: the order of every other writer.
    payloads = list(
        Payload.objects.select_for_update(of=("self",))
        .filter(entry__subject_id=entry.subject_id, entry__event_id=entry.event_id, erasure=None)
        .select_related("entry__chain")
        .order_by("entry_id")
    )
    erasing = append_many([_erasure_of(payload.entry, actor, reason, now) for payload in payloads])
    for payload, said in zip(payloads, erasing, strict=True):
        payload.salt, payload.actor_name, payload.body, payload.erasure = "", "", None, said
        payload.save()
    return erasing


def _erasure_of(entry: Entry, actor: Actor, reason: str, now: dt.datetime) -> Event:
    chain = entry.chain
    return Event(
        verb=ERASED_VERB,
        actor=actor,
        business_id=chain.business_id,
        engagement_ids=[chain.engagement_id] if chain.kind == ChainKind.ENGAGEMENT and chain.engagement_id else [],
        subject=(ERASED_SUBJECT, entry.id),
        payload={"reason": reason, "seq": entry.seq},
        occurred_at=now,
        recorded_at=now,
    )
