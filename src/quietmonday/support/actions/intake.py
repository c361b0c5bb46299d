"""A raw mail becomes a ticket, joins one, or is kept with the reason why not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.envelope import derived_key
from quietmonday.kit.faults import reached
from quietmonday.kit.text import clean_line
from quietmonday.outbox.actions import put
from quietmonday.people.models import Address, Business, Engagement, Person
from quietmonday.post.actions.files import store_file
from quietmonday.post.actions.inbox import mark_kept, mark_taken
from quietmonday.post.actions.returns import note_returned
from quietmonday.post.logic.addresses import Forged, NotAReply, Verified, normalise, read_references, read_reply_address
from quietmonday.post.logic.bounce import read_report
from quietmonday.post.logic.classify import Kind, classify
from quietmonday.post.logic.mail import ParsedMail, parse
from quietmonday.post.models import File, InboxItem, InboxState
from quietmonday.post.queries.mailboxes import own_addresses
from quietmonday.support.actions.asking import ask_within_the_hour
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.opening_sorted import open_sorted
from quietmonday.support.actions.reading import read_words
from quietmonday.support.actions.sorting import (
    Kept,
    refuse_copy,
    refuse_marked,
    rule_for,
    settle_copies,
    sorted_by,
)
from quietmonday.support.actions.talking import say_to_customer, say_to_supplier, says_something
from quietmonday.support.actions.undelivered import put_undelivered
from quietmonday.support.actions.watching import suggest_copied
from quietmonday.support.logic.watching import MOST_IN_COPY
from quietmonday.support.models import Message, RoutingRule, Side, Ticket
from quietmonday.support.queries.correspondents import (
    addresses_written_from,
    correspondents,
    is_silenced,
    open_engagements,
)
from quietmonday.support.queries.watchers import known_in_copy

# A header may claim any date.
_MAX_CLOCK_SKEW = dt.timedelta(minutes=10)
_MAX_TRANSIT = dt.timedelta(days=1)


def reply_key() -> bytes:
    """Return the key of signed reply addresses and Message-IDs."""
    return derived_key("reply addresses")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a mail goes, decided by reading only: what `take_in` then writes in one transaction."""

    rule: str  # new, answer, thread
    business: Business
    ticket: Ticket | None = None
    engagements: tuple[Engagement, ...] = ()
    side: str = Side.CUSTOMER
    supplier_id: uuid.UUID | None = None
    person: Person | None = None  # None: nobody we know; a file's import makes the person
    verified: bool = False
    failed: bool = False  # our mail to the sender's address came back, and now it writes
    sorted_by: RoutingRule | None = None  # the rule that says what its request begins with


def take_in(*, item_id: uuid.UUID, now: dt.datetime) -> InboxItem:
    """Look at one waiting item: open a ticket, add to one, or keep it with its reason; return it.

    A second call changes nothing. Files reach the disk before the transaction begins, so no I/O happens inside it.
    """
    item = InboxItem.objects.select_related("raw", "business", "supplier", "mailbox").get(pk=item_id)
    if item.state != InboxState.WAITING:
        return item
    mail = parse(bytes(item.raw.data))
    item.sender = clean_line(mail.sender.addr if mail.sender else "", 320)
    item.subject = clean_line(mail.subject)
    try:
        placement = place(item, mail, now)
    except Kept as kept:
        return _keep(item, mail, kept, now)
    files = store_files(placement.business, mail, now)
    reached("support.take_in.after_files")
    try:
        item = _write(item, mail, placement, files, now)
    except Kept as kept:
        return _keep(item, mail, kept, now)
    reached("support.take_in.after_commit")
    return item


