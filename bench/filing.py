"""Rows of many requests at once, as the product's own actions write them one by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import models

from bench.events import Told, told
from bench.firms import Client, Firms
from bench.stories import Story
from quietmonday.journal.actions import Event
from quietmonday.kit.clock import ClockQuality
from quietmonday.people.models import Person
from quietmonday.post.models import InboxItem, InboxState, RawBytes
from quietmonday.support.actions.indexing import index_new
from quietmonday.support.actions.settling import FEEDBACK_DAYS
from quietmonday.support.models import (
    Assignment,
    Feedback,
    FeedbackQuestion,
    Message,
    Pause,
    PriorityChange,
    Promise,
    Resolution,
    Side,
    Ticket,
    TicketEngagement,
    TicketState,
)
from quietmonday.work.models import Numbers, WorkItem

KEPT_EVERY = 25
"""Beside every 25th mailed request, about, a mail of an unknown sender came in."""

_TABLES: tuple[type[models.Model], ...] = (
    WorkItem,
    Ticket,
    TicketEngagement,
    PriorityChange,
    InboxItem,
    RawBytes,
    Message,
    Assignment,
    Promise,
    Pause,
    Resolution,
    FeedbackQuestion,
    Feedback,
)
"""In the order in which one may point at another."""


@dataclasses.dataclass(slots=True)
class Filing:
    """The drawer: numbers drawn so far a business, and rows that wait to be written."""

    firms: Firms
    numbers: Counter[int] = dataclasses.field(default_factory=Counter)

    def file(self, stories: Sequence[Story]) -> tuple[list[Ticket], list[Event]]:
        """Write all rows of `stories`; return their tickets and what the journal is to tell of them, unwritten."""
        tickets: list[Ticket] = []
        events: list[Event] = []
        rows, said = _Rows(), []
        for story in stories:
            client = self.firms.clients[story.business]
            self.numbers[story.business] += 1
            ticket = _ticket(rows, client, story, self.numbers[story.business], self.firms)
            messages = _messages(rows, self.firms, client, story, ticket)
            resolution = _outcome(rows, self.firms, client, story, ticket)
            events += told(
                Told(
                    story=story,
                    ticket=ticket,
                    engagement_id=client.engagement.id,
                    technician=self.firms.technicians[story.technician],
                    messages=messages,
                    resolution=resolution,
                )
            )
            tickets.append(ticket)
            said += [(message, ticket, client.engagement) for message in messages]
        rows.write()
        index_new(
            said=[(message, ticket, ()) for message, ticket, _engagement in said],
            parties={ticket.pk: [(e.pk, e.supplier_id)] for _message, ticket, e in said},
        )
        return tickets, events

    def close(self) -> None:
        """Leave each business's sequence where its last number was drawn."""
        Numbers.objects.bulk_create(
            Numbers(business=client.business, last=self.numbers[n]) for n, client in enumerate(self.firms.clients)
        )


class _Rows:
    def __init__(self) -> None:
        self._waiting: dict[type[models.Model], list[Any]] = {table: [] for table in _TABLES}

    def add(self, row: models.Model) -> None:
        self._waiting[type(row)].append(row)

    def write(self) -> None:
        for table, rows in self._waiting.items():
            table._default_manager.bulk_create(rows, batch_size=500)


def _ticket(rows: _Rows, client: Client, story: Story, number: int, firms: Firms) -> Ticket:
    business, settled = client.business, story.settled
    requester, technician = client.people[story.requester], firms.technicians[story.technician]
    item = WorkItem(
        business=business,
        number=number,
        kind="ticket",
        opened_at=story.opened,
        closed_at=settled.at if settled else None,
        origin=f"bench:{story.number}",
    )
    holds = settled is not None and settled.kind == "workaround" and settled.fixed_at is None
    ticket = Ticket(
        business=business,
        work_item=item,
        subject=story.subject,
        source=story.source,
        requester=requester,
        assignee=technician,
        priority=story.priority,
        can_work=story.can_work,
        reported_at=story.opened,
        opened_at=story.opened,
        state=TicketState.RESOLVED if settled else TicketState.OPEN,
        resolved_at=settled.at if settled else None,
        move="nobody" if settled else "supplier",
        workaround_until=settled.until if settled and holds else None,
    )
    rows.add(item)
    rows.add(ticket)
    rows.add(TicketEngagement(business=business, ticket=ticket, engagement=client.engagement, since=story.opened))
    rows.add(
        PriorityChange(
            business=business, ticket=ticket, priority=story.priority, since=story.opened, by_name=requester.name
        )
    )
    rows.add(
        Assignment(business=business, ticket=ticket, person=technician, by_name=technician.name, at=story.answered)
    )
    return ticket


