"""A call for help becomes a ticket."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.text import clean_line, clean_text
from quietmonday.outbox.actions import put
from quietmonday.people.models import Business, Engagement, Person
from quietmonday.post.actions.files import hold_files
from quietmonday.post.models import File, InboxItem
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.indexing import Parties, index_new
from quietmonday.support.actions.verdicts import judge_opened
from quietmonday.support.logic.priority import priority_of
from quietmonday.support.models import (
    Attachment,
    Message,
    PriorityChange,
    Side,
    Ticket,
    TicketEngagement,
    TicketKind,
)
from quietmonday.support.queries.facts import facts_at_opening
from quietmonday.support.queries.search_docs import parties_of
from quietmonday.work.actions.items import open_item


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """What somebody said, however it came: the first message of a ticket, or a later one."""

    text: str
    quoted: str = ""
    channel: str
    author: Person | None
    author_name: str
    occurred_at: dt.datetime
    quality: str = ClockQuality.EXACT
    verified: bool = True
    automatic: bool = False
    rfc_id: str = ""
    inbox_item: InboxItem | None = None
    token: uuid.UUID | None = None  # of the form it was written in: the same form sent twice says it once
    files: Sequence[tuple[str, File]] = ()


class NobodySupplies(ValueError):
    """A ticket must concern at least one engagement of its business."""


@transaction.atomic
def open_ticket(
    *,
    business: Business,
    engagements: Sequence[Engagement],
    subject: str,
    words: Words,
    source: str,
    actor: Actor,
    now: dt.datetime,
    requester: Person | None,
    reported_at: dt.datetime | None,
    kind: str = TicketKind.INCIDENT,
    reported_by: Person | None = None,
    priority: int | None = None,
    impact: str = "",
    can_work: str = "",
    first_noticed: str = "",
    origin: str | None = None,
    side: str = Side.CUSTOMER,
) -> Ticket:
    """Open a ticket with its first message; return it.

    `requester` has the problem, `reported_by` said so if it was somebody else. `priority` None: as follows from whom it
    hits and whether they can work. `origin` makes it the only ticket of one cause (IntegrityError on a second). `side`:
    who speaks first; the system where nobody asked. Raises NobodySupplies.
    """
    if not engagements:
        raise NobodySupplies("nobody supplies this business yet: add a supplier first")
    if priority is None:
        priority = priority_of(kind=kind, impact=impact, can_work=can_work)
    item = open_item(business=business, kind="ticket", opened_at=reported_at or now, origin=origin)
    ticket = Ticket.objects.create(
        business=business,
        work_item=item,
        subject=subject_of(subject, words),
        kind=kind,
        source=source,
        requester=requester,
        reported_by=None if reported_by == requester else reported_by,
        priority=priority,
        impact=impact,
        can_work=can_work,
        first_noticed=first_noticed,
        reported_at=reported_at,
        opened_at=reported_at or now,
        changed_at=now,
    )
    TicketEngagement.objects.bulk_create(
        [TicketEngagement(business=business, ticket=ticket, engagement=e, since=now) for e in engagements]
    )
    change = PriorityChange.objects.create(
        business=business, ticket=ticket, priority=priority, since=ticket.opened_at, by_name=actor.name
    )
    parties = [(each.pk, each.supplier_id) for each in engagements]
    message = add_words(ticket=ticket, words=words, side=side, public=True, now=now, parties=parties)
    judge_opened(ticket=ticket, facts=facts_at_opening(ticket, engagements[0], change, message, now), now=now)
    put(topic="support.ticket_opened", ids={"ticket": str(ticket.id)}, now=now, business_id=business.id)
    write_entry(
        ticket=ticket,
        verb="opened",
        actor=actor,
        payload=told_at_opening(ticket, message),
        occurred_at=ticket.opened_at,
        now=now,
        quality=words.quality,
    )
    return ticket


def message_values(*, ticket: Ticket, words: Words, side: str, public: bool, now: dt.datetime) -> dict[str, Any]:
    """Return the values of the message that `words` become, without its supplier."""
    return {
        "business": ticket.business,
        "ticket": ticket,
        "side": side,
        "public": public,
        "automatic": words.automatic,
        "channel": words.channel,
        "author": words.author,
        "author_name": clean_line(words.author_name, 320),
        "text": clean_text(words.text),
        "quoted": clean_text(words.quoted),
        "occurred_at": words.occurred_at,
        "recorded_at": now,
        "clock_quality": words.quality,
        "verified": words.verified,
        "rfc_id": words.rfc_id[:320],
        "inbox_item": words.inbox_item,
        "token": words.token,
    }


def told_at_opening(ticket: Ticket, message: Message) -> dict[str, Any]:
    """Return what the journal says of a ticket that was opened with `message`; what nobody said is a note of ours."""
    return {
        "subject": ticket.subject,
        "note" if message.side == Side.SYSTEM else "text": message.text,
        "source": ticket.source,
        "priority": ticket.priority,
    }


def subject_of(subject: str, words: Words) -> str:
    """Return how a ticket is called: by its subject, else by its first words."""
    return clean_line(subject) or clean_line(words.text, 80) or "…"


def add_words(
    *,
    ticket: Ticket,
    words: Words,
    side: str,
    public: bool,
    now: dt.datetime,
    supplier_id: uuid.UUID | None = None,
    parties: Parties | None = None,
) -> Message:
    """Store `words` as a message with its attachments, where the search finds it; runs in the caller's transaction.

    `parties`: whom the ticket concerns, where that is at hand.
    """
    message = Message.objects.create(
        supplier_id=supplier_id, **message_values(ticket=ticket, words=words, side=side, public=public, now=now)
    )
    attachments = [
        Attachment(business=ticket.business, message=message, file=file, name=clean_line(name, 200) or "file")
        for name, file in words.files
    ]
    Attachment.objects.bulk_create(attachments)
    hold_files([file for _name, file in words.files])
    index_new(
        said=[(message, ticket, [each.name for each in attachments])],
        parties={ticket.pk: parties} if parties is not None else parties_of([ticket.pk]),
    )
    return message
