"""Everything that the page of one request shows, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict

from quietmonday.kit.clock import ClockQuality
from quietmonday.people.access import Viewer, holding
from quietmonday.people.logic.calendar import NeverOpen
from quietmonday.people.models import Address, Membership, Person, Role
from quietmonday.support.access import asked_for, messages_visible_to
from quietmonday.support.logic.clocks import Clocks, NoTimes, measure
from quietmonday.support.logic.facts import Target, TicketFacts
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.flags import Flag, flags_by_message, lone_promises, silent_pauses
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.pauses import Standstill, standstill
from quietmonday.support.logic.two_clocks import TwoClocks, two_clocks
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.models import DAY_ONLY, Attachment, FeedbackQuestion, Message, Side, Ticket, TicketEngagement
from quietmonday.support.queries.events import Event, events_of


@dataclasses.dataclass(slots=True)
class Line:
    """One line of the conversation: a message with its files and flags, or an event."""

    at: dt.datetime
    kind: str  # them, us, event, note, happened, paused_silently, promised
    message: Message | None = None
    files: list[Attachment] = dataclasses.field(default_factory=list)
    flags: list[Flag] = dataclasses.field(default_factory=list)
    happened: Event | None = None
    due: dt.datetime | None = None
    form: str = "time"  # day: only its day is known; empty: not even that


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
    unasked: bool  # it came out of a log, and nobody was asked since whether it is solved

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
    parties = list(
        TicketEngagement.objects.filter(ticket=ticket).select_related("engagement__supplier").order_by("since", "id")
    )
    own = next((p.engagement.supplier for p in parties if p.engagement_id in viewer.engagements), None)
    # Somebody who leads the business and works for its supplier is on the supplier's side here.
    asks = own is None
    facts = _facts(ticket)
    target = facts.targets.get(str(ticket.priority)) if facts else None
    clocks = _clocks(facts, target, now)
    happened = events_of(ticket, facts)
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
        asks=asks,
        may_ask=asked_for(viewer, ticket),
        is_requester=ticket.requester_id in viewer.persons,
        lines=_lines(viewer, ticket, facts, happened, now),
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
        unasked=ticket.from_log and not FeedbackQuestion.objects.filter(ticket=ticket).exists(),
    )


def _unreached(ticket: Ticket) -> list[Address]:
    """Return the addresses of the requester if our mail came back from one; else nothing to say."""
    rows = list(Address.objects.filter(person=ticket.requester_id)) if ticket.requester_id else []
    return rows if any(each.failed_at for each in rows) else []


def colleagues_of(supplier: uuid.UUID, now: dt.datetime) -> list[Person]:
    """Return who works for the supplier at `now`, by name: to whom a ticket can be handed. One query."""
    held = Membership.objects.filter(holding(now), supplier=supplier).exclude(role=Role.READER).select_related("person")
    persons = {m.person.id: m.person for m in held if m.person}
    return sorted(persons.values(), key=lambda person: person.name.casefold())


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
    viewer: Viewer, ticket: Ticket, facts: TicketFacts | None, happened: list[Event], now: dt.datetime
) -> list[Line]:
    messages = list(messages_visible_to(viewer, ticket).select_related("supplier"))
    files: dict[uuid.UUID, list[Attachment]] = defaultdict(list)
    found = Attachment.objects.filter(message__in=[m.id for m in messages]).select_related("file").order_by("id")
    for attachment in found:
        files[attachment.message_id].append(attachment)
    flags = flags_by_message(facts, now) if facts else {}
    days = {each.at for each in facts.resolutions if not each.timed} if facts else set()
    lines = [
        Line(
            at=m.occurred_at,
            kind=_kind(m),
            message=m,
            files=files[m.id],
            flags=flags.get(str(m.id), []),
            form=form_of(m),
        )
        for m in messages
    ]
    lines += [
        Line(at=event.at, kind="happened", happened=event, form="day" if event.at in days else "time")
        for event in happened
        if not _is_opening(event, ticket)
    ]
    if facts:
        lines += [Line(at=at, kind="paused_silently") for at in silent_pauses(facts)]
        lines += [Line(at=made, kind="promised", due=due) for made, due in lone_promises(facts)]
    return sorted(lines, key=lambda line: line.at)


def _kind(message: Message) -> str:
    if not message.public:
        return "note"
    if message.automatic or message.side == Side.SYSTEM:
        return "event"
    return "us" if message.side == Side.SUPPLIER else "them"


def form_of(message: Message) -> str:
    """Return how much of its moment is shown: "time", "day" (a log knows no more), or "" (nobody knows when)."""
    if message.clock_quality == DAY_ONLY:
        return "day"
    return "" if message.channel == "sheet" and message.clock_quality == ClockQuality.UNKNOWN else "time"


def _is_opening(event: Event, ticket: Ticket) -> bool:
    """The first row of priorities is the one it was opened with: nothing happened."""
    return event.what == "prioritised" and event.at == ticket.opened_at