def _messages(rows: _Rows, firms: Firms, client: Client, story: Story, ticket: Ticket) -> list[Message]:
    requester, technician = client.people[story.requester], firms.technicians[story.technician]
    third_side = Side.CUSTOMER if story.third_by_customer else Side.SUPPLIER
    messages = [
        _message(rows, firms, ticket, side, author, text, at)
        for side, author, text, at in (
            (Side.CUSTOMER, requester, story.texts[0], story.opened),
            (Side.SUPPLIER, technician, story.texts[1], story.answered),
            (third_side, requester if story.third_by_customer else technician, story.texts[2], story.third),
        )
    ]
    if story.source == "email":
        messages[0].inbox_item = _inbox_item(rows, firms, story, ticket)
    if story.third_by_customer:
        rows.add(
            Pause(
                business=ticket.business,
                ticket=ticket,
                reason="customer",
                question=messages[1],
                started_at=story.answered,
                by_name=technician.name,
                ended_at=story.third,
            )
        )
        return messages
    due = story.answered + dt.timedelta(hours=24)
    rows.add(
        Promise(
            business=ticket.business,
            ticket=ticket,
            due_at=due,
            made_at=story.answered,
            by_name=technician.name,
            ended_at=story.third,
            kept=story.third <= due,
        )
    )
    return messages


def _message(
    rows: _Rows, firms: Firms, ticket: Ticket, side: str, author: Person, text: str, at: dt.datetime
) -> Message:
    message = Message(
        business=ticket.business,
        ticket=ticket,
        side=side,
        supplier=firms.supplier if side == Side.SUPPLIER else None,
        public=True,
        channel="email" if side == Side.CUSTOMER and ticket.source == "email" else "web",
        author=author,
        author_name=author.name,
        text=text,
        occurred_at=at,
        recorded_at=at,
        clock_quality=ClockQuality.EXACT,
    )
    rows.add(message)
    return message


def _inbox_item(rows: _Rows, firms: Firms, story: Story, ticket: Ticket) -> InboxItem:
    data = f"Subject: {story.subject}\r\n\r\n{story.texts[0]}\r\n".encode()
    item = InboxItem(
        business=ticket.business,
        supplier=firms.supplier,
        source="mailbox",
        origin=f"bench:{story.number}",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        received_at=story.opened,
        state=InboxState.TAKEN,
        rule="new",
        sender=f"staff{story.requester + 1}@client{story.business + 1:02}.example",
        subject=story.subject,
        looked_at=story.opened,
        outcome_id=ticket.id,
    )
    rows.add(item)
    rows.add(RawBytes(item=item, data=data))
    if story.number % KEPT_EVERY == 0:
        rows.add(_kept_item(firms, story))
    return item


def _kept_item(firms: Firms, story: Story) -> InboxItem:
    """A mail that became nothing, its bytes gone since."""
    return InboxItem(
        supplier=firms.supplier,
        source="mailbox",
        origin=f"bench:kept:{story.number}",
        sha256=hashlib.sha256(story.subject.encode()).hexdigest(),
        size=len(story.subject),
        received_at=story.opened,
        state=InboxState.KEPT,
        rule="unknown_sender",
        sender="somebody@elsewhere.example",
        subject=story.subject,
        looked_at=story.opened,
    )


def _outcome(rows: _Rows, firms: Firms, client: Client, story: Story, ticket: Ticket) -> Resolution | None:
    settled, technician = story.settled, firms.technicians[story.technician]
    if settled is None:
        return None
    resolution = Resolution(
        business=ticket.business,
        ticket=ticket,
        kind=settled.kind,
        at=settled.at,
        by_name=technician.name,
        workaround_until=settled.until,
        fixed_at=settled.fixed_at,
        fixed_by_name=technician.name if settled.fixed_at else "",
    )
    rows.add(resolution)
    person = client.people[story.requester]
    rows.add(
        FeedbackQuestion(
            business=ticket.business,
            ticket=ticket,
            resolution=resolution,
            person=person,
            asked_at=settled.at,
            closes_at=settled.at + dt.timedelta(days=FEEDBACK_DAYS),
        )
    )
    if settled.answer:
        rows.add(
            Feedback(
                business=ticket.business,
                ticket=ticket,
                person=person,
                answer=settled.answer,
                at=settled.answered_at,
            )
        )
    return resolution
