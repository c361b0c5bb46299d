"""Two entries that are one person: what points at one comes to point at the other, and goes back if that was wrong."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models, transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.outbox.actions import put
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Address, MovedReference, Person, PersonMerge
from quietmonday.people.queries import is_named_and_only_reads
from quietmonday.people.queries.merging import Reference, merges_into, misfit, person_references

AT_ONCE = 500  # rows in memory
GATHERED_AFTER = dt.timedelta(minutes=10)
"""Whatever somebody was writing of the merged person while we merged has been written by then."""

FIRST = "people.Address.is_first"
"""The place under which is kept that an address was the first of the merged person."""


@transaction.atomic
def merge_persons(*, kept: Person, merged: Person, actor: Actor, now: dt.datetime) -> PersonMerge:
    """Make two entries of one person one: all that points at `merged` points at `kept` from now on; return the merge.

    What is written of `kept` (name, job, phone) stays as it is. An address that both have stays where it is. The
    journal's earlier entries keep their ids.
    Raises Refused: oneself, other_place, erased, merged_already, two_logins (both sign in, each with an account of
    its own), both_named (they are owner and stand-in of one relationship), named_reads (the one would answer for a
    supplier and only read).
    """
    one, other = _locked(kept, merged)
    why = misfit(one, other, now)
    if why is not None:
        raise Refused(why)
    merge = PersonMerge.objects.create(
        business_id=one.business_id, kept=one, merged=other, merged_at=now, by_name=actor.name
    )
    counts = _move(merge)
    other.merged_into = one
    other.save(update_fields=["merged_into"])
    if is_named_and_only_reads(one, now):
        raise Refused("named_reads")
    put(
        topic="people.gather_merged",
        ids={"merge": str(merge.pk)},
        now=now,
        due_at=now + GATHERED_AFTER,
        business_id=one.business_id,
    )
    _tell("person.merged", merge, actor, now, counts)
    return merge


@transaction.atomic
def undo_merge(*, merge: PersonMerge, actor: Actor, now: dt.datetime) -> PersonMerge:
    """Make them two again: what moved and still points at the kept one goes back, what came since stays. Twice is once.

    Raises Refused: erased (there is nobody to give it back to), merged_since (the kept one was merged into somebody
    else after that: undo that first), named_reads (one of the two would answer for a supplier and only read).
    """
    row = PersonMerge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        return row
    kept, merged = _locked(row.kept, row.merged)
    if kept.erased_at or merged.erased_at:
        raise Refused("erased")
    if kept.merged_into_id:
        raise Refused("merged_since")
    counts = _move_back(row)
    row.moved.all().delete()
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    for other in merges_into(kept):  # of an address that two of them had, one stayed behind
        _move(other)
    for person in (kept, merged):
        _give_a_first(person)
        if is_named_and_only_reads(person, now):
            raise Refused("named_reads")
    _tell("person.unmerged", row, actor, now, counts)
    return row


@transaction.atomic
def gather_merged(*, merge_id: uuid.UUID, now: dt.datetime) -> None:
    """Move what somebody wrote of the merged person while they were being merged: whoever had read the row before our
    commit could point at it after. Finding nothing, it says nothing."""
    merge = PersonMerge.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    if merge is None:
        return
    kept, _merged = _locked(merge.kept, merge.merged)
    if kept.erased_at:
        return
    counts = _move(merge)
    if counts:
        _tell("person.merged", merge, SYSTEM, now, counts)


def _locked(kept: Person, merged: Person) -> tuple[Person, Person]:
    rows = {
        row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[kept.pk, merged.pk]).order_by("pk")
    }
    return rows[kept.pk], rows[merged.pk]


def _move(merge: PersonMerge) -> Counter[str]:
    """Point at the kept person what points at the merged one, and keep what that was; return how much, by place."""
    counts: Counter[str] = Counter()
    has_first = Address.objects.filter(person=merge.kept_id, is_first=True).exists()
    known = set(Address.objects.filter(person=merge.kept_id).values_list("email", flat=True))
    for reference in person_references():
        rows = reference.pointing_at(merge.merged_id)
        if reference.model is Address:
            rows = rows.exclude(email__in=known)
            if has_first:
                _step_down(merge, rows)
        for chunk in _chunks(reference, list(rows.order_by("pk").values_list("pk", flat=True))):
            _point(reference, chunk, merge.kept_id)
            _remember(merge, reference.place, [row.pk for row in chunk])
            counts[reference.place] += len(chunk)
    return counts


def _move_back(merge: PersonMerge) -> Counter[str]:
    """Point at the merged person again what moved, still is there, and still points at the kept one."""
    counts: Counter[str] = Counter()
    moved: dict[str, list[uuid.UUID]] = {}
    for place, row in merge.moved.order_by("pk").values_list("place", "row"):
        moved.setdefault(place, []).append(row)
    for reference in person_references():
        for chunk in _chunks(reference, moved.get(reference.place, [])):
            still = [row for row in chunk if getattr(row, reference.field.attname) == merge.kept_id]
            _point(reference, still, merge.merged_id)
            counts[reference.place] += len(still)
    back = Address.objects.filter(pk__in=moved.get(FIRST, []), person=merge.merged_id)
    back.update(is_first=True)
    return +counts


def _chunks(reference: Reference, refs: Sequence[uuid.UUID]) -> Iterator[list[Any]]:
    """Yield rows by their ids, with no columns but those that point somewhere: a message may be long."""
    fields = reference.model._meta.concrete_fields
    keys = [field.name for field in fields if isinstance(field, models.ForeignKey)]
    for at in range(0, len(refs), AT_ONCE):
        yield list(reference.model._base_manager.filter(pk__in=refs[at : at + AT_ONCE]).only("pk", *keys))


def _point(reference: Reference, rows: list[Any], person: uuid.UUID) -> None:
    for row in rows:
        setattr(row, reference.field.attname, person)
    reference.model._base_manager.bulk_update(rows, [reference.field.name])


def _step_down(merge: PersonMerge, rows: models.QuerySet[Any]) -> None:
    """One person has one first address: that of the kept one stays it."""
    firsts = list(rows.filter(is_first=True).values_list("pk", flat=True))
    Address.objects.filter(pk__in=firsts).update(is_first=False)
    _remember(merge, FIRST, firsts)


def _give_a_first(person: Person) -> None:
    theirs = Address.objects.filter(person=person).order_by("pk")
    oldest = theirs.first()
    if oldest is not None and not theirs.filter(is_first=True).exists():
        oldest.is_first = True
        oldest.save(update_fields=["is_first"])


def _remember(merge: PersonMerge, place: str, refs: list[uuid.UUID]) -> None:
    MovedReference.objects.bulk_create(
        [MovedReference(merge=merge, business_id=merge.business_id, place=place, row=ref) for ref in refs],
        ignore_conflicts=True,  # an address may go, come back, and go again
    )


def _tell(verb: str, merge: PersonMerge, actor: Actor, now: dt.datetime, counts: Counter[str]) -> None:
    append(
        verb=verb,
        actor=actor,
        business_id=merge.business_id,
        engagement_ids=(),
        subject=("person", merge.kept_id),
        payload={
            "merged": merge.merged_id,
            "name": merge.kept.name,
            "merged_name": merge.merged.name,
            "moved": dict(counts),
        },
        occurred_at=now,
        recorded_at=now,
    )