def place(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> Placement:
    """Return where the mail goes; raise Kept when it goes nowhere. Writes nothing."""
    refuse_unusual(mail, own_addresses())
    answered = answered_ticket(mail)
    if item.source != "file":
        refuse_copy(item)
        refuse_marked(item, mail, now, answers=isinstance(answered, Verified))
    placement = (
        _place_answer(item, mail, answered.ticket_id, now)
        if isinstance(answered, Verified)
        else _place_from_file(item, mail, now)
        if item.source == "file"
        else _place_from_mailbox(item, mail, now)
    )
    if mail.message_id and Message.objects.filter(business=placement.business, rfc_id=mail.message_id[:320]).exists():
        raise Kept("seen_before")
    return placement


def refuse_unusual(mail: ParsedMail, own: Collection[str]) -> None:
    """Raise Kept for a mail that nobody wrote, or nobody we could answer. `own`: addresses of our mailboxes."""
    kind = classify(mail, own)
    if kind.kind != Kind.NORMAL:
        raise Kept(str(kind.kind), {"because": kind.rule})
    if mail.sender is None or "@" not in mail.sender.addr:
        raise Kept("no_sender")


def answered_ticket(mail: ParsedMail) -> Verified | NotAReply:
    """Return what the signed address says; if the mail was not sent to one, what the signed Message-IDs say.

    Raises Kept for a forged one.
    """
    sender = mail.sender.addr if mail.sender else ""
    found = read_reply_address([a.addr for a in (*mail.to, *mail.cc, *mail.delivered_to)], sender, reply_key())
    if isinstance(found, NotAReply):
        found = read_references(references(mail), sender, reply_key())
    if isinstance(found, Forged):
        raise Kept("forged_reply", {"because": found.reason})
    return found


def references(mail: ParsedMail) -> list[str]:
    """Return the Message-IDs that a mail answers, the nearest first."""
    return [*([mail.in_reply_to] if mail.in_reply_to else []), *reversed(mail.references)]


def _place_answer(item: InboxItem, mail: ParsedMail, ticket_id: uuid.UUID, now: dt.datetime) -> Placement:
    """An answer to what we sent to this very address: it counts while its person still belongs to the ticket, or to the
    one that it has become part of, where it goes on."""
    rows = Ticket.objects.select_related("business", "work_item", "part_of__business", "part_of__work_item")
    ticket = rows.filter(pk=ticket_id).first()
    if ticket is not None and ticket.part_of is not None:
        ticket = ticket.part_of
    if ticket is None or (item.business_id and item.business_id != ticket.business_id):
        raise Kept("forged_reply", {"because": "no such request here"})
    found = correspondents(ticket, now).get(normalise(mail.sender.addr if mail.sender else ""))
    if found is None:
        raise Kept("sender_left")
    return Placement(
        rule="answer",
        business=ticket.business,
        ticket=ticket,
        side=found.side,
        supplier_id=found.supplier_id,
        person=found.person,
        verified=True,
        failed=found.failed,
    )


def _place_from_mailbox(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> Placement:
    """A new call for help: the sender must be somebody of a business that this mailbox serves, of one if no rule says
    of which."""
    rule = rule_for(item, mail)
    engagements = open_engagements(supplier_id=item.supplier_id, business_id=item.business_id, now=now)
    served = {e.business_id for e in engagements}
    email = normalise(mail.sender.addr if mail.sender else "")
    addresses = addresses_written_from(email, now)
    theirs = [address for address in addresses if address.person.business_id in served]
    if not theirs:
        ours = {item.supplier_id} if item.supplier_id else {e.supplier_id for e in engagements}
        if any(address.person.supplier_id in ours for address in addresses):
            raise Kept("from_supplier")
        silent = is_silenced(email[:320], supplier_id=item.supplier_id, business_id=item.business_id)
        raise Kept("silenced" if silent else "unknown_sender")
    chosen = sorted_by(rule, engagements, {address.person.business_id for address in theirs})
    business = chosen.engagements[0].business
    first = next(address for address in theirs if address.person.business_id == business.pk)
    return Placement(
        rule="new",
        business=business,
        engagements=chosen.engagements,
        person=first.person,
        failed=first.failed_at is not None,
        sorted_by=chosen.rule,
    )


def _place_from_file(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> Placement:
    """A mail out of a file that somebody of the business handed over: it may thread by plain Message-IDs."""
    engagement = Engagement.objects.select_related("business", "supplier", "calendar").get(pk=item.params["engagement"])
    addresses = addresses_written_from(normalise(mail.sender.addr if mail.sender else ""), now)
    before = (
        Message.objects.filter(business=engagement.business, rfc_id__in=[r[:320] for r in references(mail)])
        .exclude(rfc_id="")
        .select_related("ticket__business", "ticket__work_item")
        .order_by("occurred_at")
        .first()
    )
    return person_of(engagement, addresses, before.ticket if before else None)


def person_of(engagement: Engagement, addresses: Sequence[Address], before: Ticket | None) -> Placement:
    """Return the placement of a mail out of a file by who writes from its address, and what it answers. Raises Kept."""
    persons = [address.person for address in addresses]
    supplier = next((p for p in persons if p.supplier_id == engagement.supplier_id), None)
    person = next((p for p in persons if p.business_id == engagement.business_id), None)
    if before is None and supplier is not None and person is None:
        raise Kept("from_supplier")
    return Placement(
        rule="thread" if before else "new",
        business=engagement.business,
        ticket=before,
        engagements=(engagement,),
        side=Side.SUPPLIER if supplier and not person else Side.CUSTOMER,
        supplier_id=engagement.supplier_id if supplier and not person else None,
        person=person or supplier,
    )


@transaction.atomic
def _write(
    item: InboxItem, mail: ParsedMail, placement: Placement, files: list[tuple[str, File]], now: dt.datetime
) -> InboxItem:
    current = InboxItem.objects.select_for_update(of=("self",)).get(pk=item.id)
    if current.state != InboxState.WAITING:
        return current
    # Two workers may hold copies of one mail, or the first two mails of one person: one after the other, each decides
    # again on what the other has written. The lock lets rows that point at the business be written meanwhile.
    Business.objects.select_for_update(no_key=True).get(pk=placement.business.pk)
    placement = place(item, mail, now)
    person = placement.person
    if person is None:
        person, address = new_person(placement.business, mail, now)
        person.save(force_insert=True)
        address.save(force_insert=True)
    words = words_of(item, mail, person, files, placement, now)
    if placement.ticket is not None and not says_something(words):
        raise Kept("nothing_said")
    actor = Actor(id=person.id, name=person.name, kind="person" if placement.verified else "outsider")
    if placement.failed:  # in a transaction of its own, for another chain of the journal; before the receipt
        put(topic="support.sender_works", ids={"item": str(item.id)}, now=now, key=f"works:{item.id}")
    ticket = placement.ticket
    if ticket is None:
        ticket = open_sorted(
            rule=placement.sorted_by,
            engagements=placement.engagements,
            subject=mail.subject,
            words=words,
            source="email",
            actor=actor,
            now=now,
            requester=person,
            reported_at=None if words.quality == ClockQuality.UNKNOWN else words.occurred_at,
            origin=f"inbox:{item.id}",
        )
    elif placement.side == Side.SUPPLIER:
        say_to_customer(ticket=ticket, words=words, supplier_id=placement.supplier_id, actor=actor, now=now)
    else:
        say_to_supplier(ticket=ticket, words=words, actor=actor, now=now)
    if item.source != "file":
        _note_copies(ticket, mail, person, now)
    mark_taken(item=item, outcome_id=ticket.id, business=placement.business, rule=placement.rule, now=now)
    settle_copies(item)
    reached("support.take_in.before_commit")
    return item


def _note_copies(ticket: Ticket, mail: ParsedMail, person: Person, now: dt.datetime) -> None:
    """Ask on the page whether known people of the business who stand in copy shall hear; they get nothing by that."""
    if person.business_id != ticket.business_id:
        return
    emails = {normalise(each.addr) for each in (*mail.to, *mail.cc)[:MOST_IN_COPY]}
    copied = known_in_copy(emails, ticket.business_id, now)
    if copied:
        suggest_copied(ticket=ticket, persons=copied, by=person, now=now)


@transaction.atomic
def _keep(item: InboxItem, mail: ParsedMail, kept: Kept, now: dt.datetime) -> InboxItem:
    current = InboxItem.objects.select_for_update(of=("self",)).get(pk=item.id)
    if current.state == InboxState.WAITING:
        item.business = item.business or kept.business
        mark_kept(item=item, rule=kept.rule, params=params_of(item, mail, kept, now), now=now)
        if item.asks_at is not None:
            ask_within_the_hour(supplier_id=item.supplier_id, business_id=item.business_id, now=now)
    return item


def params_of(item: InboxItem, mail: ParsedMail, kept: Kept, now: dt.datetime) -> dict[str, Any]:
    """Return the facts of why a mail is kept; a report of a mail that came back marks its address."""
    return kept.params | (_returned(item, mail, now) if kept.rule == Kind.BOUNCE else {})


def _returned(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> dict[str, Any]:
    """Mark the address that a report is about; return what the inbox says of it. Files tell of old times: no mark."""
    report = read_report(mail)
    marked = note_returned(report=report, key=reply_key(), now=now) if item.source != "file" else []
    put_undelivered(report=report, marked=marked, now=now)
    named = [one.addresses[0][:320] for one in report.failed if one.addresses][:3]
    return {"marked": marked[:3], "named": named, "delayed": report.delayed}


def words_of(
    item: InboxItem,
    mail: ParsedMail,
    person: Person,
    files: list[tuple[str, File]],
    placement: Placement,
    now: dt.datetime,
) -> Words:
    text, quoted = read_words(mail, zone=placement.business.zone, language=placement.business.language)
    occurred_at, quality = _when(item, mail, now)
    return Words(
        text=text,
        quoted=quoted,
        channel="email",
        author=person,
        author_name=person.name,
        occurred_at=occurred_at,
        quality=quality,
        verified=placement.verified,
        rfc_id=mail.message_id or "",
        inbox_item=item,
        files=files,
    )


def _when(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> tuple[dt.datetime, str]:
    """When it was written: the mail's own date where it can be, else when we got it.

    A live mail's date must lie in the day before it came: an older one is a wrong clock, or backdating.
    """
    if item.source == "file":
        if mail.date and mail.date <= now + _MAX_CLOCK_SKEW:
            return mail.date, ClockQuality.STATED
        return item.received_at, ClockQuality.UNKNOWN
    if mail.date and item.received_at - _MAX_TRANSIT <= mail.date <= item.received_at:
        return mail.date, ClockQuality.STATED
    return item.received_at, ClockQuality.EXACT


def store_files(business: Business, mail: ParsedMail, now: dt.datetime) -> list[tuple[str, File]]:
    """Store the attachments within the limit of one file; a larger one stays in the raw mail, and the text says so."""
    kept = [a for a in mail.attachments if len(a.data) <= settings.MAX_ATTACHMENT_BYTES]
    return [(a.name, store_file(business=business, data=a.data, now=now)) for a in kept]


def new_person(business: Business, mail: ParsedMail, now: dt.datetime) -> tuple[Person, Address]:
    """Return, not written yet, somebody who wrote in a file of the business's mail and is not known."""
    email = normalise(mail.sender.addr if mail.sender else "")
    name = mail.sender.name if mail.sender else ""
    person = Person(business=business, name=clean_line(name or email, 200), since=now)
    return person, Address(business=business, person=person, email=email[:320])
