"""A business's record comes in from another installation: all of it or nothing, its seals as they were mailed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models, transaction

from quietmonday.integrations.actions.packing import Progress
from quietmonday.integrations.actions.unpacking import packed_files, store_files, unpack_rows
from quietmonday.integrations.logic.manifest import BUSINESS, TableInFile, Unfit, states_of, tables_of
from quietmonday.integrations.queries import staging
from quietmonday.integrations.queries.belonging import WRITTEN_ONCE, travelling_models
from quietmonday.integrations.queries.schema import refuse_newer
from quietmonday.integrations.queries.staged_chains import chains_in_file, damage_in, heads_here, went_on_here
from quietmonday.integrations.queries.tables import columns_of
from quietmonday.journal.actions import append
from quietmonday.journal.models import Chain
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.archives import Reader
from quietmonday.kit.faults import reached
from quietmonday.outbox.actions import put
from quietmonday.people.actions.memberships import grant_role
from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.models import KNOWN, Business, Membership, Person, Role
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.actions.indexing import index_business, take_businesses_out_of_search

NEW, SAME, GROWN = "new", "same", "grown"


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: a `new` record, the `same` one again (nothing changed), or one that had `grown`."""

    outcome: str
    business: Business
    rows: int
    entries: int


def import_business(*, name: str, path: Path, now: dt.datetime, progress: Progress, owner: str = "") -> Imported:
    """Take in the record of the business called `name` out of `path`; return what came of it.

    `owner`: whose address must be on that record, because `open_door` is to follow.

    Everything is checked beside our tables first: the file byte by byte, each value, that nothing in it is of, or
    points at, another business, every entry of its journal and every seal. Then all of it comes in, in one
    transaction. A record that is here already is carried on if nothing was written to it here since; ids stay.
    Raises kit.archives.Damaged, Unfit; nothing was changed then.
    """
    with Reader(path) as reader:
        tables = tables_of(reader.manifest, kind=BUSINESS)
        refuse_newer(states_of(reader.manifest))
        business = _business_of(reader.manifest, name)
        found = travelling_models()
        _refuse_other_tables(tables, found)
        progress("checking the file", 0)
        reader.check()
        _refuse_files_of_others(reader, business)
        with staging.staging(found):
            with staging.filling():
                for model in found:
                    if table := tables.get(model._meta.label):
                        unpack_rows(reader, table, into=staging.staged(model), progress=progress)
                staging.index(found)
            progress("checking the rows", 0)
            outcome, heads = _judge(found, business)
            if owner:
                _one_person(staging.persons_at(business, normal_address(owner) or ""), name, owner)
            if outcome == SAME:
                return Imported(SAME, Business.objects.get(pk=business), 0, 0)
            written = store_files(reader, progress)
            progress("taking in", 0)
            try:
                return _take_in(reader.manifest, found, business, outcome, heads, now)
            except BaseException:
                for path in written:
                    path.unlink(missing_ok=True)
                raise


@transaction.atomic
def open_door(*, business: Business, email: str, now: dt.datetime) -> Membership:
    """Let the person of `business` with this address sign in as its owner. Raises Unfit, people's Refused."""
    address = normal_address(email)
    people = list(Person.objects.filter(KNOWN, business=business, addresses__email=address).distinct()[:2])
    _one_person(len(people), business.name, email)
    return grant_role(person=people[0], role=Role.OWNER, actor=SYSTEM, now=now)


def _one_person(found: int, business: str, address: str) -> None:
    if found != 1:
        many = "more than one person has" if found else "nobody has"
        raise Unfit(
            f"At {business[:200]} {many} the address {address[:100]}. Nothing was changed. Name one that is on the "
            "record, or leave --owner out and give the role on the page People afterwards."
        )


def _business_of(manifest: Mapping[str, Any], name: str) -> uuid.UUID:
    match manifest.get("business"):
        case {"id": str(ref), "name": str(theirs)}:
            if theirs.strip().casefold() != name.strip().casefold():
                raise Unfit(
                    f"The file holds the record of “{theirs[:200]}”, not of “{name[:200]}”. Nothing was changed."
                )
            try:
                return uuid.UUID(ref)
            except ValueError:
                pass
    raise Unfit("The file does not say whose record it holds. Nothing was changed.")


def _refuse_other_tables(tables: Mapping[str, TableInFile], found: Sequence[type[models.Model]]) -> None:
    known = {model._meta.label: model for model in found}
    for label, table in tables.items():
        if label not in known:
            raise Unfit(
                f"The file has a table that does not come in here: {label[:80]}. It is of a newer version, or no "
                "record of ours. Nothing was changed."
            )
        if table.columns != columns_of(known[label]):
            raise Unfit(
                f"The file's table {label} has other columns than ours: it was made by another version. Bring both "
                "installations to the same version, export again, then import. Nothing was changed."
            )


