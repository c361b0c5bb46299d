"""Another supplier of the business works on a ticket too, or no longer."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_text
from quietmonday.outbox.actions import put
from quietmonday.people.models import Engagement
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.indexing import index_again
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.actions.waking import woken
from quietmonday.support.models import Assignment, CallIn, Ticket, TicketEngagement
from quietmonday.support.queries.tickets import engagement_ids, locked

MOST_SUPPLIERS = 10


class CannotCallIn(ValueError):
    """`rule`: other_business, ended, too_many, last."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@transaction.atomic
def involve(
    *, ticket: Ticket, engagement: Engagement, actor: Actor, now: dt.datetime, sees_all: bool = True
) -> TicketEngagement:
    """Let another supplier of the business work on the ticket too; return its part in it. Twice is once.

    From now on it sees what is said to everybody, and what was said before if `sees_all`. Each supplier's notes stay
    its own. Its hours and targets count once all that were there before it have ended. One that was let go may come
    back. Raises CannotCallIn.
    """
    if engagement.business_id != ticket.business_id:
        raise CannotCallIn("other_business")
    if engagement.ends_at is not None and engagement.ends_at <= now:
        raise CannotCallIn("ended")
    ticket = locked(ticket.id)
    here = engagement_ids(ticket)
    if engagement.pk in here:
        return TicketEngagement.objects.get(ticket=ticket, engagement=engagement)
    if len(here) >= MOST_SUPPLIERS:
        raise CannotCallIn("too_many")
    part = {
        "since": now,
        "by_name": actor.name,
        "sees_from": None if sees_all else now,
        "ended_at": None,
        "ended_by": "",
    }
    for each in (ticket, *Ticket.objects.filter(part_of=ticket)):  # who reads the whole reads its parts
        TicketEngagement.objects.update_or_create(
            ticket=each, engagement=engagement, defaults=part, create_defaults={**part, "business": each.business}
        )
    index_again(tickets=[ticket.pk, *Ticket.objects.filter(part_of=ticket).values_list("pk", flat=True)])
    party = TicketEngagement.objects.get(ticket=ticket, engagement=engagement)
    _answer_call_ins(ticket, taken=True, actor=actor, now=now)
    put(topic="support.called_in", ids={"party": str(party.pk)}, now=now, business_id=ticket.business_id,
        key=f"called_in:{party.pk}:{now:%Y%m%d%H%M%S%f}")  # fmt: skip
    write_entry(
        ticket=ticket,
        verb="involved",
        actor=actor,
        payload={"engagement": str(engagement.id), "sees_all": sees_all},
        occurred_at=now,
        now=now,
    )
    return party


@transaction.atomic
def let_go(*, party: TicketEngagement, actor: Actor, now: dt.datetime) -> None:
    """A supplier works on the ticket no longer: it does not see it any more, and the ticket is in nobody's hands of it.
    What it said stays. Twice is once. Raises CannotCallIn (last): somebody must work on it.
    """
    ticket = locked(party.ticket_id)
    row = TicketEngagement.objects.select_related("engagement").get(pk=party.pk)
    if row.ended_at is not None:
        return
    if engagement_ids(ticket) == [row.engagement_id]:
        raise CannotCallIn("last")
    # Its own chain says so too: written before it ends.
    write_entry(
        ticket=ticket,
        verb="let_go",
        actor=actor,
        payload={"engagement": str(row.engagement_id)},
        occurred_at=now,
        now=now,
    )
    whole = [ticket.pk, *Ticket.objects.filter(part_of=ticket).values_list("pk", flat=True)]
    ended = TicketEngagement.objects.filter(ticket__in=whole, engagement=row.engagement_id, ended_at=None)
    ended.update(ended_at=now, ended_by=actor.name)
    index_again(tickets=whole)
    if ticket.snoozed_for_id == row.engagement.supplier_id:
        woken(ticket=ticket, because="let_go", at=now)
    if ticket.assignee and ticket.assignee.supplier_id == row.engagement.supplier_id:
        ticket.assignee = None
        ticket.save(update_fields=["assignee"])
        Assignment.objects.create(business=ticket.business, ticket=ticket, person=None, by_name=actor.name, at=now)
    refresh(ticket=ticket, now=now)


@transaction.atomic
def would_call_in(*, ticket: Ticket, supplier_id: uuid.UUID, note: str, actor: Actor, now: dt.datetime) -> CallIn:
    """A supplier says, in its own words, who else should look at the ticket; return that. Until it is answered, the
    same supplier says it once: a second time, its words take the place of the first."""
    ticket = locked(ticket.id)
    note = clean_text(note)
    row = CallIn.objects.filter(ticket=ticket, supplier=supplier_id, answered_at=None).first()
    if row is not None:
        row.note, row.by_name, row.at = note, actor.name, now
        row.save(update_fields=["note", "by_name", "at"])
    else:
        row = CallIn.objects.create(
            business=ticket.business, ticket=ticket, supplier_id=supplier_id, by_name=actor.name, note=note, at=now
        )
        put(topic="support.would_call_in", ids={"call_in": str(row.pk)}, now=now, business_id=ticket.business_id)
    write_entry(ticket=ticket, verb="would_call_in", actor=actor, payload={"note": note}, occurred_at=now, now=now)
    return row


@transaction.atomic
def decline_call_in(*, row: CallIn, actor: Actor, now: dt.datetime) -> None:
    """The business says that nobody else shall look at it. Twice is once."""
    ticket = locked(row.ticket_id)
    if _answer_call_ins(ticket, taken=False, actor=actor, now=now, only=row):
        write_entry(ticket=ticket, verb="call_in_declined", actor=actor, payload={}, occurred_at=now, now=now)


def _answer_call_ins(ticket: Ticket, *, taken: bool, actor: Actor, now: dt.datetime, only: CallIn | None = None) -> int:
    rows = CallIn.objects.filter(ticket=ticket, answered_at=None)
    if only is not None:
        rows = rows.filter(pk=only.pk)
    return rows.update(answered_at=now, answered_by=actor.name, taken=taken)
