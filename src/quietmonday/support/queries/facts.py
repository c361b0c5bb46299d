"""What is known about tickets, as the rules take it: a fixed number of queries for any number of tickets."""

import dataclasses
import datetime as dt
import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import models

from quietmonday.people.logic.calendar import WorkingHours
from quietmonday.people.models import Engagement, ServiceLevel
from quietmonday.people.queries import working_hours_of
from quietmonday.support import models as rows
from quietmonday.support.logic import facts as known

R = TypeVar("R", bound=models.Model)
_END_OF_DAY = dt.time(23, 59, 59)


def facts_of(tickets: Sequence[rows.Ticket], now: dt.datetime) -> dict[uuid.UUID, known.TicketFacts]:
    """Return what is known of `tickets`, by ticket id. A fixed number of queries, however many tickets.

    The hours carry the holidays of the years that a ticket spans, and of the one after: deadlines look ahead.
    """
    ids = [ticket.id for ticket in tickets]
    leading = _leading_parties(ids)
    parties = {ticket: lead.engagement for ticket, lead in leading.items()}
    wholes = _wholes(tickets)
    everywhere = [*ids, *(part.id for whole in wholes.values() for part in whole.parts)]
    targets = _targets({e.id: e for e in parties.values()}.values())
    hours = {t.id: working_hours_of(parties[t.id], _years(t, now)) for t in tickets}
    messages = _by_ticket(rows.Message.objects.filter(ticket__in=everywhere, public=True).defer("text", "quoted"))
    asked = {m.id: m.occurred_at for group in messages.values() for m in group}
    promises = _by_ticket(rows.Promise.objects.filter(ticket__in=everywhere))
    pauses = _by_ticket(rows.Pause.objects.filter(ticket__in=everywhere))
    resolutions = _by_ticket(rows.Resolution.objects.filter(ticket__in=ids))
    reopenings = _by_ticket(rows.Reopening.objects.filter(ticket__in=ids))
    feedback = _by_ticket(rows.Feedback.objects.filter(ticket__in=ids).select_related("person"))
    disputes = _by_ticket(rows.Dispute.objects.filter(ticket__in=ids))
    priorities = _by_ticket(rows.PriorityChange.objects.filter(ticket__in=ids))
    repeats: dict[uuid.UUID, list[rows.Repeat]] = defaultdict(list)
    for repeat in rows.Repeat.objects.filter(earlier__in=ids).select_related("later"):
        repeats[repeat.earlier_id].append(repeat)
    return {
        ticket.id: known.TicketFacts(
            id=str(ticket.id),
            reported_at=_start(ticket, wholes[ticket.id], leading[ticket.id]),
            opened_at=ticket.opened_at,
            hours=hours[ticket.id],
            targets={} if _planned(ticket) else targets[parties[ticket.id].id],
            priorities=tuple(_priority(p) for p in priorities[ticket.id]),
            state=known.State(ticket.state),
            closed_at=ticket.work_item.closed_at if ticket.state not in {"open", "resolved"} else None,
            messages=tuple(_message(m) for m in _said(messages, ticket, wholes[ticket.id])),
            promises=tuple(_promise(p) for p in _all_of(promises, ticket, wholes)),
            pauses=(
                *(_pause(p, asked) for p in pauses[ticket.id]),
                *_pauses_before(ticket, wholes[ticket.id], pauses, asked),
            ),
            resolutions=tuple(_resolution(r, hours[ticket.id].zone) for r in resolutions[ticket.id]),
            reopenings=tuple(known.Reopening(id=str(r.id), at=r.at) for r in reopenings[ticket.id]),
            repeats=tuple(known.Repeat(id=str(r.later_id), at=r.later.opened_at) for r in repeats[ticket.id]),
            feedback=tuple(
                known.Feedback(id=str(f.id), at=f.at, answer=known.Answer(f.answer), by=f.person.name)
                for f in feedback[ticket.id]
            ),
            disputes=tuple(
                known.Dispute(id=str(d.id), at=d.at, by=d.by_name, note=d.note) for d in disputes[ticket.id]
            ),
            supplier_name=parties[ticket.id].supplier.name,
            requester_name=ticket.requester.name if ticket.requester else "",
            phone_answered_live=wholes[ticket.id].first.source == "phone",
            third_party_stops=parties[ticket.id].third_party_stops_clock,
            words_logged=not ticket.from_log,
            planned=_planned(ticket),
        )
        for ticket in tickets
    }


