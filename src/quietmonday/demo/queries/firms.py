"""Who and what the keys of the story are in the database."""

from __future__ import annotations

import dataclasses
import uuid

from django.db.models import Q

from quietmonday.demo.logic.story import Story
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Address, Business, Engagement, Person, Supplier
from quietmonday.post.models import InboxItem, Mailbox
from quietmonday.support.models import Recurrence, Ticket, TicketTemplate

ORIGIN = "made-up:"


@dataclasses.dataclass
class Firms:
    """Everybody of the made-up firm by key, and its requests as they come up."""

    businesses: dict[str, Business]
    suppliers: dict[str, Supplier]
    engagements: dict[tuple[str, str], Engagement]
    persons: dict[str, Person]
    mailboxes: dict[str, Mailbox]
    _tickets: dict[str, uuid.UUID] = dataclasses.field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """Return somebody as the one who acts."""
        person = self.persons[key]
        return Actor(id=person.pk, name=person.name)

    def ticket(self, key: str) -> Ticket:
        """Return the request of the story with this key, as its actions take it. Raises DoesNotExist."""
        if key not in self._tickets:
            self._tickets[key] = self._found(key)
        return Ticket.objects.select_related("business", "work_item").get(pk=self._tickets[key])

    def engagement_with(self, ticket: Ticket, person: Person) -> Engagement:
        """Return the engagement by which somebody of a supplier works for the request's business."""
        pair = (ticket.business_id, person.supplier_id)
        return next(each for each in self.engagements.values() if (each.business_id, each.supplier_id) == pair)

    def recurrence(self, template: str) -> Recurrence:
        """Return what comes round by the template with this title. Raises DoesNotExist."""
        return Recurrence.objects.get(template__title=template, business__in=self.businesses.values())

    def template(self, title: str) -> TicketTemplate:
        """Return the template with this title. Raises DoesNotExist."""
        ours = Q(business__in=self.businesses.values()) | Q(supplier__in=self.suppliers.values())
        return TicketTemplate.objects.get(ours, title=title)

    def _found(self, key: str) -> uuid.UUID:
        template, _, number = key.rpartition(":")
        if number.isdecimal():
            origin = f"recurring:{self.recurrence(template).pk}:"
            rounds = Ticket.objects.filter(work_item__origin__startswith=origin).order_by("work_item__origin")
            return rounds[int(number) - 1].pk
        by_mail = InboxItem.objects.filter(origin=f"{ORIGIN}{key}").values("outcome_id")
        theirs = Ticket.objects.filter(business__in=self.businesses.values())
        return theirs.get(Q(work_item__origin=f"{ORIGIN}{key}") | Q(pk__in=by_mail)).pk


def firms_of(story: Story) -> Firms:
    """Return the firms and people of the story that are there."""
    businesses = {each.name: each for each in Business.objects.filter(made_up=True)}
    suppliers = {each.name: each for each in Supplier.objects.filter(made_up=True)}
    by_key = {each.key: businesses[each.name] for each in story.businesses if each.name in businesses}
    suppliers_by_key = {each.key: suppliers[each.name] for each in story.suppliers if each.name in suppliers}
    emails = {each.email: each.key for each in story.people}
    addresses = Address.objects.filter(email__in=emails).select_related("person__business", "person__supplier")
    engagements = Engagement.objects.filter(business__made_up=True).select_related("business", "supplier", "calendar")
    place = {each.pk: key for key, each in (*by_key.items(), *suppliers_by_key.items())}
    return Firms(
        businesses=by_key,
        suppliers=suppliers_by_key,
        engagements={
            (place[each.business_id], place[each.supplier_id]): each
            for each in engagements
            if each.business_id in place and each.supplier_id in place
        },
        persons={
            emails[each.email]: each.person
            for each in addresses
            if (each.person.business or each.person.supplier) and _made_up(each.person)
        },
        mailboxes={place[each.business_id]: each for each in Mailbox.objects.all() if each.business_id in place},
    )


def _made_up(person: Person) -> bool:
    firm = person.business or person.supplier
    return firm is not None and firm.made_up
