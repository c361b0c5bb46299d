"""The same change on many requests at once, and its undoing.

Each request gets what the verb for one would give it: its own entry in the journal, its own refusal. A further kind of
change is one more class in CHANGES.
"""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction

from quietmonday.journal.actions import hold_chains
from quietmonday.people.models import Person
from quietmonday.support.access import Worked
from quietmonday.support.actions.handing import NotOfThisSupplier, assign
from quietmonday.support.actions.settling import CannotSettle, set_aside, undo_aside
from quietmonday.support.actions.snoozing import CannotSnooze, snooze, wake
from quietmonday.support.actions.tagging import TooManyTags, tag, untag
from quietmonday.support.actions.waking import asleep_again
from quietmonday.support.actions.weighing import CannotWeigh, set_priority
from quietmonday.support.models import (
    Assignment,
    BulkEdit,
    PriorityChange,
    SetAside,
    Snooze,
    Ticket,
    TicketState,
    TicketTag,
)
from quietmonday.support.queries.tickets import locked

MOST = 200  # at once
CHUNK = 25  # in one transaction
UNDO_FOR = dt.timedelta(minutes=10)
KEPT_FOR = dt.timedelta(days=1)
UNDONE = "undone within ten minutes"  # why a priority is what it was again, in the record's own words

Did = dict[str, Any]


class Refused(ValueError):
    """One request cannot be changed so. `rule`: settled, not_of_supplier, no_reason, too_many_tags, changed_since."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class TooMany(ValueError):
    """More requests than one edit takes."""


class TooLate(ValueError):
    """An edit can be undone for ten minutes."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change(abc.ABC):
    """What is done to each request. `do` returns what an undo needs, None if it was so already; both raise Refused."""

    kind: ClassVar[str]

    @abc.abstractmethod
    def asked(self) -> dict[str, Any]:
        """Return what was asked for, as it is stored."""

    @abc.abstractmethod
    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        """Change a locked ticket."""

    @staticmethod
    @abc.abstractmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        """Put a locked ticket back, if nothing changed there since."""


@dataclasses.dataclass(frozen=True, slots=True)
class HandOver(Change):
    """To somebody, or to nobody in particular."""

    kind: ClassVar[str] = "hands"
    person: Person | None

    def asked(self) -> dict[str, Any]:
        return {"person": str(self.person.pk), "name": self.person.name} if self.person else {}

    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        before = ticket.assignee_id
        try:
            row = assign(ticket=ticket, person=self.person, actor=by.actor, now=now)
        except NotOfThisSupplier as error:
            raise Refused("not_of_supplier") from error
        return {"row": str(row.pk), "before": str(before) if before else None} if row else None

    @staticmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        last = Assignment.objects.filter(ticket=ticket).order_by("at", "id").last()
        if last is None or str(last.pk) != did["row"]:
            raise Refused("changed_since")
        before = Person.objects.get(pk=did["before"]).kept() if did["before"] else None
        assign(ticket=ticket, person=before, actor=by.actor, now=now)
        asleep_again(ticket=locked(ticket.pk), ended_at=last.at, now=now)


@dataclasses.dataclass(frozen=True, slots=True)
class Prioritise(Change):
    """How urgent they are."""

    kind: ClassVar[str] = "priority"
    priority: int
    reason: str = ""

    def asked(self) -> dict[str, Any]:
        return {"priority": self.priority}

    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        if ticket.state != TicketState.OPEN:
            raise Refused("settled")
        before = ticket.priority
        try:
            set_priority(ticket=ticket, priority=self.priority, reason=self.reason, actor=by.actor, now=now)
        except CannotWeigh as error:
            raise Refused("no_reason") from error
        return {"row": _last_priority(ticket), "before": before} if before != self.priority else None

    @staticmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        if _last_priority(ticket) != did["row"]:
            raise Refused("changed_since")
        set_priority(ticket=ticket, priority=did["before"], reason=UNDONE, actor=by.actor, now=now)


def _last_priority(ticket: Ticket) -> str:
    return str(PriorityChange.objects.filter(ticket=ticket).order_by("since", "id").values_list("pk", flat=True).last())


@dataclasses.dataclass(frozen=True, slots=True)
class PutAside(Change):
    """No calls for help: cancelled, duplicates or spam."""

    kind: ClassVar[str] = "aside"
    state: str
    note: str = ""

    def asked(self) -> dict[str, Any]:
        return {"state": self.state}

    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        try:
            row = set_aside(ticket=ticket, state=self.state, note=self.note, actor=by.actor, now=now)
        except CannotSettle as error:
            raise Refused("settled") from error
        return {"row": str(row.pk)}

    @staticmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        row = SetAside.objects.filter(pk=did["row"]).first()
        try:
            if row is None:
                raise CannotSettle("it was taken away")
            undo_aside(aside=row, actor=by.actor, now=now)
        except CannotSettle as error:
            raise Refused("changed_since") from error