def facts_at_opening(
    ticket: rows.Ticket,
    engagement: Engagement,
    priority: rows.PriorityChange,
    message: rows.Message,
    now: dt.datetime,
) -> known.TicketFacts:
    """Return what `facts_of` would for a ticket that this transaction opened, from its rows at hand: one query.

    `engagement`: the one it concerns first. Nothing else can have happened to it yet.
    """
    hours = working_hours_of(engagement, _years(ticket, now))
    return known.TicketFacts(
        id=str(ticket.id),
        reported_at=ticket.reported_at,
        opened_at=ticket.opened_at,
        hours=hours,
        targets={} if _planned(ticket) else _targets([engagement])[engagement.id],
        priorities=(_priority(priority),),
        state=known.State(ticket.state),
        messages=(_message(message),),
        supplier_name=engagement.supplier.name,
        requester_name=ticket.requester.name if ticket.requester else "",
        phone_answered_live=ticket.source == "phone",
        third_party_stops=engagement.third_party_stops_clock,
        planned=_planned(ticket),
    )


def _planned(ticket: rows.Ticket) -> bool:
    """Whether it came by its schedule: nobody asked, so no time was promised."""
    return ticket.source == "schedule"


class Desk:
    """One engagement, for facts of many tickets whose rows are at hand: two queries, whatever the number."""

    def __init__(self, engagement: Engagement, now: dt.datetime) -> None:
        self._engagement, self._now = engagement, now
        self._targets = _targets([engagement])[engagement.id]
        self._hours: dict[range, WorkingHours] = {}

    def facts(
        self,
        ticket: rows.Ticket,
        *,
        priorities: Sequence[rows.PriorityChange],
        messages: Sequence[rows.Message],
        pauses: Sequence[rows.Pause],
        resolutions: Sequence[rows.Resolution],
        reopenings: Sequence[rows.Reopening],
    ) -> known.TicketFacts:
        """Return what `facts_of` would for a ticket of this engagement alone that has these rows and no others."""
        years = _years(ticket, self._now)
        hours = self._hours.get(years)
        if hours is None:
            hours = self._hours[years] = working_hours_of(self._engagement, years)
        return known.TicketFacts(
            id=str(ticket.id),
            reported_at=ticket.reported_at,
            opened_at=ticket.opened_at,
            hours=hours,
            targets=self._targets,
            priorities=tuple(_priority(p) for p in priorities),
            state=known.State(ticket.state),
            closed_at=ticket.work_item.closed_at if ticket.state not in {"open", "resolved"} else None,
            messages=tuple(_message(m) for m in sorted(messages, key=lambda m: (m.occurred_at, m.id))),
            pauses=tuple(_pause(p, {}) for p in pauses),
            resolutions=tuple(_resolution(r, hours.zone) for r in resolutions),
            reopenings=tuple(known.Reopening(id=str(r.id), at=r.at) for r in reopenings),
            supplier_name=self._engagement.supplier.name,
            requester_name=ticket.requester.name if ticket.requester else "",
            phone_answered_live=ticket.source == "phone",
            third_party_stops=self._engagement.third_party_stops_clock,
            words_logged=not ticket.from_log,
        )


def _years(ticket: rows.Ticket, now: dt.datetime) -> range:
    return range(ticket.opened_at.year, (ticket.resolved_at or now).year + 2)


def _by_ticket(found: models.QuerySet[Any]) -> dict[uuid.UUID, list[Any]]:
    groups: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in found:
        groups[row.ticket_id].append(row)
    return groups


@dataclasses.dataclass(frozen=True, slots=True)
class _Lead:
    """The engagement whose hours and targets count; `since`: when it took over from one that ended, else None."""

    engagement: Engagement
    since: dt.datetime | None


def _leading_parties(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Lead]:
    """Of each ticket the engagement that it concerned first of those that have not ended."""
    parties = rows.TicketEngagement.objects.filter(ticket__in=ids).select_related(
        "engagement__supplier", "engagement__business", "engagement__calendar"
    )
    by_ticket: dict[uuid.UUID, list[rows.TicketEngagement]] = defaultdict(list)
    for party in parties.order_by("since", "id"):
        by_ticket[party.ticket_id].append(party)
    return {ticket: _lead_of(found) for ticket, found in by_ticket.items()}


def _lead_of(parties: Sequence[rows.TicketEngagement]) -> _Lead:
    """`parties` of one ticket, oldest first. Whoever was there from the start answers for it from the start, whatever
    others left; whoever was called in, and is now alone with it, from then on."""
    standing = next((each for each in parties if each.ended_at is None), parties[0])
    return _Lead(standing.engagement, standing.since if standing.by_name else None)


@dataclasses.dataclass(frozen=True, slots=True)
class _Whole:
    """A ticket with those that are the same call. `first`: the one that was reported first."""

    parts: tuple[rows.Ticket, ...]
    first: rows.Ticket