def _refuse_files_of_others(reader: Reader, business: uuid.UUID) -> None:
    for file in packed_files(reader):
        if file.business_id != business:
            raise Unfit("The file holds content files of another business. Nothing was changed.")


def _judge(found: Sequence[type[models.Model]], business: uuid.UUID) -> tuple[str, dict[uuid.UUID, tuple[int, str]]]:
    """Return what the rows beside our tables are to us, and how long our own chains are. Raises Unfit."""
    staging.refuse_misfits(found)
    staging.refuse_strangers(found, business)
    chains = chains_in_file()
    _refuse_odd_chains(business)
    damage = [finding for chain in chains for finding in damage_in(chain, business)]
    if damage:
        first = ", ".join(sorted({finding.rule for finding in damage})[:5])
        raise Unfit(f"The journal in the file is not whole ({first}): somebody changed it. Nothing was changed here.")
    if not Business.objects.filter(pk=business).exists():
        _refuse_list(staging.taken_ids(found, business) + staging.known_ids(found))
        return NEW, {}
    _refuse_list(staging.taken_ids(found, business))
    if said := went_on_here(business):
        raise Unfit(
            "The record went on here after it was taken in, so the file cannot be laid over it: "
            + "; ".join(said[:5])
            + ". Nothing was changed."
        )
    heads = heads_here(business)
    if heads == {chain.id: (chain.count, chain.head_hash) for chain in chains}:
        told = [model for model in found if model._meta.label != "people.Person"]
        gone = [f"{m._meta.label} {key} is only here" for m in found for key in staging.only_here(m, business)[:5]]
        _refuse_list([*staging.changed(found), *staging.only_in_file(told), *gone])
        return SAME, heads
    once = [model for model in found if model._meta.label in WRITTEN_ONCE]
    gone = [f"{m._meta.label} {key} is only here" for m in once for key in staging.only_here(m, business)[:5]]
    _refuse_list([*staging.changed(once), *gone])
    return GROWN, heads


def _refuse_odd_chains(business: uuid.UUID) -> None:
    """A chain of the file is the business's own, or one of an engagement in the file."""
    odd = staging.staged_rows(
        "SELECT id FROM staged_journal_chain WHERE kind NOT IN ('business', 'engagement') OR (kind = 'engagement' AND "
        "NOT EXISTS (SELECT 1 FROM staged_people_engagement e WHERE e.id = staged_journal_chain.engagement_id))"
    )
    if next(odd, None):
        raise Unfit("The file has a chain of the journal that is not the business's. Nothing was changed.")
    if [row[0] for row in staging.staged_rows("SELECT count(*) FROM staged_people_business")] != [1]:
        raise Unfit("The file holds not one business but several, or none. Nothing was changed.")


def _refuse_list(said: Sequence[str]) -> None:
    if said:
        rest = f"; and {len(said) - 10} more" if len(said) > 10 else ""
        raise Unfit(
            "The same ids stand for something else here, so nothing was changed: " + "; ".join(said[:10]) + rest + "."
        )


@transaction.atomic
def _take_in(
    manifest: Mapping[str, Any],
    found: Sequence[type[models.Model]],
    business: uuid.UUID,
    outcome: str,
    heads: Mapping[uuid.UUID, tuple[int, str]],
    now: dt.datetime,
) -> Imported:
    list(Chain.objects.filter(business_id=business).order_by("id").select_for_update(no_key=True))
    if heads_here(business) != dict(heads):
        raise Unfit("Somebody wrote to the record in this moment. Nothing was changed; look, and try again.")
    before = sum(count for count, _ in heads.values())
    take_businesses_out_of_search(business_ids=[business])
    for model in reversed(found) if outcome == GROWN else ():
        staging.take_out(model, staging.only_here(model, business))
    rows = sum(staging.put_in(model) for model in found)
    index_business(business_id=business)
    reached("integrations.import.before_commit")
    row = Business.objects.get(pk=business)
    for item in InboxItem.objects.filter(business=business, state=InboxState.WAITING).order_by("id"):
        put(
            topic="support.take_in",
            ids={"item": str(item.pk)},
            now=now,
            key=f"support.take_in:{item.pk}",
            business_id=business,
        )
    entries = sum(count for count, _ in heads_here(business).values()) - before
    # In the installation's chain: an entry in the record's own would make it another record than the one that came.
    append(
        verb="business.imported",
        actor=Actor(id=None, name=SYSTEM.name, kind=SYSTEM.kind),
        business_id=None,
        engagement_ids=[],
        subject=("business", business),
        payload={"made_at": str(manifest.get("made_at"))[:40], "outcome": outcome, "entries": entries},
        occurred_at=now,
        recorded_at=now,
    )
    return Imported(outcome, row, rows, entries)
