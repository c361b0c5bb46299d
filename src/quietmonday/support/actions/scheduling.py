"""Replies that go out later: written down, changed, withdrawn, sent when they are due, or held back."""

import dataclasses
import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.kit.text import clean_line, clean_text
from quietmonday.outbox.actions import put
from quietmonday.people.models import Person
from quietmonday.post.actions.erasing import erase_files
from quietmonday.post.actions.files import hold_files
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.talking import refuse_silence, say_to_customer
from quietmonday.support.logic.later import MOST_WAITING, held_because
from quietmonday.support.models import ScheduledFile, ScheduledReply, Ticket, TicketState
from quietmonday.support.queries.erasing import files_nobody_needs
from quietmonday.support.queries.later import meanwhile_of
from quietmonday.support.queries.tickets import locked

SEND_LATER = "support.send_later"
REPLY_HELD = "support.reply_held"


class CannotSchedule(ValueError):
    """What is settled waits for nothing, a time is still to come, and a request has ten waiting replies at most."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class When:
    """When it is sent (None: at once), and what begins then: the next word, and whose move it is."""

    send_at: dt.datetime | None = None
    next_word_by: dt.datetime | None = None
    waits_for: str = ""
    until: dt.datetime | None = None


@transaction.atomic
def schedule(
    *,
    ticket: Ticket,
    words: Words,
    person: Person,
    supplier_id: uuid.UUID,
    when: When,
    actor: Actor,
    now: dt.datetime,
) -> ScheduledReply:
    """Write down a reply to be sent at `when.send_at`; return it. Raises NothingSaid, CannotSchedule."""
    refuse_silence(words)
    ticket = locked(ticket.id)
    send_at = _to_come(ticket, when, now)
    waiting = ScheduledReply.objects.filter(ticket=ticket, sent_at=None, withdrawn_at=None)
    if waiting.count() >= MOST_WAITING:
        raise CannotSchedule("ten replies wait already: withdraw one first")
    row = ScheduledReply.objects.create(
        business=ticket.business,
        ticket=ticket,
        supplier_id=supplier_id,
        author=person,
        author_name=clean_line(words.author_name, 320),
        text=clean_text(words.text),
        send_at=send_at,
        next_word_by=when.next_word_by,
        waits_for=when.waits_for,
        until=when.until,
        token=words.token,
        as_of=now,
        made_at=now,
    )
    ScheduledFile.objects.bulk_create(
        [
            ScheduledFile(business=ticket.business, reply=row, file=file, name=clean_line(name, 200) or "file")
            for name, file in words.files
        ]
    )
    hold_files([file for _name, file in words.files])
    _put(row, now)
    _told(row, ticket, "reply_scheduled", actor, now, {"send_at": send_at.isoformat()})
    return row


@transaction.atomic
def reschedule(
    *, reply: ScheduledReply, text: str, when: When, person: Person, actor: Actor, now: dt.datetime
) -> ScheduledReply:
    """Change what waits, or let go of it again after it was held back; whoever does is its writer from now on.

    Raises CannotSchedule when it was sent or withdrawn meanwhile.
    """
    ticket, row = _locked(reply)
    _refuse_over(row)
    send_at = _to_come(ticket, when, now)
    text = clean_text(text)
    if not text.strip() and not row.files.exists():
        raise CannotSchedule("write a sentence")
    row.text, row.send_at, row.next_word_by = text, send_at, when.next_word_by
    row.waits_for, row.until = when.waits_for, when.until
    row.author, row.author_name = person, clean_line(person.name, 320)
    row.as_of, row.held_at, row.held_because = now, None, ""
    row.save()
    _put(row, now)
    _told(row, ticket, "reply_rescheduled", actor, now, {"send_at": send_at.isoformat()})
    return row


@transaction.atomic
def withdraw(*, reply: ScheduledReply, actor: Actor, now: dt.datetime) -> ScheduledReply:
    """Do not send it; its files go. Twice is once. Raises CannotSchedule when it was sent meanwhile."""
    ticket, row = _locked(reply)
    if row.withdrawn_at is not None:
        return row
    _refuse_over(row)
    row.withdrawn_at, row.withdrawn_by_name = now, clean_line(actor.name, 320)
    row.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
    drop_files([row.pk], now=now)
    _told(row, ticket, "reply_withdrawn", actor, now, {})
    return row


@transaction.atomic
def send_now(*, reply: ScheduledReply, person: Person, actor: Actor, now: dt.datetime) -> ScheduledReply:
    """Send it at once, whatever came between: somebody looked. Raises CannotSchedule when it is over already."""
    ticket, row = _locked(reply)
    _refuse_over(row)
    if row.next_word_by is not None and row.next_word_by <= now:
        row.next_word_by = None
    row.author, row.author_name = person, clean_line(person.name, 320)
    row.held_at, row.held_because = None, ""
    _send(row, ticket, actor, now)
    return row


@transaction.atomic
def send_if_due(*, reply_id: uuid.UUID, now: dt.datetime) -> ScheduledReply | None:
    """Send a reply that is due, once, or hold it back and have its writer told; None when there is nothing to do.

    It is called for every time that the reply ever had: one that was put off, sent, held or withdrawn stays as it is.
    """
    found = ScheduledReply.objects.filter(pk=reply_id).first()
    if found is None:
        return None
    ticket, row = _locked(found)
    if row.sent_at or row.withdrawn_at or row.held_at or row.send_at > now:
        return None
    writer = Actor(id=row.author_id, name=row.author_name)
    because = held_because(meanwhile_of(row, ticket, now))
    if because:
        row.held_at, row.held_because = now, because
        row.save(update_fields=["held_at", "held_because"])
        put(topic=REPLY_HELD, ids={"reply": str(row.pk)}, now=now, business_id=ticket.business_id)
        _told(row, ticket, "reply_held", writer, now, {"because": because})
        return row
    _send(row, ticket, writer, now)
    reached("support.send_later.before_commit")
    return row


def drop_files(replies: list[uuid.UUID], *, now: dt.datetime) -> None:
    """Let go of the files of replies that are not sent; in the caller's transaction."""
    rows = ScheduledFile.objects.filter(reply__in=replies)
    files = set(rows.values_list("file_id", flat=True))
    rows.delete()
    erase_files(files=files, unneeded=files_nobody_needs, now=now)