@dataclasses.dataclass(frozen=True, slots=True)
class PutTags(Change):
    """Words by which they are found again."""

    kind: ClassVar[str] = "tags"
    names: tuple[str, ...]

    def asked(self) -> dict[str, Any]:
        return {"tags": list(self.names)}

    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        try:
            new = tag(ticket=ticket, names=self.names, actor=by.actor, now=now)
        except TooManyTags as error:
            raise Refused("too_many_tags") from error
        rows = TicketTag.objects.filter(ticket=ticket, tag__name__in=new).values_list("tag__name", "pk")
        return {"rows": {name: str(pk) for name, pk in rows}} if new else None

    @staticmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        stands = {str(pk) for pk in TicketTag.objects.filter(ticket=ticket).values_list("pk", flat=True)}
        if not stands.issuperset(did["rows"].values()):
            raise Refused("changed_since")
        for name in did["rows"]:
            untag(ticket=ticket, name=name, actor=by.actor, now=now)


@dataclasses.dataclass(frozen=True, slots=True)
class PutOff(Change):
    """Out of "My move" until a moment, or (None) until somebody writes."""

    kind: ClassVar[str] = "snooze"
    until: dt.datetime | None

    def asked(self) -> dict[str, Any]:
        return {"until": self.until.isoformat() if self.until else None}

    def do(self, ticket: Ticket, by: Worked, now: dt.datetime) -> Did | None:
        if by.actor.id is None:
            raise TypeError("whoever snoozes is a person")
        person = Person.objects.get(pk=by.actor.id)
        try:
            row = snooze(
                ticket=ticket, person=person, supplier_id=by.supplier_id, until=self.until, actor=by.actor, now=now
            )
        except CannotSnooze as error:
            raise Refused("settled") from error
        return {"row": str(row.pk), "at": now.isoformat()}

    @staticmethod
    def undo(ticket: Ticket, did: Mapping[str, Any], by: Worked, now: dt.datetime) -> None:
        if not Snooze.objects.filter(pk=did["row"], ended_at=None).exists():
            raise Refused("changed_since")
        wake(ticket=ticket, actor=by.actor, now=now)
        # One that ran before, and gave way to this.
        asleep_again(ticket=locked(ticket.pk), ended_at=dt.datetime.fromisoformat(did["at"]), now=now)


CHANGES: Mapping[str, type[Change]] = {each.kind: each for each in (HandOver, Prioritise, PutTags, PutOff, PutAside)}


def edit_many(*, person: Person, change: Change, tickets: Sequence[Worked], now: dt.datetime) -> BulkEdit:
    """Change each of `tickets`, one transaction a chunk; return what was done, and to which it was not and why.

    `person`: somebody of a supplier, who does it and may undo it; each ticket names its own actor. Raises TooMany.
    """
    if len(tickets) > MOST:
        raise TooMany(f"at most {MOST} at once")
    if person.supplier_id is None:
        raise TypeError("whoever edits many works for a supplier")
    BulkEdit.objects.filter(person=person, made_at__lt=now - KEPT_FOR).delete()
    edit = BulkEdit.objects.create(
        person=person, supplier_id=person.supplier_id, kind=change.kind, asked=change.asked(), made_at=now
    )

    def do(ticket: Ticket, worked: Worked) -> Did:
        did = change.do(ticket, worked, now)
        return {"did": did} if did is not None else {"same": True}

    for chunk in _chunks(tickets):
        with transaction.atomic():
            edit.lines = edit.lines + _each(chunk, do)
            edit.save(update_fields=["lines"])
    return edit


def undo_many(*, edit: BulkEdit, tickets: Sequence[Worked], now: dt.datetime) -> BulkEdit:
    """Put back what an edit changed, where nothing changed since; return it with what became of each.

    `tickets`: those of the edit on which whoever undoes it still works. The second time nothing is left to do.
    Raises TooLate.
    """
    if now - edit.made_at > UNDO_FOR:
        raise TooLate("it is more than ten minutes ago")
    undo = CHANGES[edit.kind].undo
    did = {line["ticket"]: line["did"] for line in edit.lines if "did" in line}

    def put_back(ticket: Ticket, worked: Worked) -> Did:
        undo(ticket, did[str(worked.id)], worked, now)
        return {"back": True}

    for chunk in _chunks([each for each in tickets if str(each.id) in did]):
        with transaction.atomic():
            row = BulkEdit.objects.select_for_update(of=("self",)).get(pk=edit.pk)
            done = {line["ticket"] for line in row.undone}
            row.undone = row.undone + _each([each for each in chunk if str(each.id) not in done], put_back)
            row.undone_at = row.undone_at or now
            row.save(update_fields=["undone", "undone_at"])
    edit.refresh_from_db()
    return edit


def _chunks(tickets: Sequence[Worked]) -> Iterator[Sequence[Worked]]:
    for start in range(0, len(tickets), CHUNK):
        yield tickets[start : start + CHUNK]


def _each(chunk: Sequence[Worked], do: Callable[[Ticket, Worked], Did]) -> list[Did]:
    """Do it to each in the caller's transaction; return one line a ticket.

    All tickets are locked first and in one order, then all chains: verbs on single tickets, and other edits, wait for
    this one and never it for them.
    """
    ids = [each.id for each in chunk]
    list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    hold_chains((each.business_id, each.engagement_ids) for each in chunk)
    lines = []
    for each in chunk:
        line: Did = {"ticket": str(each.id), "number": each.number, "client": str(each.business_id)}
        try:
            with transaction.atomic():
                line |= do(locked(each.id), each)
        except Refused as refused:
            line["refused"] = refused.rule
        lines.append(line)
    return lines


def ids_of(edit: BulkEdit) -> list[uuid.UUID]:
    """Return the tickets that an edit was for."""
    return [uuid.UUID(line["ticket"]) for line in edit.lines]
