"""Erase what an entry says in words, and say so in the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from quietmonday.journal.actions.append import Event, append_many
from quietmonday.journal.logic.verification import ERASED_SUBJECT, ERASED_VERB
from quietmonday.journal.models import ChainKind, Entry, Payload
from quietmonday.kit.actors import Actor

UNTOUCHED: Mapping[str, Any] = {}
"""Of a `Rest`: nothing in this entry goes."""

Rest = Callable[[Entry, Mapping[str, Any]], Mapping[str, Any] | None]
"""What may stay of what an entry said, given the entry and its body: None for nothing. The actor's name goes too."""


def nothing_stays(entry: Entry, body: Mapping[str, Any]) -> None:
    """Return None: the whole body goes."""


def erase_payload(*, entry: Entry, actor: Actor, reason: str, now: dt.datetime) -> list[Entry]:
    """Erase salt, actor's name and body of `entry`, in every chain that tells of its event; return the erasing entries.

    Each chain gets an entry of its own that says who erased what, when and why, so the seals go on fitting.
    What was erased before stays as it is. `reason` is kept: put no personal data into it.
    """
    return erase_payloads(entries=[entry], actor=actor, reason=reason, now=now)


@transaction.atomic
def erase_payloads(
    *,
    entries: Sequence[Entry],
    actor: Actor,
    reason: str,
    now: dt.datetime,
    rest: Rest = nothing_stays,
    also: Sequence[Event] = (),
) -> list[Entry]:
    """Do for many entries what `erase_payload` does for one; return the erasing entries.

    What `rest` leaves of a body is written into the erasing entry, and so is sealed anew: a text may stay provable
    when the name beside it goes. `also` is told in the same breath: the heads are locked once.
    """
    # Payload rows first, chain heads last: the order of every other writer.
    doomed = [each for start in range(0, len(entries), _AT_ONCE) for each in _said(entries[start : start + _AT_ONCE])]
    once = {told.pk: (told, of, body) for told, of, body in doomed}
    left = [(told, rest(of, body)) for told, of, body in once.values()]
    left = [(told, stays) for told, stays in left if stays is not UNTOUCHED]
    erasing = append_many([_erasure_of(told.entry, actor, reason, now, stays) for told, stays in left] + list(also))
    erasing = erasing[: len(left)]
    for (payload, _stays), said in zip(left, erasing, strict=True):
        payload.salt, payload.actor_name, payload.body, payload.erasure = "", "", None, said
        payload.save()
    return erasing


_AT_ONCE = 100  # conditions in one query: SQLite nests no deeper than a thousand


def _said(entries: Sequence[Entry]) -> Iterator[tuple[Payload, Entry, Mapping[str, Any]]]:
    """Yield (payload, entry it tells of, body) for what these entries say in any chain. What an earlier erasure left
    of one stands in the erasing entry, and is told from there."""
    same = Q(pk__in=[])
    for entry in entries:
        same |= Q(entry__subject_id=entry.subject_id, entry__event_id=entry.event_id)
    locked = Payload.objects.select_for_update(of=("self",)).select_related("entry__chain").order_by("entry_id")
    at_hand = [(payload, payload.entry) for payload in locked.filter(same)]
    while at_hand:
        gone = {payload.erasure_id: of for payload, of in at_hand if payload.erasure_id is not None}
        for payload, of in at_hand:
            body = payload.body
            if body is None:
                continue
            if payload.entry_id == of.pk:
                yield payload, of, body
            elif "stays" in body:
                yield payload, of, body["stays"]
        at_hand = [(payload, gone[payload.entry_id]) for payload in locked.filter(entry__in=gone)] if gone else []


def _erasure_of(entry: Entry, actor: Actor, reason: str, now: dt.datetime, stays: Mapping[str, Any] | None) -> Event:
    chain = entry.chain
    return Event(
        verb=ERASED_VERB,
        actor=actor,
        business_id=chain.business_id,
        engagement_ids=[chain.engagement_id] if chain.kind == ChainKind.ENGAGEMENT and chain.engagement_id else [],
        subject=(ERASED_SUBJECT, entry.id),
        payload={"reason": reason, "seq": entry.seq, **({} if stays is None else {"stays": stays})},
        occurred_at=now,
        recorded_at=now,
    )
