"""Everything that the page of one request shows, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.prepared import Later, Shelf
from quietmonday.people.access import Viewer, holding
from quietmonday.people.logic.calendar import NeverOpen
from quietmonday.people.models import Address, Membership, Person, Role
from quietmonday.support.access import (
    asked_for,
    messages_visible_to,
    sees_all_time,
    steps_visible_to,
    time_visible_to,
)
from quietmonday.support.logic.clocks import Clocks, NoTimes, measure
from quietmonday.support.logic.facts import Target, TicketFacts
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.flags import Flag, flags_by_message, lone_promises, silent_pauses
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.pauses import Standstill, standstill
from quietmonday.support.logic.two_clocks import TwoClocks, two_clocks
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import (
    DAY_ONLY,
    Attachment,
    FeedbackQuestion,
    Message,
    Side,
    Step,
    Ticket,
    TicketEngagement,
    Undelivered,
)
from quietmonday.support.queries.events import Event, Time, event_parts, events_of, part, tables_with_any, together
from quietmonday.support.queries.relations import RELATIONS, Relations, relation_parts, relations_in
from quietmonday.support.queries.waiting import WAITING, Waiting, waiting_in, waiting_parts
from quietmonday.work.models import TimeEntry

CAME_BACK = "came_back"


@dataclasses.dataclass(frozen=True, slots=True)
class CameBack:
    """A mail of ours did not arrive, and by which rule."""

    address: str
    rule: str


@dataclasses.dataclass(slots=True)
class Line:
    """One line of the conversation: a message with its files and flags, or an event."""

    at: dt.datetime
    kind: str  # them, us, event, note, happened, paused_silently, promised
    message: Message | None = None
    files: list[Attachment] = dataclasses.field(default_factory=list)
    flags: list[Flag] = dataclasses.field(default_factory=list)
    undelivered: list[CameBack] = dataclasses.field(default_factory=list)  # to whom our mail with it came back
    happened: Event | None = None
    due: dt.datetime | None = None
    form: str = "time"  # day: only its day is known; empty: not even that
    part: int | None = None  # the number of the request in which it was said, if that is part of this one


@dataclasses.dataclass(slots=True)
class TicketPage:
    """A ticket as one viewer sees it. `supplier`: whose clock is shown; `own_supplier`: the viewer's, or None."""

    ticket: Ticket
    now: dt.datetime
    zone: str
    supplier: str
    suppliers: list[str]
    own_supplier: uuid.UUID | None
    own_supplier_name: str
    own_name: str  # of the viewer, as somebody of that supplier
    asks: bool
    may_ask: bool  # the viewer speaks for the business: requester, owner or stand-in
    is_requester: bool
    lines: list[Line]
    facts: TicketFacts | None
    target: Target | None
    clocks: Clocks | None
    stands: Standstill | None
    chart: TwoClocks | None
    quick: Verdict | None
    effective: Verdict | None
    disputes: list[Event]
    held: bool
    answer: str
    colleagues: list[Person]
    unreached: list[Address]  # of the requester: our mail came back there
    waiting: Waiting  # replies that are to go out later, and the snooze, of the suppliers that the viewer sees
    unasked: bool  # it came out of a log, and nobody was asked since whether it is solved
    steps: list[Step]  # of the checklist, as far as the viewer sees it
    fault: Event | None  # the line that everybody at the business reads
    affected: int  # how many said that they have it too
    time: list[Event]  # what was spent on it, as far as the viewer reads it

    @property
    def steps_left(self) -> int:
        """How many steps are not ticked."""
        return sum(step.ticked_at is None for step in self.steps)

    @property
    def minutes(self) -> int:
        """How many minutes were spent on it, of those that the viewer knows of."""
        return sum(int(each.detail) for each in self.time)

    relations: Relations
    shown_from: dt.datetime | None  # the viewer's supplier was called in then, and reads nothing from before

    @property
    def unreachable(self) -> bool:
        """Whether no mail of ours reaches the requester any more."""
        return bool(self.unreached) and all(each.failed_at and each.failed_for_good for each in self.unreached)

    @property
    def ended_on_a_day(self) -> bool:
        """Whether only the day is known on which it was settled."""
        standing = self.facts.resolutions[-1:] if self.facts else ()
        return any(not resolution.timed for resolution in standing)

    @property
    def only_reads(self) -> bool:
        """Whether the viewer neither asks nor works here."""
        return not self.works_here and not self.may_ask

    @property
    def works_here(self) -> bool:
        """Whether the viewer works on it for a supplier."""
        return self.own_supplier is not None

    @property
    def restore_seconds_left(self) -> int | None:
        """Open seconds left of the promised time to working again; None where nothing is promised or no clock runs."""
        if self.clocks is None or self.target is None or self.target.restore_minutes is None:
            return None
        return self.target.restore_minutes * 60 - self.clocks.provider