def _wholes(tickets: Sequence[rows.Ticket]) -> dict[uuid.UUID, _Whole]:
    parts: dict[uuid.UUID, list[rows.Ticket]] = defaultdict(list)
    for part in rows.Ticket.objects.filter(part_of__in=[ticket.id for ticket in tickets]).order_by("id"):
        if part.part_of_id:
            parts[part.part_of_id].append(part)
    found = {}
    for ticket in tickets:
        timed = [each for each in (ticket, *parts[ticket.id]) if each.reported_at is not None]
        first = min(timed, key=lambda each: each.reported_at or each.opened_at, default=ticket)
        found[ticket.id] = _Whole(tuple(parts[ticket.id]), first)
    return found


def _start(ticket: rows.Ticket, whole: _Whole, lead: _Lead) -> dt.datetime | None:
    """When the call began: with the first of the requests that are one, or when its supplier was called in."""
    began = whole.first.reported_at
    return max(began, lead.since) if began and lead.since else began


def _all_of(found: dict[uuid.UUID, list[R]], ticket: rows.Ticket, wholes: dict[uuid.UUID, _Whole]) -> list[R]:
    return [row for each in (ticket, *wholes[ticket.id].parts) for row in found[each.id]]


def _said(messages: dict[uuid.UUID, list[rows.Message]], ticket: rows.Ticket, whole: _Whole) -> list[rows.Message]:
    """What was said in a ticket, and by the suppliers in its parts.

    What the customer said in a part is no answer to what was asked here: a pause would end by it. The part's own pauses
    know when they ended.
    """
    theirs = (row for part in whole.parts for row in messages[part.id] if row.side != rows.Side.CUSTOMER)
    return [*messages[ticket.id], *theirs]


def _pauses_before(
    ticket: rows.Ticket, whole: _Whole, pauses: dict[uuid.UUID, list[rows.Pause]], asked: dict[uuid.UUID, dt.datetime]
) -> list[known.Pause]:
    """The pauses of the parts until this ticket was opened: from then on, what it says itself is what counts."""
    found = [_pause(row, asked) for part in whole.parts for row in pauses[part.id] if row.started_at < ticket.opened_at]
    return [
        dataclasses.replace(each, ended_at=min(each.ended_at or ticket.opened_at, ticket.opened_at)) for each in found
    ]


def _targets(engagements: Iterable[Engagement]) -> dict[uuid.UUID, dict[str, known.Target]]:
    by_id = {engagement.id: engagement for engagement in engagements}
    targets: dict[uuid.UUID, dict[str, known.Target]] = {each: {} for each in by_id}
    for level in ServiceLevel.objects.filter(engagement__in=by_id):
        targets[level.engagement_id][str(level.priority)] = known.Target(
            response_minutes=level.response_minutes,
            restore_minutes=level.restore_minutes,
            update_minutes=level.update_minutes,
            agreed=by_id[level.engagement_id].levels_agreed,
            around_the_clock=level.around_the_clock,
        )
    return targets


def _priority(row: rows.PriorityChange) -> known.PriorityChange:
    return known.PriorityChange(id=str(row.id), priority=str(row.priority), since=row.since)


def _message(row: rows.Message) -> known.Message:
    return known.Message(
        id=str(row.id),
        at=row.occurred_at,
        side=known.Side(row.side),
        automatic=row.automatic,
        author=row.author_name,
        timed=row.clock_quality != rows.DAY_ONLY and not (row.channel == "sheet" and row.clock_quality == "unknown"),
    )


def _promise(row: rows.Promise) -> known.Promise:
    return known.Promise(
        id=str(row.id),
        made_at=row.made_at,
        due_at=row.due_at,
        kept_at=row.ended_at if row.kept is not None else None,
        superseded_at=row.ended_at if row.kept is None else None,
    )


_REASONS = {
    "customer": known.PauseReason.WAITING_ON_CUSTOMER,
    "third_party": known.PauseReason.THIRD_PARTY,
    "agreed_date": known.PauseReason.AGREED_DATE,
}


def _pause(row: rows.Pause, asked: dict[uuid.UUID, dt.datetime]) -> known.Pause:
    return known.Pause(
        id=str(row.id),
        reason=_REASONS[row.reason],
        started_at=row.started_at,
        question_id=str(row.question_id) if row.question_id else None,
        question_visible=row.question_id in asked,
        asked_at=asked.get(row.question_id) if row.question_id else None,
        until=row.until_date,
        ended_at=row.ended_at,
    )


def _resolution(row: rows.Resolution, zone: str) -> known.Resolution:
    return known.Resolution(
        id=str(row.id),
        at=row.at,
        kind=known.ResolutionKind(row.kind),
        workaround_until=end_of_day(row.workaround_until, zone) if row.workaround_until else None,
        permanent_fix_at=row.fixed_at,
        auto_closed=row.automatic,
        timed=row.clock_quality != rows.DAY_ONLY,
    )


def end_of_day(date: dt.date, zone: str) -> dt.datetime:
    """Return the last second of `date` in `zone`, in UTC: a fix promised for a day may come at any time of it."""
    return dt.datetime.combine(date, _END_OF_DAY, tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
