"""Who works on a ticket."""

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Engagement, Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.waking import woken
from quietmonday.support.models import Assignment, Ticket
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
