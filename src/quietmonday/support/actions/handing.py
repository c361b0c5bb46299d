"""Who works on a ticket."""

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Engagement, Person
from quietmonday.support.actions.entries import write_entry
<<<<<<< HEAD
from quietmonday.support.actions.indexing import index_again
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.models import Assignment, PriorityChange, Ticket, TicketEngagement
=======
from quietmonday.support.actions.waking import woken
from quietmonday.support.models import Assignment, Ticket
>>>>>>> 0642e00
from quietmonday.support.queries.tickets import engagement_ids, locked


class NotOfThisSupplier(ValueError):
    """Somebody who works for none of the ticket's suppliers cannot be given it."""


@transaction.atomic
def assign(*, ticket: Ticket, person: Person | None, actor: Actor, now: dt.datetime) -> Assignment | None:
    """Hand the ticket to `person` (None: to nobody in particular); None if they have it. Raises NotOfThisSupplier."""
    ticket = locked(ticket.id)
    if ticket.assignee_id == (person.id if person else None):
        return None
    suppliers = Engagement.objects.filter(pk__in=engagement_ids(ticket)).values_list("supplier_id", flat=True)
    if person is not None and person.supplier_id not in set(suppliers):
        raise NotOfThisSupplier(f"{person.name} works for no supplier of this request")
    before = ticket.assignee
    ticket.assignee = person
    ticket.save(update_fields=["assignee"])
    woken(ticket=ticket, because="handed", at=now)
    assignment = Assignment.objects.create(
        business=ticket.business, ticket=ticket, person=person, by_name=actor.name, at=now
    )
    write_entry(
        ticket=ticket,
        verb="assigned",
        actor=actor,
        payload={
            "person": str(person.id) if person else None,
            "name": person.name if person else None,
            "from": before.name if before else None,
        },
        occurred_at=now,
        now=now,
    )
    return assignment
<<<<<<< HEAD


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: int, actor: Actor, now: dt.datetime) -> None:
    """Change the priority: targets count from the original start, and the earlier verdict is kept beside."""
    if priority not in (1, 2, 3, 4):
        raise ValueError("a priority is 1, 2, 3 or 4")
    ticket = locked(ticket.id)
    if ticket.priority == priority:
        return
    before, ticket.priority = ticket.priority, priority
    ticket.save(update_fields=["priority"])
    PriorityChange.objects.create(
        business=ticket.business, ticket=ticket, priority=priority, since=now, by_name=actor.name
    )
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="prioritised",
        actor=actor,
        payload={"from": before, "to": priority},
        occurred_at=now,
        now=now,
    )


@transaction.atomic
def involve(*, ticket: Ticket, engagement: Engagement, actor: Actor, now: dt.datetime) -> None:
    """Let another supplier of the business work on the ticket too."""
    ticket = locked(ticket.id)
    _, new = TicketEngagement.objects.get_or_create(
        ticket=ticket, engagement=engagement, defaults={"business": ticket.business, "since": now}
    )
    if new:
        index_again(tickets=[ticket.pk])
        write_entry(
            ticket=ticket,
            verb="involved",
            actor=actor,
            payload={"engagement": str(engagement.id)},
            occurred_at=now,
            now=now,
        )
=======
>>>>>>> 0642e00
