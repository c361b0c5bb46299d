"""Check a chain entry by entry, in bounded memory, and say what was done to it.

That something is wrong is certain: every entry's hash covers its content, its number and its predecessor's hash.
What was done (changed, removed, reordered, inserted) is the simplest account of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from quietmonday.journal.logic.hashing import EntryFacts, commitment, entry_hash
from quietmonday.journal.logic.runs import Run, account_for
from quietmonday.kit.sentences import Finding

NOTES = frozenset({"journal.erased", "journal.clock_went_back"})
"""Findings that are worth telling and are no damage."""

CLOCK_TOLERANCE = dt.timedelta(minutes=1)
"""Actions running side by side read the clock before they queue for the chain; that is no clock going back."""

REACH = 32  # how far a moved entry is looked for
MOST_LOOKED_FOR = 2_000  # entries; after that damage is called a change, so that the check ends in bounded time
MOST_RUNS = 1_000

ERASED_VERB = "journal.payload_erased"
ERASED_SUBJECT = "entry"


@dataclasses.dataclass(frozen=True, slots=True)
class Erasure:
    """The entry that says a payload was erased, as the store has it."""

    facts: EntryFacts
    actor_name: str | None  # None once that name was erased too
    reason: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class StoredPayload:
    """A payload as the store has it."""

    salt: str
    actor_name: str
    body: Any
    erasure: Erasure | None


@dataclasses.dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the store has it."""

    facts: EntryFacts
    hash: str
    payload: StoredPayload | None


class ChainCheck:
    """Feed a chain's entries in the order of their numbers, then `finish`.

    `watch` names counts whose recomputed head is wanted; after the feeding they are in `heads`.
    """

    def __init__(self, *, business_id: uuid.UUID | None, genesis: str, watch: Iterable[int] = ()) -> None:
        self.heads: dict[int, str] = {0: genesis}
        self.fed = 0
        self.last_seq = 0
        self._business_id = business_id
        self._genesis = genesis
        self._watch = frozenset(watch)
        self._recomputed = genesis
        self._last: StoredEntry | None = None
        self._runs: list[Run] = []
        self._changed: list[int] = []
        self._relabelled = False
        self._looked_for = 0

    def feed(self, entry: StoredEntry) -> list[Finding]:
        """Take the next entry; return what it shows by itself."""
        facts, true_hash = entry.facts, _hash_or_nothing(entry.facts)
        shift = self._shift(entry, true_hash)
        self._check_link(entry, shift)
        self._note(facts.seq, shift)
        self.fed += 1
        if facts.previous_hash == self._recomputed and facts.seq == self.fed:
            self._recomputed = true_hash
        else:
            self._recomputed = _hash_or_nothing(
                dataclasses.replace(facts, previous_hash=self._recomputed, seq=self.fed)
            )
        if self.fed in self._watch:
            self.heads[self.fed] = self._recomputed
        found = [*self._of_clock(facts), *_of_payload(entry)]
        if facts.business_id != self._business_id:
            found.append(Finding("journal.other_business", {"seq": facts.seq, "business": str(facts.business_id)}))
        self._last, self.last_seq = entry, facts.seq
        return found

    def finish(self, *, count: int, head_hash: str) -> list[Finding]:
        """Return what the chain shows as a whole; `count` and `head_hash` are what its own row says."""
        found = account_for(self._runs, changed=self._changed, count=count)
        if self._relabelled:
            found.append(Finding("journal.relabelled", {}))
        head = self._last.hash if self._last else self._genesis
        if not found and head != head_hash:
            found.append(Finding("journal.head_differs", {"count": count}))
        return found

    def _shift(self, entry: StoredEntry, true_hash: str) -> int | None:
        """Return by how many places the entry was moved: 0 not at all, None if no place fits its hash."""
        if true_hash == entry.hash:
            return 0
        if self._looked_for >= MOST_LOOKED_FOR:
            return None
        likely = [run.shift for run in self._runs[-1:] if run.shift]
        nearby = [sign * step for step in range(1, REACH + 1) for sign in (1, -1)]
        for shift in likely + nearby:
            if _hash_or_nothing(dataclasses.replace(entry.facts, seq=entry.facts.seq + shift)) == entry.hash:
                return shift
        self._looked_for += 1
        return None

    def _check_link(self, entry: StoredEntry, shift: int | None) -> None:
        """An entry that hashes well but is not what its successor points to was changed and hashed again."""
        if shift is None:
            return
        was = entry.facts.seq + shift
        if was == 1:
            self._relabelled = self._relabelled or entry.facts.previous_hash != self._genesis
        elif self._last and self._runs[-1].shift is not None:
            follows = self._last.facts.seq + self._runs[-1].shift + 1 == was
            if follows and entry.facts.previous_hash != self._last.hash:
                self._changed.append(self._last.facts.seq)

    def _note(self, seq: int, shift: int | None) -> None:
        last = self._runs[-1] if self._runs else None
        if last and len(self._runs) >= MOST_RUNS:
            self._runs[-1] = Run(first=last.first, last=seq, shift=None)
        elif last and last.last + 1 == seq and last.shift == shift:
            self._runs[-1] = Run(first=last.first, last=seq, shift=shift)
        else:
            self._runs.append(Run(first=seq, last=seq, shift=shift))

    def _of_clock(self, facts: EntryFacts) -> Iterator[Finding]:
        if self._last and facts.recorded_at < self._last.facts.recorded_at - CLOCK_TOLERANCE:
            back = self._last.facts.recorded_at - facts.recorded_at
            yield Finding("journal.clock_went_back", {"seq": facts.seq, "seconds": int(back.total_seconds())})


