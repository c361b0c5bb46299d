"""Three years of Mondays: verdicts, statements, entries and seals, week by week as the product would have kept them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from bench.firms import Client
from bench.sizes import ZONE
from quietmonday.journal.actions import Event, append_many, seal_week
from quietmonday.journal.models import Chain, ChainKind
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.logic.calendar import to_utc
from quietmonday.support.actions.corrections import statement_row
from quietmonday.support.actions.statements import PROVISIONAL, SETTLED
from quietmonday.support.logic.facts import TicketFacts
from quietmonday.support.logic.facts_json import facts_as_json, inputs_hash
from quietmonday.support.logic.headline import count, headline
from quietmonday.support.logic.verdict import effective, quick
from quietmonday.support.logic.verdict_json import verdict_as_json, verdict_from_json
from quietmonday.support.logic.week import Week, bounds
from quietmonday.support.models import Correction, Statement, Ticket, Verdict
from quietmonday.support.queries.facts import facts_of

CHUNK = 1000
AT = dt.time(7, 30)
PRIVATE_SEALED = dt.timedelta(weeks=16)


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """A ticket with its facts as they stand at the end, and what they say at the end."""

    ticket: Ticket
    facts: TicketFacts
    inputs: dict[str, Any]
    findings: dict[str, Any]


@dataclasses.dataclass(slots=True)
class Years:
    """Keeps the weeks. Hand it each week's tickets and events, oldest week first, then `close` it."""

    clients: Sequence[Client]
    end: dt.datetime
    _waiting: list[Event] = dataclasses.field(default_factory=list)
    _judged: dict[Week, list[Judged]] = dataclasses.field(default_factory=dict)

    def keep(self, week: Week, tickets: Sequence[Ticket], events: Iterable[Event]) -> None:
        """Judge the week's tickets; on its Monday state the week before, settle the one two before that, and seal."""
        self._waiting += events
        self._judged[week] = judge(tickets, self.end)
        monday = to_utc(dt.datetime.combine(week.monday, AT), ZONE)
        last = week.previous()
        if monday > self.end or last not in self._judged:
            return
        self._tell_until(monday)
        statements = self._states(last, PROVISIONAL, monday)
        settled = last.previous().previous()
        statements += self._states(settled, SETTLED, monday)
        Statement.objects.bulk_create(statements, batch_size=100)
        self._corrects(statements)
        _append([_frozen(statement) for statement in statements])
        self._judged.pop(settled, None)
        for chain in self._to_seal(monday):
            seal_week(chain=chain, week=last.key, zone=ZONE, now=monday)

    def close(self) -> None:
        """Write what the journal was not told yet."""
        self._tell_until(self.end)

    def _to_seal(self, monday: dt.datetime) -> list[Chain]:
        """Every chain of an engagement; the private ones, in which nothing happens, only in the last weeks."""
        kinds = list(ChainKind) if self.end - monday < PRIVATE_SEALED else [ChainKind.ENGAGEMENT]
        mine = [client.business.id for client in self.clients]
        return list(Chain.objects.filter(kind__in=kinds, business_id__in=mine).order_by("id"))

    def _tell_until(self, moment: dt.datetime) -> None:
        """Entries stand in the order in which they were recorded, whichever ticket they are of."""
        self._waiting.sort(key=lambda event: event.recorded_at)
        told = [event for event in self._waiting if event.recorded_at < moment]
        self._waiting = self._waiting[len(told) :]
        _append(told)

    def _states(self, week: Week, kind: str, now: dt.datetime) -> list[Statement]:
        if week not in self._judged:
            return []  # before the record began
        by_business: dict[uuid.UUID, list[Judged]] = defaultdict(list)
        for judged in self._judged[week]:
            by_business[judged.ticket.business_id].append(judged)
        return [_statement(client, week, kind, by_business[client.business.id], now) for client in self.clients]

    def _corrects(self, statements: Sequence[Statement]) -> None:
        """Set beside a settled row what is known at the end, where that is something else."""
        final = {str(j.ticket.id): j for judged in self._judged.values() for j in judged}
        rows = []
        for statement in statements:
            for row in statement.rows if statement.kind == SETTLED else ():
                judged = final[row["id"]]
                after = statement_row(judged.ticket, judged.findings)
                if (after["quick"]["value"], after["effective"]["value"], after["group"]) != (
                    row["quick"]["value"],
                    row["effective"]["value"],
                    row["group"],
                ):
                    rows.append(
                        Correction(
                            business=judged.ticket.business,
                            statement=statement,
                            ticket=judged.ticket,
                            before=row,
                            after=after,
                            found_at=self.end,
                        )
                    )
        Correction.objects.bulk_create(rows, batch_size=CHUNK)


def judge(tickets: Sequence[Ticket], now: dt.datetime) -> list[Judged]:
    """Write the verdict row of each ticket as the product's rules judge it at `now`; return what was judged."""
    found = []
    for at in range(0, len(tickets), CHUNK):
        chunk = tickets[at : at + CHUNK]
        facts = facts_of(chunk, now)
        for ticket in chunk:
            known = facts[ticket.id]
            found.append(Judged(ticket, known, facts_as_json(known), _findings(known, now)))
    Verdict.objects.bulk_create(
        (
            Verdict(
                business=judged.ticket.business,
                ticket=judged.ticket,
                inputs=judged.inputs,
                quick=judged.findings["quick"]["value"],
                effective=judged.findings["effective"]["value"],
                findings=judged.findings,
                computed_at=now,
            )
            for judged in found
        ),
        batch_size=CHUNK,
    )
    return found


def _statement(client: Client, week: Week, kind: str, judged: Sequence[Judged], now: dt.datetime) -> Statement:
    rows = [statement_row(each.ticket, _findings(each.facts, now)) for each in judged]
    counts = count((verdict_from_json(row["quick"]), verdict_from_json(row["effective"])) for row in rows)
    starts_at, ends_at = bounds(week, ZONE)
    return Statement(
        business=client.business,
        engagement=client.engagement,
        week=week.key,
        kind=kind,
        zone=ZONE,
        starts_at=starts_at,
        ends_at=ends_at,
        frozen_at=now,
        rows=rows,
        headline=[{"rule": rule, "params": params} for rule, params in headline(counts)],
        blind=[],
        inputs_hash=inputs_hash({str(each.ticket.id): each.inputs for each in judged}),
    )


def _frozen(statement: Statement) -> Event:
    return Event(
        verb="statement.frozen",
        actor=SYSTEM,
        business_id=statement.business_id,
        engagement_ids=(statement.engagement_id,),
        subject=("statement", statement.id),
        payload={
            "week": statement.week,
            "kind": statement.kind,
            "tickets": [{"id": row["id"], "group": row["group"]} for row in statement.rows],
            "inputs_hash": statement.inputs_hash,
            "rows_hash": inputs_hash(statement.rows),
        },
        occurred_at=statement.frozen_at,
        recorded_at=statement.frozen_at,
    )


def _append(events: Sequence[Event]) -> None:
    for at in range(0, len(events), CHUNK):
        append_many(events[at : at + CHUNK])


def _findings(facts: TicketFacts, now: dt.datetime) -> dict[str, Any]:
    return {"quick": verdict_as_json(quick(facts, now)), "effective": verdict_as_json(effective(facts, now))}
