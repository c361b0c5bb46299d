"""Whatever comes in is kept raw first; then somebody looks at it."""

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from quietmonday.kit.faults import reached
from quietmonday.kit.records import unsaved, write_new
from quietmonday.kit.text import clean_line
from quietmonday.outbox.actions import put, put_many
from quietmonday.people.models import Business, Supplier
from quietmonday.post.logic.mail.copies import likeness
from quietmonday.post.models import InboxItem, InboxState, Mailbox, RawBytes

MAX_RAW_BYTES = 50 * 1024 * 1024
ASKS = frozenset({"unknown_sender", "doubted", "several_suppliers"})  # kept, until somebody says what to do


def keep_raw(
    *,
    data: bytes,
    source: str,
    origin: str,
    now: dt.datetime,
    business: Business | None = None,
    supplier: Supplier | None = None,
    mailbox: Mailbox | None = None,
    name: str = "",
    params: dict[str, Any] | None = None,
    then: str = "support.take_in",
    size: int | None = None,
) -> tuple[InboxItem, bool]:
    """Store `data` as it came; return (item, whether it is new). `then` is the topic that looks at it.

    The same `origin` comes back as the same item, however often it is handed in; so do the same bytes out of one
    mailbox, in whichever of its folders they lie.
    Bytes beyond MAX_RAW_BYTES are refused by name, not stored: the item says so and keeps what identifies it. `size`:
    of the whole, where `data` is only its beginning because the whole is too large.
    """
    digest = hashlib.sha256(data).hexdigest()
    size = len(data) if size is None else size
    too_large = size > MAX_RAW_BYTES
    same = Q(origin=origin) | Q(mailbox=mailbox, sha256=digest, size=size) if mailbox else Q(origin=origin)
    found = InboxItem.objects.filter(same).first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            item = InboxItem.objects.create(
                business=business,
                supplier=supplier,
                mailbox=mailbox,
                source=source,
                origin=origin,
                name=clean_line(name),
                sha256=digest,
                likeness="" if source == "file" else likeness(data),
                size=size,
                received_at=now,
                params=params or {},
                state=InboxState.KEPT if too_large else InboxState.WAITING,
                rule="too_large" if too_large else "",
                looked_at=now if too_large else None,
            )
            if not too_large:
                RawBytes.objects.create(item=item, data=data)
                put(
                    topic=then,
                    ids={"item": str(item.id)},
                    now=now,
                    key=f"{then}:{item.id}",
                    business_id=business.id if business else None,
                )
            reached("post.keep.before_commit")
    except IntegrityError:
        # Another reader was quicker with the same origin.
        return InboxItem.objects.get(origin=origin), False
    return item, True


def mark_taken(*, item: InboxItem, outcome_id: uuid.UUID, business: Business, rule: str, now: dt.datetime) -> None:
    """The item became (part of) `outcome_id`; runs in the transaction that made it so."""
    note_taken(item=item, outcome_id=outcome_id, business=business, rule=rule, now=now)
    item.save(update_fields=["state", "outcome_id", "rule", "looked_at", "business", "sender", "subject", "asks_at"])


def mark_kept(*, item: InboxItem, rule: str, params: dict[str, Any], now: dt.datetime) -> None:
    """The item became nothing, for the reason `rule`; its bytes stay."""
    note_kept(item=item, rule=rule, params=params, now=now)
    item.save(update_fields=["state", "rule", "params", "looked_at", "business", "sender", "subject", "asks_at"])


def note_taken(*, item: InboxItem, outcome_id: uuid.UUID, business: Business, rule: str, now: dt.datetime) -> None:
    """Do what `mark_taken` does, without writing: a chunk of items is written at once (fields DECIDED)."""
    item.state, item.outcome_id, item.rule, item.looked_at = InboxState.TAKEN, outcome_id, rule, now
    item.business, item.asks_at = business, None


def note_kept(*, item: InboxItem, rule: str, params: dict[str, Any], now: dt.datetime) -> None:
    """Do what `mark_kept` does, without writing."""
    item.state, item.rule, item.looked_at = InboxState.KEPT, rule, now
    item.params = {**item.params, **params}
    item.asks_at = item.received_at if rule in ASKS else None


DECIDED = ("state", "outcome_id", "rule", "params", "looked_at", "business", "sender", "subject", "asks_at")
"""What a decision about an item changes."""


@dataclasses.dataclass(frozen=True, slots=True)
class Raw:
    """Something to keep: its bytes, the name it came under, and what makes it the same when it comes again."""

    data: bytes
    name: str
    origin: str


@transaction.atomic
def keep_many(
    *,
    raws: Sequence[Raw],
    source: str,
    now: dt.datetime,
    business: Business,
    supplier: Supplier,
    params: dict[str, Any],
    then: str = "support.take_in",
) -> tuple[list[InboxItem], int]:
    """Do what `keep_raw` does for a chunk, in one transaction; return the items in order, and how many are new.

    Raises IntegrityError if another process kept one of them at the same moment: then nothing of the chunk is kept.
    """
    by_origin: dict[str, Raw] = {}
    for raw in raws:
        by_origin.setdefault(raw.origin, raw)
    found = {item.origin: item for item in InboxItem.objects.filter(origin__in=by_origin)}
    new = [
        unsaved(
            InboxItem,
            business=business,
            supplier=supplier,
            source=source,
            origin=raw.origin,
            name=clean_line(raw.name),
            sha256=hashlib.sha256(raw.data).hexdigest(),
            size=len(raw.data),
            received_at=now,
            params=dict(params),
            state=InboxState.KEPT if len(raw.data) > MAX_RAW_BYTES else InboxState.WAITING,
            rule="too_large" if len(raw.data) > MAX_RAW_BYTES else "",
            looked_at=now if len(raw.data) > MAX_RAW_BYTES else None,
        )
        for raw in by_origin.values()
        if raw.origin not in found
    ]
    waiting = [item for item in new if item.state == InboxState.WAITING]
    write_new(new)
    write_new([unsaved(RawBytes, item=item, data=by_origin[item.origin].data) for item in waiting])
    put_many(
        topic=then,
        ids=[{"item": str(item.id)} for item in waiting],
        keys=[f"{then}:{item.id}" for item in waiting],
        now=now,
        business_id=business.id,
    )
    reached("post.keep.before_commit")
    found |= {item.origin: item for item in new}
    return [found[origin] for origin in by_origin], len(new)
