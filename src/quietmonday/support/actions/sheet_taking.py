"""A chunk of a log becomes tickets: one transaction, one statement a table, one entry a ticket."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Lower

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.faults import reached
from quietmonday.kit.records import unsaved, write_new
from quietmonday.people.models import Person
from quietmonday.support.actions.corrections import note_corrections
from quietmonday.support.actions.entries import import_event
from quietmonday.support.actions.indexing import index_new, take_out_of_search
from quietmonday.support.actions.verdicts import DEADLINES, verdict_at_hand
from quietmonday.support.logic.sheet_calls import CANCELLED, RESOLVED
from quietmonday.support.logic.sheet_units import Rejected, Said, Unit, When
from quietmonday.support.models import (
    DAY_ONLY,
    ImportState,
    Message,
    Pause,
    PriorityChange,
    Reopening,
    Resolution,
    SheetImport,
    SheetRow,
    Side,
    Statement,
    Ticket,
    TicketEngagement,
    Verdict,
)
from quietmonday.support.queries.facts import Desk
from quietmonday.support.queries.sheets import full_key, tickets_referred_to, touched
from quietmonday.work.actions.items import Past, open_items
from quietmonday.work.models import WorkItem

MOST_NAMED = 500  # tickets that an import left as they were, by number


def locked_import(import_id: uuid.UUID) -> SheetImport:
    """Return the import, its row locked until the transaction ends."""
    rows = SheetImport.objects.select_for_update(of=("self",))
    return rows.select_related("business", "engagement__supplier", "engagement__calendar", "file").get(pk=import_id)


@transaction.atomic
def take_in_calls(
    *,
    import_id: uuid.UUID,
    items: Sequence[Unit | Rejected],
    at: int,
    is_last: bool,
    now: dt.datetime,
    then: Callable[[SheetImport], None] | None = None,
) -> SheetImport:
    """Take in what stands at place `at` of a log, and move the import on past it; return the import.

    Does nothing when the import is elsewhere by now (another process was quicker) or does not run. `then` is called
    with the import, in the transaction, while there is more to do. Writes one entry a ticket.
    """
    row = locked_import(import_id)
    if row.state != ImportState.RUNNING or row.cursor != at:
        return row
    units = [item for item in items if isinstance(item, Unit)]
    row.rejected += len(items) - len(units)
    row.cursor += len(items)
    events = _take_in(row, units, now) if units else []
    if is_last:
        row.state, row.ended_at, row.total = ImportState.DONE, now, row.cursor
        counted = {"made": row.made, "updated": row.updated, "same": row.same, "rejected": row.rejected}
        payload = {**counted, "left": len(row.left)}
        events.append(import_event(row=row, verb="taken_in", actor=actor_of(row), payload=payload, now=now))
    elif then is not None:
        then(row)
    row.save(
        update_fields=[
            *("cursor", "made", "updated", "same", "ours", "left", "rejected", "state", "ended_at", "total"),
        ]
    )
    append_many(events)
    reached("support.sheet.before_commit")
    return row


def actor_of(row: SheetImport) -> Actor:
    """Return who handed the log in."""
    return Actor(id=row.by_id, name=row.by_name, kind="person" if row.by_id else "system")


def _take_in(row: SheetImport, units: Sequence[Unit], now: dt.datetime) -> list[Event]:
    keys = [full_key(row.engagement_id, unit.key) for unit in units]
    found = SheetRow.objects.filter(business=row.business_id, key__in=keys)
    known = {each.key: each for each in found.select_related("ticket__work_item")}
    ours = tickets_referred_to(row.business_id, {unit.reference.lower() for unit in units if unit.reference})
    fresh: list[tuple[str, Unit]] = []
    changed: list[tuple[SheetRow, Unit]] = []
    for key, unit in zip(keys, units, strict=True):
        before = known.get(key)
        if before is None and unit.reference.lower() in ours:
            row.ours += 1
        elif before is None:
            fresh.append((key, unit))
        elif before.digest == unit.digest:
            row.same += 1
        else:
            changed.append((before, unit))
    batch = _Batch(row, now)
    batch.know_people(unit.who for _before, unit in (*fresh, *changed))
    _add(batch, fresh)
    _change(batch, changed)
    batch.write()
    _note_corrections(batch, now)
    return batch.events


def _add(batch: _Batch, fresh: Sequence[tuple[str, Unit]]) -> None:
    row = batch.row
    past = [Past(unit.opened.at, _closed_at(unit), key) for key, unit in fresh]
    items = open_items(business=row.business, kind="ticket", past=past)
    for item, (key, unit) in zip(items, fresh, strict=True):
        ticket = unsaved(Ticket, business=row.business, work_item=item, from_log=True)
        batch.tell(ticket, unit)
        batch.new(ticket)
        batch.new(
            unsaved(TicketEngagement, business=row.business, ticket=ticket, engagement=row.engagement, since=batch.now)
        )
        batch.new(
            unsaved(
                SheetRow,
                business=row.business,
                ticket=ticket,
                made_by=row,
                last=row,
                line=unit.line,
                key=key,
                digest=unit.digest,
                stated=dict(unit.stated),
                person=batch.made_known(unit.who),
            )
        )
        batch.event("imported", ticket, unit)
    row.made += len(fresh)


def _change(batch: _Batch, changed: Sequence[tuple[SheetRow, Unit]]) -> None:
    """Write anew what a log says of tickets that only logs have told of so far; leave those that somebody worked on."""
    row = batch.row
    worked_on = touched([before.ticket_id for before, _unit in changed]) if changed else set()
    free = [(before, unit) for before, unit in changed if before.ticket_id not in worked_on]
    row.left = [*row.left, *(b.ticket.work_item.number for b, _u in changed if b.ticket_id in worked_on)][:MOST_NAMED]
    if not free:
        return
    ids = [before.ticket_id for before, _unit in free]
    take_out_of_search(tickets=ids)
    for table in (Pause, Message, PriorityChange, Resolution, Reopening, Verdict):
        table._base_manager.filter(ticket__in=ids).delete()
    tickets, items, rows = [], [], []
    for before, unit in free:
        ticket = before.ticket
        ticket.business, ticket.work_item.business = row.business, row.business
        was = {"subject": ticket.subject, "state": ticket.state, "digest": before.digest}
        ticket.work_item.opened_at, ticket.work_item.closed_at = unit.opened.at, _closed_at(unit)
        batch.tell(ticket, unit)
        before.digest, before.last, before.line, before.stated = unit.digest, row, unit.line, dict(unit.stated)
        batch.event("import_updated", ticket, unit, before=was)
        tickets.append(ticket)
        items.append(ticket.work_item)
        rows.append(before)
    Ticket.objects.bulk_update(tickets, _TOLD, batch_size=100)
    WorkItem.objects.bulk_update(items, ["opened_at", "closed_at"], batch_size=200)
    SheetRow.objects.bulk_update(rows, ["digest", "last", "line", "stated"], batch_size=100)
    row.updated += len(free)


_TOLD = (
    *("subject", "source", "requester", "priority", "reported_at", "state", "opened_at", "resolved_at"),
    *("move", "changed_at", *DEADLINES),
)


class _Batch:
    """Rows to write, table by table, and the entries of them."""

    def __init__(self, row: SheetImport, now: dt.datetime) -> None:
        self.row, self.now = row, now
        self.events: list[Event] = []
        self.tickets: list[tuple[Ticket, dict[str, Any]]] = []  # with their findings
        self._said: list[tuple[Message, Ticket]] = []
        self._rows: dict[type[models.Model], list[models.Model]] = {table: [] for table in _ORDER}
        self._desk = Desk(row.engagement, now)
        self._business, self._supplier = row.business, row.engagement.supplier
        self._people: dict[str, Person] = {}
        self._made: set[str] = set()
        self._actor = actor_of(row)

    def know_people(self, names: Iterable[str]) -> None:
        """Find the persons called so at the business, and make known those that are not: one query."""
        wanted = {name.casefold(): name for name in names if name}
        if not wanted:
            return
        for folded, person in _called(self.row, {name.lower() for name in wanted.values()}):
            self._people[folded] = person
        for folded, name in wanted.items():
            if folded in self._people:
                continue
            person = unsaved(Person, business=self.row.business, name=name, since=self.now)
            self._people[folded] = person
            self._made.add(folded)
            self.new(person)
            self.events.append(
                Event(
                    verb="person.added",
                    actor=self._actor,
                    business_id=self.row.business_id,
                    engagement_ids=(),
                    subject=("person", person.pk),
                    payload={"name": name, "import": self.row.id},
                    occurred_at=self.now,
                    recorded_at=self.now,
                )
            )

    def made_known(self, name: str) -> Person | None:
        """Return the person of that name if this batch made it, the first time it is asked for."""
        folded = name.casefold()
        if folded not in self._made:
            return None
        self._made.discard(folded)
        return self._people[folded]

    def new(self, row: models.Model) -> None:
        """Write this row."""
        self._rows[type(row)].append(row)

    def tell(self, ticket: Ticket, unit: Unit) -> None:
        """Set on the ticket what the log says, with all that belongs to it, its verdict included."""
        person = self._people.get(unit.who.casefold()) if unit.who else None
        ticket.changed_at = self.now
        ticket.subject, ticket.source, ticket.requester = unit.subject or "…", unit.source, person
        ticket.priority = unit.priorities[-1][0]
        ticket.opened_at = unit.opened.at
        ticket.reported_at = unit.opened.at if unit.opened.timed else None
        ticket.state = unit.state
        ticket.resolved_at = unit.endings[-1].when.at if unit.state == RESOLVED and unit.endings else None
        own = {"business": self._business, "ticket": ticket}
        supplier = self._supplier
        priorities = [
            unsaved(PriorityChange, **own, priority=level, since=at, by_name=_LOG) for level, at in unit.priorities
        ]
        messages = [self._message(own, said, person) for said in unit.said]
        pauses = [
            unsaved(Pause, **own, reason=wait.reason, started_at=wait.start, ended_at=wait.end, by_name=_LOG)
            for wait in unit.waits
        ]
        resolutions = [
            unsaved(
                Resolution,
                **own,
                kind="unknown",
                at=end.when.at,
                by_name=end.by or supplier.name,
                note=end.note,
                clock_quality=_quality(end.when),
            )
            for end in unit.endings
        ]
        reopenings = [unsaved(Reopening, **own, at=at, by_name=_LOG) for at in unit.reopenings]
        facts = self._desk.facts(
            ticket,
            priorities=priorities,
            messages=messages,
            pauses=pauses,
            resolutions=resolutions,
            reopenings=reopenings,
        )
        verdict = verdict_at_hand(ticket=ticket, facts=facts, now=self.now)
        self._said += [(message, ticket) for message in messages]
        for row in (*priorities, *messages, *pauses, *resolutions, *reopenings, verdict):
            self.new(row)
        self.tickets.append((ticket, verdict.findings))

    def _message(self, own: dict[str, Any], said: Said, person: Person | None) -> Message:
        is_supplier, is_system = said.side == Side.SUPPLIER, said.side == Side.SYSTEM
        supplier = self._supplier
        return unsaved(
            Message,
            **own,
            side=said.side,
            supplier=supplier if is_supplier else None,
            public=True,
            automatic=is_system,
            channel="sheet",
            author=person if said.side == Side.CUSTOMER else None,
            author_name=said.author
            or (supplier.name if is_supplier else _LOG if is_system else self.row.business.name),
            text=said.text,
            occurred_at=said.when.at,
            recorded_at=self.now,
            clock_quality=_quality(said.when),
        )

    def event(self, verb: str, ticket: Ticket, unit: Unit, **more: Any) -> None:
        """Tell the journal of the ticket."""
        self.events.append(
            Event(
                verb=f"ticket.{verb}",
                actor=self._actor,
                business_id=self.row.business_id,
                engagement_ids=[self.row.engagement_id],
                subject=("ticket", ticket.id),
                payload={
                    "number": ticket.work_item.number,
                    "import": self.row.id,
                    "line": unit.line,
                    "subject": ticket.subject,
                    "who": unit.who,
                    "state": unit.state,
                    "said": [[said.side, said.text] for said in unit.said if said.side != Side.SYSTEM],
                    "done": unit.endings[-1].when.at if unit.endings else None,
                    **more,
                },
                occurred_at=unit.opened.at,
                recorded_at=self.now,
                clock_quality=ClockQuality.STATED,
            )
        )

    def write(self) -> None:
        """Write all rows, in the order of their keys, and what the search finds them by."""
        for rows in self._rows.values():
            write_new(rows)
        party = (self.row.engagement_id, self._supplier.pk)
        index_new(
            said=((message, ticket, ()) for message, ticket in self._said),
            parties={ticket.pk: [party] for ticket, _findings in self.tickets},
        )


def _called(row: SheetImport, names: set[str]) -> Iterator[tuple[str, Person]]:
    """Yield (name, person) of the business for these names (lower case); of two of a name the one known longest comes
    last, and after whoever was called so before they were merged."""
    found = Person.objects.filter(business=row.business_id, erased_at=None).alias(lower=Lower("name"))
    found = found.filter(lower__in=names).select_related("merged_into")
    for person in found.order_by(F("merged_into").asc(nulls_last=True), "-since", "-pk"):
        yield person.name.casefold(), person.kept()


_ORDER: tuple[type[models.Model], ...] = (
    *(Person, Ticket, TicketEngagement, PriorityChange, Message, Pause, Resolution, Reopening, Verdict, SheetRow),
)
_LOG = "Log"


def _quality(when: When) -> str:
    if not when.known:
        return ClockQuality.UNKNOWN
    return ClockQuality.STATED if when.timed else DAY_ONLY


def _closed_at(unit: Unit) -> dt.datetime | None:
    if unit.state == RESOLVED:
        return unit.endings[-1].when.at if unit.endings else None
    if unit.state == CANCELLED:
        return max((end.when.at for end in unit.endings), default=unit.opened.at)
    return None


def _note_corrections(batch: _Batch, now: dt.datetime) -> None:
    """Weeks that were settled before the log came get their corrections."""
    if not batch.tickets:
        return
    opened = [ticket.opened_at for ticket, _findings in batch.tickets]
    settled = Statement.objects.filter(
        kind="settled", engagement=batch.row.engagement_id, starts_at__lte=max(opened), ends_at__gt=min(opened)
    )
    spans = list(settled.values_list("starts_at", "ends_at"))
    for ticket, findings in batch.tickets:
        if any(start <= ticket.opened_at < end for start, end in spans):
            note_corrections(ticket=ticket, findings=findings, now=now)
