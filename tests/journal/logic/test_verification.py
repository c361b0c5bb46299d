"""Whatever is done to a chain short of recomputing all of it is found."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.logic import verification
from quietmonday.journal.logic.hashing import EntryFacts, commitment, entry_hash, genesis_hash
from quietmonday.journal.logic.verification import NOTES, StoredEntry, StoredPayload, verify_entries

BUSINESS, CHAIN = uuid.UUID(int=1), uuid.UUID(int=2)
GENESIS = genesis_hash(chain_id=CHAIN, kind="business", business_id=BUSINESS, engagement_id=None)
START = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)
OTHER_VALUES: dict[str, Any] = {
    "id": uuid.UUID(int=99),
    "chain_id": uuid.UUID(int=99),
    "event_id": uuid.UUID(int=99),
    "occurred_at": START - dt.timedelta(microseconds=1),
    "recorded_at": START - dt.timedelta(microseconds=1),
    "clock_quality": "stated",
    "verb": "x.y",
    "actor_id": None,
    "actor_kind": "system",
    "subject_kind": "visit",
    "subject_id": uuid.UUID(int=99),
    "business_id": None,
    "commitment": "0" * 64,
    "previous_hash": "0" * 64,
    "seq": 50,
}


def test_every_field_is_covered_by_the_hash() -> None:
    assert set(OTHER_VALUES) == {field.name for field in dataclasses.fields(EntryFacts)}
    facts = chain(1)[0].facts
    hashes = {entry_hash(dataclasses.replace(facts, **{name: value})) for name, value in OTHER_VALUES.items()}
    assert len(hashes | {entry_hash(facts)}) == len(OTHER_VALUES) + 1


def test_the_format_of_the_hash_stays_what_it_was_when_the_first_entries_were_written() -> None:
    """The values were made by hand: sha256 over the JSON typed out, not by our code."""
    facts = chain(1)[0].facts
    assert GENESIS == "99835cea2408ba35eb124c8ac30809b5950e3eec05cecff419ce4f63076169a9"
    assert facts.commitment == "4ce7533423b9b794466efb94b6ade3e6b32f516aa8ba010d6b4e09ce463d24db"
    assert entry_hash(facts) == "66501259a3c180d80bd5d05a9b44359198ae5e8f4680b48b1c43d31eaee6fc9f"


@given(st.integers(0, 30))
def test_an_untouched_chain_has_no_findings(length: int) -> None:
    assert found(chain(length), length) == []


@given(st.data(), st.integers(1, 20))
def test_any_changed_field_of_any_entry_is_found(data: st.DataObject, length: int) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))
    name = data.draw(st.sampled_from(sorted(OTHER_VALUES)))
    rehash = data.draw(st.booleans())
    facts = dataclasses.replace(entries[at].facts, **{name: OTHER_VALUES[name]})
    entries[at] = dataclasses.replace(entries[at], facts=facts, hash=entry_hash(facts) if rehash else entries[at].hash)
    assert found(entries, length, head=chain(length)[-1].hash)


@given(st.data(), st.integers(2, 20), st.booleans())
def test_any_entries_left_out_are_found_renumbered_or_not(data: st.DataObject, length: int, renumber: bool) -> None:
    entries = chain(length)
    gone = data.draw(st.sets(st.integers(0, length - 1), min_size=1))
    kept = [entry for at, entry in enumerate(entries) if at not in gone]
    assert "journal.removed" in found(renumbered(kept) if renumber else kept, length)


@given(st.data(), st.integers(2, 20))
def test_any_other_order_is_found(data: st.DataObject, length: int) -> None:
    entries = chain(length)
    order = data.draw(st.permutations(entries).filter(lambda some: some != entries))
    assert "journal.reordered" in found(renumbered(order), length)


@given(st.data(), st.integers(1, 20), st.booleans())
def test_an_inserted_entry_is_found_and_named(data: st.DataObject, length: int, counted: bool) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))  # past the end and counted it is an entry like any other
    facts = dataclasses.replace(entries[at].facts, id=uuid.UUID(int=1234))
    forged = StoredEntry(facts=facts, hash=entry_hash(facts), payload=entries[at].payload)
    stretched = renumbered([*entries[:at], forged, *entries[at:]])
    assert found(stretched, length + counted) == ["journal.inserted"]


@given(st.data())
def test_no_shuffling_of_rows_goes_unnoticed(data: st.DataObject) -> None:
    entries = chain(8)
    numbers = data.draw(st.lists(st.integers(1, 60), min_size=8, max_size=8, unique=True))
    rows = sorted(
        (
            dataclasses.replace(entry, facts=dataclasses.replace(entry.facts, seq=number))
            for entry, number in zip(entries, numbers, strict=True)
        ),
        key=lambda row: row.facts.seq,
    )
    assert bool(found(rows, 8)) == (numbers != list(range(1, 9)))


def test_damage_everywhere_is_told_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "MOST_RUNS", 10)
    entries = [dataclasses.replace(entry, hash="0" * 64) if at % 2 else entry for at, entry in enumerate(chain(200))]
    rules = found(entries, 200)
    assert 5 <= len(rules) <= 20
    assert set(rules) <= {"journal.changed", "journal.inserted", "journal.removed"}


def test_writers_side_by_side_are_no_clock_going_back() -> None:
    entries = chain(2, seconds=-30)
    assert found(entries, 2) == []
    assert found(chain(2, seconds=-90), 2, notes=True) == ["journal.clock_went_back"]


def chain(length: int, *, seconds: int = 60) -> list[StoredEntry]:
    entries: list[StoredEntry] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        payload = StoredPayload(salt=f"{seq:032x}", actor_name="Dana", body={"n": seq}, erasure=None)
        at = START + dt.timedelta(seconds=seconds * seq)
        facts = EntryFacts(
            id=uuid.UUID(int=seq),
            chain_id=CHAIN,
            seq=seq,
            event_id=uuid.UUID(int=1000 + seq),
            occurred_at=at,
            recorded_at=at,
            clock_quality="exact",
            verb="support.reply_sent",
            actor_id=uuid.UUID(int=3),
            actor_kind="person",
            subject_kind="ticket",
            subject_id=uuid.UUID(int=4),
            business_id=BUSINESS,
            commitment=commitment(salt=payload.salt, actor_name="Dana", body=payload.body),
            previous_hash=previous,
        )
        previous = entry_hash(facts)
        entries.append(StoredEntry(facts=facts, hash=previous, payload=payload))
    return entries


def renumbered(entries: list[StoredEntry]) -> list[StoredEntry]:
    return [
        dataclasses.replace(entry, facts=dataclasses.replace(entry.facts, seq=seq))
        for seq, entry in enumerate(entries, 1)
    ]


def found(entries: list[StoredEntry], count: int, *, head: str | None = None, notes: bool = False) -> list[str]:
    """Return the rules of what is found; payloads and business are of no interest here unless nothing else is."""
    head = head or (entries[-1].hash if entries else GENESIS)
    findings = verify_entries(entries, business_id=BUSINESS, genesis=GENESIS, count=count, head_hash=head)
    return [finding.rule for finding in findings if (finding.rule in NOTES) == notes]