def verify_entries(
    entries: Iterable[StoredEntry], *, business_id: uuid.UUID | None, genesis: str, count: int, head_hash: str
) -> list[Finding]:
    """Return every finding of a chain that is at hand as a whole (small chains, tests)."""
    check = ChainCheck(business_id=business_id, genesis=genesis)
    found = [finding for entry in entries for finding in check.feed(entry)]
    return found + check.finish(count=count, head_hash=head_hash)


def _of_payload(entry: StoredEntry) -> Iterator[Finding]:
    payload, seq = entry.payload, entry.facts.seq
    if payload is None:
        yield Finding("journal.payload_missing", {"seq": seq})
    elif payload.erasure is None:
        if not _binds(entry.facts.commitment, payload):
            yield Finding("journal.payload_changed", {"seq": seq})
    elif not _tells_of(payload.erasure, entry):
        yield Finding("journal.erased_unsaid", {"seq": seq})
    else:
        yield Finding(
            "journal.erased",
            {
                "seq": seq,
                "by": payload.erasure.actor_name,
                "by_id": str(payload.erasure.facts.actor_id),
                "at": payload.erasure.facts.recorded_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
                "reason": payload.erasure.reason,
            },
        )


def _binds(promised: str, payload: StoredPayload) -> bool:
    try:
        return commitment(salt=payload.salt, actor_name=payload.actor_name, body=payload.body) == promised
    except (ValueError, TypeError):  # a salt or body that we never write
        return False


def _tells_of(erasure: Erasure, entry: StoredEntry) -> bool:
    """Return whether the erasing entry, itself checked in its place, says that this payload was erased."""
    says = erasure.facts
    return (
        says.verb == ERASED_VERB
        and says.subject_kind == ERASED_SUBJECT
        and says.subject_id == entry.facts.id
        and says.chain_id == entry.facts.chain_id
        and says.seq > entry.facts.seq
    )


def _hash_or_nothing(facts: EntryFacts) -> str:
    try:
        return entry_hash(facts)
    except (ValueError, TypeError):  # text or a moment that we never write
        return ""
