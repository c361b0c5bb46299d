"""What was said in a request is erased: by the owner's wish, or because its time is over. Times and verdicts stay."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from quietmonday.journal.actions import UNTOUCHED, erase_payloads
from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.people.models import Business
from quietmonday.post.actions.erasing import erase_files, erase_items
from quietmonday.support.actions.indexing import index_again, index_messages_again
from quietmonday.support.logic.words import WORDS
from quietmonday.support.models import (
    Attachment,
    CallIn,
    Dispute,
    Feedback,
    FilledForm,
    KnownFault,
    Message,
    PriorityChange,
    Reopening,
    Resolution,
    ScheduledFile,
    ScheduledReply,
    SetAside,
    SheetImport,
    SheetRow,
    Snooze,
    Step,
    Ticket,
    TicketLink,
    Verdict,
)
from quietmonday.support.queries.erasing import (
    attachments_over,
    files_nobody_needs,
    imports_over,
    tickets_over,
)
from quietmonday.support.queries.sheets import IMPORT_VERBS
from quietmonday.support.queries.tickets import locked
from quietmonday.work.models import TimeEntry

_NOTED = (
    *((Resolution, "note"), (Reopening, "note"), (SetAside, "note"), (Dispute, "note")),
    *((PriorityChange, "note"), (CallIn, "note")),
)
AT_ONCE = 50  # requests in one transaction: every other writer waits meanwhile


@transaction.atomic
def erase_message(*, message: Message, actor: Actor, reason: str, now: dt.datetime) -> Message:
    """Erase what one message says, everywhere: here, in the raw mail, in its files, in the journal, and in what was
    copied of it when a request was split. Twice is once.

    That somebody wrote, and when, stays, and so does every verdict. A request that is called by the first words of the
    message loses that name too. `reason` is kept: no personal data in it.
    """
    for ref in sorted({message.ticket_id, *(each.ticket_id for each in _copies_of(message))}):
        locked(ref)
    for each in (message, *_copies_of(message)):
        _erase_one(each, actor, reason, now)
    return Message.objects.get(pk=message.pk)


def _copies_of(message: Message) -> list[Message]:
    """Return every other message that says the same because one was made from the other."""
    first = message
    while first.copy_of is not None:
        first = first.copy_of
    found, looked_at = [first], 0
    while looked_at < len(found):
        found += Message.objects.filter(copy_of=found[looked_at]).order_by("pk")
        looked_at += 1
    return [each for each in found if each.pk != message.pk]


def _erase_one(message: Message, actor: Actor, reason: str, now: dt.datetime) -> None:
    ticket = Ticket.objects.select_related("business").get(pk=message.ticket_id)
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.erased_at is not None:
        return
    entries, going = _entries_of_message(row, ticket), {"text"}
    if ticket.subject and row.text.startswith(ticket.subject.removesuffix("…")):
        going |= {"subject"}
        with override(ticket.business.language):
            Ticket.objects.filter(pk=ticket.pk).update(subject=_("Erased"))

    def rest(entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any]:
        stays = {key: value for key, value in body.items() if key not in going}
        if "said" in stays:  # a log's entry says all that was said in the request
            stays["said"] = _without_one(row.text, stays["said"])
        return UNTOUCHED if stays == body else stays

    blank_messages([row], by=actor.name, now=now)
    index_again(tickets=[ticket.pk])
    if any(entry.verb == "ticket.opened" for entry in entries):  # the first message says what the form holds as data
        FilledForm.objects.filter(ticket=ticket).update(answers=[])
    erase_payloads(entries=entries, actor=actor, reason=reason, now=now, rest=rest)


@transaction.atomic
def erase_words(
    *, tickets: Sequence[uuid.UUID], business: Business, actor: Actor, reason: str, now: dt.datetime
) -> int:
    """Erase every word of these requests of one business: subject, messages and notes, files, raw mails, what was
    noted at the end, and what the journal says of them; return how many requests. Times and verdicts stay."""
    rows = list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=tickets, business=business).order_by("id"))
    ids = [row.pk for row in rows]
    blank_messages(list(Message.objects.filter(ticket__in=ids, erased_at=None)), by=actor.name, now=now)
    for model, column in _NOTED:
        model._base_manager.filter(ticket__in=ids).exclude(**{column: ""}).update(**{column: ""})
    Feedback.objects.filter(ticket__in=ids).exclude(text="").update(text="")
    Step.objects.filter(ticket__in=ids).exclude(text="").update(text="")
    FilledForm.objects.filter(ticket__in=ids).update(answers=[])
    KnownFault.objects.filter(ticket__in=ids).exclude(title="").update(title="")
    TimeEntry.objects.filter(work_item__ticket__in=ids).exclude(note="").update(note="")
    TicketLink.objects.filter(Q(one__in=ids) | Q(other__in=ids)).exclude(note="").update(note="")
    Snooze.objects.filter(ticket__in=ids).exclude(why="").update(why="")
    _drop_scheduled(ids, by=actor.name, now=now)
    # A service desk's log states figures and moments, that its weeks are compared by; a plain one has words.
    SheetRow.objects.filter(ticket__in=ids).exclude(stated__has_key="source").update(stated={})
    _blank_disputes_in_verdicts(ids)
    with override(business.language):
        Ticket.objects.filter(pk__in=ids).update(subject=_("Erased"), words_erased_at=now, changed_at=now)
    index_again(tickets=ids)
    entries = list(Entry.objects.filter(subject_id__in=ids, subject_kind="ticket", business_id=business.pk))
    erase_payloads(entries=entries, actor=actor, reason=reason, now=now, rest=functools.partial(_without, WORDS))
    return len(ids)


@transaction.atomic
def let_go_of_words(business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase the words of some requests that were settled before `older_than`; return how many, 0 when none is left."""
    ids = list(tickets_over(business, older_than).values_list("pk", flat=True)[:AT_ONCE])
    if not ids:
        return 0
    place = Business.objects.get(pk=business)
    return erase_words(tickets=ids, business=place, actor=SYSTEM, reason=why, now=now)


