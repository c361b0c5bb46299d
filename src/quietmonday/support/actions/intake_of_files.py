"""Many mails out of files become tickets: a chunk is one transaction, with one statement a table.

What becomes of a mail is decided as `intake.take_in` decides it, and the rows are the same. What answers a ticket that
was here before the chunk, or was sent to one of our signed addresses, goes through the verbs of everyday.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import DatabaseError, models, transaction

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.faults import reached
from quietmonday.kit.mail_files import CHUNK_BYTES, CHUNK_MAILS
from quietmonday.kit.records import unsaved, write_changed, write_new
from quietmonday.kit.text import clean_line
from quietmonday.outbox.actions import done_already
from quietmonday.people.models import Address, Business, Engagement, Person
from quietmonday.post.actions.inbox import DECIDED, note_kept, note_taken
from quietmonday.post.logic.addresses import Verified, normalise
from quietmonday.post.logic.mail import ParsedMail, parse
from quietmonday.post.models import File, InboxItem, InboxState
from quietmonday.post.queries.mailboxes import own_addresses
from quietmonday.support.actions.indexing import index_new
from quietmonday.support.actions.intake import (
    Placement,
    answered_ticket,
    new_person,
    params_of,
    person_of,
    references,
    refuse_unusual,
    store_files,
    take_in,
    words_of,
)
from quietmonday.support.actions.opening import Words, message_values, subject_of, told_at_opening
from quietmonday.support.actions.sorting import Kept
from quietmonday.support.actions.talking import say_to_customer, say_to_supplier, says_something, told_when_said
from quietmonday.support.actions.verdicts import verdict_at_hand
from quietmonday.support.models import (
    Attachment,
    Message,
    PriorityChange,
    Side,
    Ticket,
    TicketEngagement,
    Verdict,
)
from quietmonday.support.queries.correspondents import addresses_of_writers
from quietmonday.support.queries.facts import Desk
from quietmonday.work.actions.items import Past, open_items

_log = structlog.get_logger("quietmonday.support")


def take_in_files(*, engagement: Engagement, item_ids: Sequence[uuid.UUID], now: dt.datetime) -> list[InboxItem]:
    """Look at waiting items that were handed over in files for one engagement; return them as they stand after it.

    A second call changes nothing. If the chunk cannot be written as a whole, each item is taken in by itself.
    """
    try:
        return _take_in(engagement, item_ids, now)
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        # One bad mail of a hundred must not hold up the others: alone it fails alone, and says so.
        _log.warning("chunk of mails taken in one by one", error=type(error).__name__, mails=len(item_ids))
        return [take_in(item_id=each, now=now) for each in item_ids]


def take_in_waiting(*, item_id: uuid.UUID, now: dt.datetime) -> None:
    """Look at one waiting item; if it came in a file, with others of that engagement, as many as a chunk holds."""
    item = InboxItem.objects.only("state", "source", "params", "business_id").get(pk=item_id)
    if item.source != "file" or item.state != InboxState.WAITING:
        take_in(item_id=item_id, now=now)
        return
    engagement = Engagement.objects.select_related("business", "supplier", "calendar").get(pk=item.params["engagement"])
    others = InboxItem.objects.filter(
        business=engagement.business, state=InboxState.WAITING, source="file", params__engagement=str(engagement.id)
    ).exclude(pk=item_id)
    chosen, size = [item_id], 0
    for other, length in others.order_by("received_at", "id").values_list("pk", "size")[: CHUNK_MAILS - 1]:
        size += length
        if size > CHUNK_BYTES:
            break
        chosen.append(other)
    # Oldest first, as they were handed in: the answer to a mail comes after it.
    take_in_files(engagement=engagement, item_ids=sorted(chosen), now=now)


@dataclasses.dataclass(slots=True)
class _Read:
    """One mail that was read. `kept`: why it becomes nothing. `alone`: it goes through `take_in` after the chunk."""

    item: InboxItem
    mail: ParsedMail
    kept: Kept | None = None
    alone: bool = False
    files: list[tuple[str, File]] = dataclasses.field(default_factory=list)


def _take_in(engagement: Engagement, item_ids: Sequence[uuid.UUID], now: dt.datetime) -> list[InboxItem]:
    rows = InboxItem.objects.select_related("raw").in_bulk(list(item_ids))
    own = own_addresses()
    reads = []
    for each in item_ids:
        item = rows[each]
        if item.state == InboxState.WAITING:
            reads.append(_read(item, engagement, own, now))
    reached("support.take_in.after_files")
    with transaction.atomic():
        _write(engagement, [read for read in reads if not read.alone], now)
        reached("support.take_in.before_commit")
    reached("support.take_in.after_commit")
    for read in reads:
        if read.alone:
            rows[read.item.pk] = take_in(item_id=read.item.pk, now=now)
    return [rows[each] for each in item_ids]


def _read(item: InboxItem, engagement: Engagement, own: list[str], now: dt.datetime) -> _Read:
    item.business, item.supplier = engagement.business, engagement.supplier
    mail = parse(bytes(item.raw.data))
    item.sender = clean_line(mail.sender.addr if mail.sender else "", 320)
    item.subject = clean_line(mail.subject)
    read = _Read(item, mail)
    try:
        refuse_unusual(mail, own)
        read.alone = isinstance(answered_ticket(mail), Verified)
    except Kept as kept:
        read.kept = kept
        return read
    if not read.alone:
        read.files = store_files(engagement.business, mail, now)
    return read


def _write(engagement: Engagement, reads: Sequence[_Read], now: dt.datetime) -> None:
    # Who else writes mails of this business waits, so that each decides on what the other has written.
    Business.objects.select_for_update(no_key=True).get(pk=engagement.business_id)
    ids = [read.item.pk for read in reads]
    waiting = InboxItem.objects.select_for_update(of=("self",)).filter(pk__in=ids, state=InboxState.WAITING)
    still = set(waiting.values_list("pk", flat=True))
    reads = [read for read in reads if read.item.pk in still]
    chunk = _Chunk(engagement, reads, now)
    for read in reads:
        try:
            if read.kept is not None:
                raise read.kept
            chunk.take(read)
        except Kept as kept:
            note_kept(item=read.item, rule=kept.rule, params=params_of(read.item, read.mail, kept, now), now=now)
    chunk.write()
    write_changed([read.item for read in reads], DECIDED)
    done_already(keys=[f"support.take_in:{read.item.pk}" for read in reads], now=now)
    append_many(chunk.events)


@dataclasses.dataclass(slots=True)
class _Opening:
    """A ticket that this chunk opens, with all that the chunk says of it."""

    ticket: Ticket
    item: InboxItem
    actor: Actor
    quality: str
    messages: list[Message] = dataclasses.field(default_factory=list)
    later: list[tuple[Message, Actor]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class _Answer:
    """What somebody says on a ticket that was here before."""

    ticket: Ticket
    placement: Placement
    words: Words
    actor: Actor


class _Chunk:
    """What is known of people and threads, and what is to be written."""

    def __init__(self, engagement: Engagement, reads: Sequence[_Read], now: dt.datetime) -> None:
        self.engagement, self.now = engagement, now
        self.events: list[Event] = []
        self._desk = Desk(engagement, now)
        usual = [read.mail for read in reads if read.kept is None]
        self._addresses = addresses_of_writers(filter(None, map(_email, usual)), now)
        self._threads = _threads(engagement, usual)
        self._openings: dict[uuid.UUID, _Opening] = {}
        self._answers: list[_Answer] = []
        self._rows: dict[type[models.Model], list[models.Model]] = {table: [] for table in _ORDER}

    def take(self, read: _Read) -> None:
        """Decide where a mail goes, and remember what is to be written. Raises Kept."""
        item, mail = read.item, read.mail
        placement = self._place(mail)
        fresh = placement.person or new_person(self.engagement.business, mail, self.now)
        person = fresh if isinstance(fresh, Person) else fresh[0]
        words = words_of(item, mail, person, read.files, placement, self.now)
        if placement.ticket is not None and not says_something(words):
            raise Kept("nothing_said")
        if not isinstance(fresh, Person):
            self._meet(*fresh)
        actor = Actor(id=person.id, name=person.name, kind="outsider")
        ticket = placement.ticket or self._open(item, mail, person, words, actor)
        if placement.ticket is not None:
            self._join(placement, words, actor)
        if mail.message_id:
            self._threads.setdefault(mail.message_id[:320], (words.occurred_at, ticket))
        business, rule = self.engagement.business, placement.rule
        note_taken(item=item, outcome_id=ticket.id, business=business, rule=rule, now=self.now)

    def write(self) -> None:
        """Write all rows, in the order of their keys; then the answers to older tickets."""
        openings = list(self._openings.values())
        past = [Past(each.ticket.opened_at, None, f"inbox:{each.item.id}") for each in openings]
        items = open_items(business=self.engagement.business, kind="ticket", past=past)
        for opening, item in zip(openings, items, strict=True):
            opening.ticket.work_item = item
            self._finish(opening)
        for rows in self._rows.values():
            write_new(rows)
        self._index(openings)
        for answer in self._answers:
            if answer.placement.side == Side.SUPPLIER:
                say_to_customer(
                    ticket=answer.ticket, words=answer.words, supplier_id=self.engagement.supplier_id,
                    actor=answer.actor, now=self.now,
                )  # fmt: skip
            else:
                say_to_supplier(ticket=answer.ticket, words=answer.words, actor=answer.actor, now=self.now)

    def _index(self, openings: Sequence[_Opening]) -> None:
        """Let the search find what was written."""
        names: dict[uuid.UUID, list[str]] = defaultdict(list)
        for attachment in self._rows[Attachment]:
            names[attachment.__dict__["message_id"]].append(attachment.__dict__["name"])
        party = (self.engagement.pk, self.engagement.supplier_id)
        index_new(
            said=[(m, opening.ticket, names[m.pk]) for opening in openings for m in opening.messages],
            parties={opening.ticket.pk: [party] for opening in openings},
        )

    def _place(self, mail: ParsedMail) -> Placement:
        """As `intake` places a mail out of a file, from what is at hand."""
        earlier = [self._threads[each[:320]] for each in references(mail) if each[:320] in self._threads]
        before = min(earlier, key=lambda each: each[0])[1] if earlier else None
        placement = person_of(self.engagement, self._addresses.get(_email(mail), []), before)
        if mail.message_id and mail.message_id[:320] in self._threads:
            raise Kept("seen_before")
        return placement

    def _meet(self, person: Person, address: Address) -> None:
        self._rows[Person].append(person)
        self._rows[Address].append(address)
        self._addresses.setdefault(address.email, []).append(address)

    def _open(self, item: InboxItem, mail: ParsedMail, person: Person, words: Words, actor: Actor) -> Ticket:
        reported_at = None if words.quality == ClockQuality.UNKNOWN else words.occurred_at
        ticket = unsaved(
            Ticket,
            business=self.engagement.business,
            subject=subject_of(mail.subject, words),
            source="email",
            requester=person,
            reported_at=reported_at,
            opened_at=reported_at or self.now,
            changed_at=self.now,
        )
        opening = self._openings[ticket.id] = _Opening(ticket, item, actor, words.quality)
        opening.messages.append(self._message(ticket, words, Side.CUSTOMER))
        return ticket

    def _join(self, placement: Placement, words: Words, actor: Actor) -> None:
        ticket = placement.ticket
        if ticket is None:
            raise LookupError("this mail joins no ticket")
        opening = self._openings.get(ticket.id)
        if opening is None:
            self._answers.append(_Answer(ticket, placement, words, actor))
            return
        message = self._message(ticket, words, placement.side)
        opening.messages.append(message)
        opening.later.append((message, actor))

    def _message(self, ticket: Ticket, words: Words, side: str) -> Message:
        values = message_values(ticket=ticket, words=words, side=side, public=True, now=self.now)
        supplier = self.engagement.supplier if side == Side.SUPPLIER else None
        message = unsaved(Message, supplier=supplier, **values)
        self._rows[Message].append(message)
        self._rows[Attachment] += [
            unsaved(
                Attachment, business=ticket.business, message=message, file=file, name=clean_line(name, 200) or "file"
            )
            for name, file in words.files
        ]
        return message

    def _finish(self, opening: _Opening) -> None:
        """Give the ticket its rows, its verdict and its entries."""
        ticket, business = opening.ticket, self.engagement.business
        first = opening.messages[0]
        change = unsaved(
            PriorityChange,
            business=business,
            ticket=ticket,
            priority=ticket.priority,
            since=ticket.opened_at,
            by_name=opening.actor.name,
        )
        party = unsaved(TicketEngagement, business=business, ticket=ticket, engagement=self.engagement, since=self.now)
        facts = self._desk.facts(
            ticket, priorities=[change], messages=opening.messages, pauses=(), resolutions=(), reopenings=()
        )
        verdict = verdict_at_hand(ticket=ticket, facts=facts, now=self.now)
        for row in (ticket, party, change, verdict):
            self._rows[type(row)].append(row)
        self._tell(ticket, opening.actor, "opened", told_at_opening(ticket, first), ticket.opened_at, opening.quality)
        for message, actor in opening.later:
            verb = "said_to_customer" if message.side == Side.SUPPLIER else "said_to_supplier"
            payload = told_when_said(message)
            self._tell(ticket, actor, verb, payload, message.occurred_at, message.clock_quality)

    def _tell(
        self, ticket: Ticket, actor: Actor, verb: str, payload: dict[str, Any], occurred_at: dt.datetime, quality: str
    ) -> None:
        self.events.append(
            Event(
                verb=f"ticket.{verb}",
                actor=actor,
                business_id=ticket.business_id,
                engagement_ids=[self.engagement.id],
                subject=("ticket", ticket.id),
                payload={"number": ticket.work_item.number, **payload},
                occurred_at=occurred_at,
                recorded_at=self.now,
                clock_quality=ClockQuality(quality),
            )
        )


_ORDER: tuple[type[models.Model], ...] = (
    *(Person, Address, Ticket, TicketEngagement, PriorityChange, Message, Attachment, Verdict),
)


def _email(mail: ParsedMail) -> str:
    return normalise(mail.sender.addr if mail.sender else "")


def _threads(engagement: Engagement, mails: Iterable[ParsedMail]) -> dict[str, tuple[dt.datetime, Ticket]]:
    """Return by Message-ID when it was written and on which ticket, of all that these mails are or refer to."""
    wanted = {each[:320] for mail in mails for each in (*references(mail), mail.message_id or "") if each}
    found = Message.objects.filter(business=engagement.business, rfc_id__in=wanted)
    threads: dict[str, tuple[dt.datetime, Ticket]] = {}
    for message in found.select_related("ticket__business", "ticket__work_item").order_by("occurred_at", "id"):
        threads.setdefault(message.rfc_id, (message.occurred_at, message.ticket))
    return threads
