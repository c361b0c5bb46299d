"""Time that somebody spent on a request. What the note says stays with the supplier: the journal has minutes only."""

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Engagement, Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.models import Ticket
from quietmonday.support.queries.tickets import locked
from quietmonday.work.actions.time import add_time
from quietmonday.work.models import TimeEntry


@transaction.atomic
def spend_time(
    *,
    ticket: Ticket,
    engagement: Engagement,
    person: Person,
    minutes: int,
    at: dt.datetime,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
) -> TimeEntry:
    """Write down that `person` worked `minutes` on the ticket, from `at` on. Raises NoSuchTime."""
    ticket = locked(ticket.id)
    entry = add_time(
        item=ticket.work_item, engagement=engagement, person=person, minutes=minutes, at=at, actor=actor, now=now,
        note=note,
    )  # fmt: skip
    if not ticket.has_time:
        ticket.has_time = True
        ticket.save(update_fields=["has_time"])
    write_entry(
        ticket=ticket,
        verb="time_spent",
        actor=actor,
        payload={"time": str(entry.id), "minutes": minutes, "supplier": str(engagement.supplier_id)},
        occurred_at=at,
        now=now,
    )
    return entry


@transaction.atomic
def take_time_back(*, entry: TimeEntry, actor: Actor, now: dt.datetime) -> bool:
    """Remove what was written down by mistake; the journal keeps that it was. False if it is gone already."""
    ticket = locked(entry.work_item.ticket.id)
    found = TimeEntry.objects.filter(pk=entry.pk).first()
    if found is None:
        return False
    found.delete()
    write_entry(
        ticket=ticket,
        verb="time_taken_back",
        actor=actor,
        payload={
            "time": str(entry.pk),
            "minutes": found.minutes,
            "supplier": str(entry.engagement.supplier_id),
        },
        occurred_at=now,
        now=now,
    )
    return True