@transaction.atomic
def let_go_of_files(business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase some files that came with requests settled before `older_than`; return how many, 0 when none is left."""
    rows = list(attachments_over(business, older_than)[: AT_ONCE * 4])
    _erase_attachments(rows, now=now)
    index_messages_again(messages=[row.message_id for row in rows])
    return len(rows)


@transaction.atomic
def let_go_of_logs(business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase some logs of calls that were handed in before `older_than`; return how many, 0 when none is left."""
    rows = list(imports_over(business, older_than)[:AT_ONCE])
    SheetImport.objects.filter(pk__in=[row.pk for row in rows]).update(erased_at=now, name="", heads=[])
    erase_files(files={row.file_id for row in rows}, unneeded=files_nobody_needs, now=now)
    return len(rows)


def blank_messages(rows: Sequence[Message], *, by: str, now: dt.datetime) -> None:
    """Empty messages, their raw mails and files, in the caller's transaction. The journal and the search are the
    caller's matter."""
    ids = [row.pk for row in rows]
    _erase_attachments(list(Attachment.objects.filter(message__in=ids, erased_at=None)), now=now)
    erase_items(items=[row.inbox_item_id for row in rows if row.inbox_item_id is not None], now=now)
    Message.objects.filter(pk__in=ids).update(text="", quoted="", mentioned=[], erased_at=now, erased_by=by)
    Ticket.objects.filter(pk__in={row.ticket_id for row in rows}).update(changed_at=now)


def _without(keys: Collection[str], entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any]:
    stays = {key: value for key, value in body.items() if key not in keys}
    return UNTOUCHED if stays == body else stays


def _without_one(text: str, said: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return a log's (side, text) pairs less the first of this text: another message may say the same."""
    at = next((index for index, (_side, each) in enumerate(said) if each == text), len(said))
    return [*said[:at], *said[at + 1 :]]


def _entries_of_message(message: Message, ticket: Ticket) -> list[Entry]:
    """Return the entries that say what the message says: its own, that of the opening, those of a log."""
    entries = list(Entry.objects.filter(subject_id=ticket.pk, subject_kind="ticket"))
    if message.channel == "sheet":
        return [each for each in entries if each.verb in IMPORT_VERBS]
    bodies = standing_bodies(entries)  # also what an erasure of a name has left
    found = [each for each in entries if (bodies.get(each.pk) or {}).get("message") == str(message.pk)]
    if found:
        return found
    first = Message.objects.filter(ticket=ticket).order_by("recorded_at", "id").first()
    opened = first is not None and first.pk == message.pk
    return [each for each in entries if opened and each.verb == "ticket.opened"]


def _erase_attachments(rows: Sequence[Attachment], *, now: dt.datetime) -> None:
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(name="", erased_at=now)
    erase_files(files={row.file_id for row in rows}, unneeded=files_nobody_needs, now=now)


def _drop_scheduled(tickets: Collection[uuid.UUID], *, by: str, now: dt.datetime) -> None:
    """Empty replies that were to be sent later. What is settled sends none; one that was held back is withdrawn."""
    rows = ScheduledReply.objects.filter(ticket__in=tickets)
    rows.filter(sent_at=None, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by_name=by)
    files = ScheduledFile.objects.filter(reply__in=rows.values("pk"))
    going = set(files.values_list("file_id", flat=True))
    files.delete()
    rows.exclude(text="").update(text="")
    erase_files(files=going, unneeded=files_nobody_needs, now=now)


def _blank_disputes_in_verdicts(tickets: Collection[uuid.UUID]) -> None:
    """Take the supplier's objections out of the facts that a verdict was computed from; nothing is computed anew,
    because the times agreed may be others by now."""
    for verdict in Verdict.objects.filter(ticket__in=tickets):
        disputes = verdict.inputs.get("disputes")
        if disputes:
            verdict.inputs = verdict.inputs | {"disputes": [{**each, "note": ""} for each in disputes]}
            verdict.save(update_fields=["inputs"])