def ticket_page(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> TicketPage:
    """Return the page of a visible ticket (from `access.ticket_for`). At most 7 queries."""
    parties: list[TicketEngagement] = _parties.get((), lambda: _concerned(ticket), ticket=ticket.pk).objects(
        ticket=ticket.pk
    )
    own = next((p.engagement.supplier for p in parties if p.engagement_id in viewer.engagements), None)
    # Somebody who leads the business and works for its supplier is on the supplier's side here.
    asks = own is None
    facts = _facts(ticket)
    target = facts.targets.get(str(ticket.priority)) if facts else None
    clocks = _clocks(facts, target, now)
    # Before the conversation is read: what comes in between is on the page, and counts as news at most once too often.
    found = _events(viewer, ticket, facts, now, of_supplier=own is not None)
    came_back = [row for row in found if row.what == CAME_BACK]
    relations = relations_in(row for row in found if row.what in RELATIONS)
    shown_from = shown_from_of(viewer, ticket, parties)
    apart = {*RELATIONS, *WAITING, CAME_BACK, "time"}
    happened = [row for row in found if row.what not in apart and (shown_from is None or row.at >= shown_from)]
    standing = [e for e in happened if e.what in {"resolved", "reopened", "fixed_permanently"}]
    answers = [e for e in happened if e.what == "feedback"]
    return TicketPage(
        ticket=ticket,
        now=now,
        zone=ticket.business.zone,
        supplier=parties[0].engagement.supplier.name if parties else "",
        suppliers=[party.engagement.supplier.name for party in parties],
        own_supplier=own.id if own else None,
        own_supplier_name=own.name if own else "",
        own_name=viewer.persons[viewer.person_at[own.id]] if own else "",
        asks=asks,
        may_ask=asked_for(viewer, ticket),
        is_requester=ticket.requester_id in viewer.persons,
        lines=_lines(viewer, ticket, facts, happened, now, shown_from, relations, came_back),
        relations=relations,
        shown_from=shown_from,
        facts=facts,
        target=target,
        clocks=clocks,
        stands=standstill(facts, now) if facts and clocks else None,
        chart=two_clocks(clocks) if clocks else None,
        quick=quick(facts, now) if facts else None,
        effective=effective(facts, now) if facts else None,
        disputes=[e for e in happened if e.what == "disputed"],
        held=bool(standing) and standing[-1].what == "resolved" and standing[-1].detail == "workaround",
        answer=answers[-1].detail if answers else "",
        colleagues=colleagues_of(own.id, now) if own else [],
        unreached=_unreached(ticket) if own else [],
        waiting=waiting_in(row for row in found if row.what in WAITING),
        unasked=ticket.from_log and not FeedbackQuestion.objects.filter(ticket=ticket).exists(),
        steps=list(steps_visible_to(viewer, ticket)) if ticket.has_steps else [],
        fault=next((e for e in happened if e.what == "shown" and e.detail == "open"), None),
        affected=len({e.by for e in happened if e.what == "affected"}),
        time=[e for e in found if e.what == "time"],
    )


_parties = Shelf(1)


def _concerned(ticket: Ticket) -> QuerySet[TicketEngagement]:
    concerned = TicketEngagement.objects.filter(ticket=ticket, ended_at=None).order_by("since", "id")
    return concerned.select_related("engagement__supplier")


def _events(
    viewer: Viewer, ticket: Ticket, facts: TicketFacts | None, now: dt.datetime, *, of_supplier: bool
) -> list[Event]:
    """What happened, what has to do with it, what waits: a union of up to twenty tables, which takes longer to build
    than to run. So it is built once for all tickets of a business of which the same tables have something."""
    tables = tables_with_any(ticket, facts)

    def build() -> QuerySet[Any, Any]:
        parts = [
            *event_parts(ticket, tables, _time(viewer, ticket, of_supplier=of_supplier)),
            *relation_parts(viewer, ticket),
            *waiting_parts(viewer, ticket),
        ]
        return together([*parts, _came_back_part(viewer, ticket)] if of_supplier else parts)

    key = (viewer.eyes, ticket.business_id, tables, of_supplier)
    ids = {"ticket": ticket.pk, "work_item": ticket.work_item_id}
    return events_of(_built.get(key, build, **ids).run(now, **ids))


_built = Shelf(256)


def _came_back_part(viewer: Viewer, ticket: Ticket) -> QuerySet[Any, Any]:
    """To whom our mails with these messages came back: a part of the query that reads the events."""
    messages = messages_visible_to(viewer, ticket).order_by().values("pk")
    rows = Undelivered.objects.filter(message__in=messages)
    return part(rows, CAME_BACK, at="at", by="address", detail="rule", ref="message_id")


def _time(viewer: Viewer, ticket: Ticket, *, of_supplier: bool) -> Time | None:
    """A supplier reads what its own people wrote down, the business the minutes of all."""
    if of_supplier or not sees_all_time(viewer, ticket.business_id):
        return Time(time_visible_to(viewer), notes=True)
    return Time(TimeEntry.objects.all(), notes=False)


def shown_from_of(viewer: Viewer, ticket: Ticket, parties: list[TicketEngagement]) -> dt.datetime | None:
    """From when on the viewer reads what was said and done; None: from the beginning."""
    if ticket.business_id in viewer.sees.businesses | viewer.staff_of:
        return None
    ours = [party.sees_from for party in parties if party.engagement_id in viewer.sees.engagements]
    return None if None in ours else min((at for at in ours if at), default=None)


def _unreached(ticket: Ticket) -> list[Address]:
    """Return the addresses of the requester if our mail came back from one; else nothing to say."""
    rows = list(Address.objects.filter(person=ticket.requester_id)) if ticket.requester_id else []
    return rows if any(each.failed_at for each in rows) else []


def colleagues_of(supplier: uuid.UUID, now: dt.datetime) -> list[Person]:
    """Return who works for the supplier at `now`, by name: to whom a ticket can be handed. One query."""
    held: list[Membership] = _colleagues.get(supplier, lambda: _working_for(supplier)).objects(now)
    persons = {m.person.id: m.person for m in held if m.person}
    return sorted(persons.values(), key=lambda person: person.name.casefold())


_colleagues = Shelf(64)


def _working_for(supplier: uuid.UUID) -> QuerySet[Membership]:
    held = Membership.objects.filter(holding(Later(dt.timedelta())), supplier=supplier)
    return held.exclude(role=Role.READER).select_related("person")


def _facts(ticket: Ticket) -> TicketFacts | None:
    verdict = getattr(ticket, "verdict", None)
    return facts_from_json(verdict.inputs) if verdict else None


def _clocks(facts: TicketFacts | None, target: Target | None, now: dt.datetime) -> Clocks | None:
    if facts is None:
        return None
    try:
        return measure(facts, target, now)
    except (NoTimes, NeverOpen):
        return None


def _lines(
    viewer: Viewer,
    ticket: Ticket,
    facts: TicketFacts | None,
    happened: list[Event],
    now: dt.datetime,
    shown_from: dt.datetime | None,
    relations: Relations,
    came_back: list[Event],
) -> list[Line]:
    said = _said.get(
        (viewer.eyes, ticket.business_id),
        lambda: messages_visible_to(viewer, ticket).select_related("supplier"),
        ticket=ticket.pk,
    )
    messages: list[Message] = said.objects(ticket=ticket.pk)
    files: dict[uuid.UUID, list[Attachment]] = defaultdict(list)
    found = Attachment.objects.filter(message__in=[m.id for m in messages]).select_related("file").order_by("id")
    for attachment in found:
        files[attachment.message_id].append(attachment)
    returned: dict[uuid.UUID | None, list[CameBack]] = defaultdict(list)
    for row in came_back:
        returned[row.ref].append(CameBack(address=row.by, rule=row.detail))
    flags = flags_by_message(facts, now) if facts else {}
    days = {each.at for each in facts.resolutions if not each.timed} if facts else set()
    ends = {event.at for event in happened if event.what in {"resolved", "set_aside"}}
    lines = [
        Line(
            at=m.occurred_at,
            kind=_kind(m),
            message=m,
            files=files[m.id],
            flags=flags.get(str(m.id), []),
            undelivered=returned[m.id],
            form=form_of(m.channel, m.clock_quality),
            part=relations.numbers.get(m.ticket_id),
        )
        for m in messages
    ]
    lines += [
        Line(at=event.at, kind="happened", happened=event, form="day" if event.at in days else "time")
        for event in happened
        if not _is_opening(event, ticket) and not _goes_without_saying(event, ends)
    ]
    if facts:
        lines += [Line(at=at, kind="paused_silently") for at in silent_pauses(facts)]
        lines += [Line(at=made, kind="promised", due=due) for made, due in lone_promises(facts)]
    if shown_from is not None:
        lines = [line for line in lines if line.message or line.at >= shown_from]
    return sorted(lines, key=lambda line: line.at)


_said = Shelf(256)


def _kind(message: Message) -> str:
    if not message.public:
        return "note"
    if message.automatic or message.side == Side.SYSTEM:
        return "event"
    return "us" if message.side == Side.SUPPLIER else "them"


def form_of(channel: str, clock_quality: str) -> str:
    """Return how much of the moment of a message is shown: "time", "day" (a log knows no more), "" (nobody knows)."""
    if clock_quality == DAY_ONLY:
        return "day"
    return "" if channel == "sheet" and clock_quality == ClockQuality.UNKNOWN else "time"


def _goes_without_saying(event: Event, ends: set[dt.datetime]) -> bool:
    """What is settled is no longer shown to everybody: no event of its own."""
    return event.what == "hidden" and event.at in ends


def _is_opening(event: Event, ticket: Ticket) -> bool:
    """The first row of priorities is the one it was opened with: nothing happened."""
    return event.what == "prioritised" and event.at == ticket.opened_at
