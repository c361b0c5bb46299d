"""A week is stated twice and then only corrected: provisional on Monday, settled two weeks later."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.models import Engagement
from quietmonday.post.models import IntakeGap
from quietmonday.post.queries.mailboxes import serving
from quietmonday.support.actions.corrections import statement_row
from quietmonday.support.actions.verdicts import store_verdict
from quietmonday.support.logic.facts_json import facts_as_json, inputs_hash
from quietmonday.support.logic.headline import headline
from quietmonday.support.logic.stated import count_rows
from quietmonday.support.logic.week import Week, bounds
from quietmonday.support.models import Statement, Ticket
from quietmonday.support.queries.facts import facts_of

PROVISIONAL, SETTLED = "provisional", "settled"


class WeekNotOver(ValueError):
    """A week is stated once it is over."""


@transaction.atomic
def freeze_statement(*, engagement: Engagement, week: Week, kind: str, now: dt.datetime, basis: str = "") -> Statement:
    """State a week of an engagement as it is known at `now`; the first statement of a kind stays as it is.

    `basis` "import": the week was over before the record began, and is stated from what was imported of it.
    A ticket belongs to the week in which it was opened, in the zone of the business. Raises WeekNotOver.
    """
    found = Statement.objects.filter(engagement=engagement, week=week.key, kind=kind).first()
    if found is not None:
        return found
    zone = engagement.business.zone
    starts_at, ends_at = bounds(week, zone)
    if now < ends_at:
        raise WeekNotOver(f"{week.key} is not over")
    tickets = list(
        Ticket.objects.filter(
            parties__engagement=engagement,
            parties__ended_at=None,
            opened_at__gte=starts_at,
            opened_at__lt=ends_at,
        )
        .select_related("business", "work_item", "requester")
        .order_by("opened_at", "id")
    )
    facts = facts_of(tickets, now) if tickets else {}
    rows = [statement_row(ticket, store_verdict(ticket=ticket, facts=facts[ticket.id], now=now)) for ticket in tickets]
    counts = count_rows(rows)
    statement = Statement.objects.create(
        business=engagement.business,
        engagement=engagement,
        week=week.key,
        kind=kind,
        zone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
        frozen_at=now,
        rows=rows,
        headline=[{"rule": rule, "params": params} for rule, params in headline(counts)],
        blind=blind_times(engagement=engagement, starts_at=starts_at, ends_at=ends_at, now=now),
        inputs_hash=inputs_hash({str(each): facts_as_json(facts[each]) for each in facts}),
        basis=basis,
    )
    append(
        verb="statement.frozen",
        actor=SYSTEM,
        business_id=engagement.business_id,
        engagement_ids=[engagement.id],
        subject=("statement", statement.id),
        payload={
            "week": week.key,
            "kind": kind,
            **({"basis": basis} if basis else {}),
            "tickets": [{"id": row["id"], "group": row["group"]} for row in rows],
            "inputs_hash": statement.inputs_hash,
            "rows_hash": inputs_hash(rows),
        },
        occurred_at=now,
        recorded_at=now,
    )
    return statement


def blind_times(
    *, engagement: Engagement, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime
) -> list[dict[str, str]]:
    """Return when mails of the engagement could not come in during a week: what the week cannot know."""
    gaps = IntakeGap.objects.filter(
        serving(engagement.business_id, [engagement.supplier_id], "mailbox__"),
        Q(until_at=None) | Q(until_at__gt=starts_at),
        from_at__lt=ends_at,
    )
    return [
        {
            "from": max(gap.from_at, starts_at).isoformat(),
            "until": min(gap.until_at or now, ends_at).isoformat(),
        }
        for gap in gaps.order_by("from_at")
    ]