def _send(row: ScheduledReply, ticket: Ticket, actor: Actor, now: dt.datetime) -> None:
    still_open = ticket.state == TicketState.OPEN
    files = list(row.files.select_related("file").order_by("id"))
    row.message = say_to_customer(
        ticket=ticket,
        words=Words(
            text=row.text,
            channel="web",
            author=row.author,
            author_name=row.author_name,
            occurred_at=now,
            token=row.pk,
            files=[(each.name, each.file) for each in files],
        ),
        supplier_id=row.supplier_id,
        actor=actor,
        now=now,
        next_word_by=row.next_word_by if still_open else None,
        waits_for=row.waits_for if still_open else "",
        until=row.until if still_open else None,
    )
    row.sent_at, row.text = now, ""  # the message has it: what is erased there is not left here
    row.save()
    row.files.all().delete()


def _locked(reply: ScheduledReply) -> tuple[Ticket, ScheduledReply]:
    """Lock the request first, as every verb does, then the reply."""
    ticket = locked(reply.ticket_id)
    rows = ScheduledReply.objects.select_for_update(of=("self",)).select_related("author")
    return ticket, rows.get(pk=reply.pk)


def _refuse_over(row: ScheduledReply) -> None:
    if row.sent_at is not None:
        raise CannotSchedule("it was sent meanwhile")
    if row.withdrawn_at is not None:
        raise CannotSchedule("it was withdrawn meanwhile")


def _to_come(ticket: Ticket, when: When, now: dt.datetime) -> dt.datetime:
    if ticket.state != TicketState.OPEN:
        raise CannotSchedule("it is settled: open it again first")
    if when.send_at is None or when.send_at <= now:
        raise CannotSchedule("choose a time that is still to come")
    if any(at is not None and at <= when.send_at for at in (when.next_word_by, when.until)):
        raise CannotSchedule("what it promises comes after it is sent")
    return when.send_at


def _put(row: ScheduledReply, now: dt.datetime) -> None:
    put(
        topic=SEND_LATER,
        ids={"reply": str(row.pk)},
        now=now,
        due_at=row.send_at,
        key=f"later:{row.pk}:{int(row.send_at.timestamp())}:{int(now.timestamp() * 1000)}",
        business_id=row.business_id,
    )


def _told(row: ScheduledReply, ticket: Ticket, verb: str, actor: Actor, now: dt.datetime, more: dict[str, str]) -> None:
    payload = {"reply": str(row.pk), "supplier": str(row.supplier_id), **more}
    write_entry(ticket=ticket, verb=verb, actor=actor, payload=payload, occurred_at=now, now=now)
