"""What was said in a request is erased: by the owner's wish, or because its time is over. Times and verdicts stay."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from quietmonday.journal.actions import UNTOUCHED, erase_payloads
from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.people.models import Business
from quietmonday.post.actions.erasing import erase_files, erase_items
from quietmonday.support.logic.words import WORDS
from quietmonday.support.models import (
    Attachment,
    Dispute,
    Feedback,
    Message,
    Reopening,
    Resolution,
    SetAside,
    SheetImport,
    SheetRow,
    Ticket,
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

AT_ONCE = 50  # requests in one transaction: every other writer waits meanwhile


@transaction.atomic
def erase_message(*, message: Message, actor: Actor, reason: str, now: dt.datetime) -> Message:
    """Erase what one message says, everywhere: here, in the raw mail, in its files, in the journal. Twice is once.

    That somebody wrote, and when, stays, and so does every verdict. A request that is called by the first words of the
    message loses that name too. `reason` is kept: no personal data in it.
    """
    ticket = locked(message.ticket_id)
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.erased_at is not None:
        return row
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
    erase_payloads(entries=entries, actor=actor, reason=reason, now=now, rest=rest)
    row.refresh_from_db()
    return row


@transaction.atomic
def erase_words(
    *, tickets: Sequence[uuid.UUID], business: Business, actor: Actor, reason: str, now: dt.datetime
) -> int:
    """Erase every word of these requests of one business: subject, messages and notes, files, raw mails, what was
    noted at the end, and what the journal says of them; return how many requests. Times and verdicts stay."""
    rows = list(Ticket.objects.select_for_update(of=("self",)).filter(pk__in=tickets, business=business).order_by("id"))
    ids = [row.pk for row in rows]
    blank_messages(list(Message.objects.filter(ticket__in=ids, erased_at=None)), by=actor.name, now=now)
    for model, column in ((Resolution, "note"), (Reopening, "note"), (SetAside, "note"), (Dispute, "note")):
        model._base_manager.filter(ticket__in=ids).exclude(**{column: ""}).update(**{column: ""})
    Feedback.objects.filter(ticket__in=ids).exclude(text="").update(text="")
    # A service desk's log states figures and moments, that its weeks are compared by; a plain one has words.
    SheetRow.objects.filter(ticket__in=ids).exclude(stated__has_key="source").update(stated={})
    _blank_disputes_in_verdicts(ids)
    with override(business.language):
        Ticket.objects.filter(pk__in=ids).update(subject=_("Erased"), words_erased_at=now)
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
    return len(rows)


@transaction.atomic
def let_go_of_logs(business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase some logs of calls that were handed in before `older_than`; return how many, 0 when none is left."""
    rows = list(imports_over(business, older_than)[:AT_ONCE])
    SheetImport.objects.filter(pk__in=[row.pk for row in rows]).update(erased_at=now, name="", heads=[])
    erase_files(files={row.file_id for row in rows}, unneeded=files_nobody_needs, now=now)
    return len(rows)


def blank_messages(rows: Sequence[Message], *, by: str, now: dt.datetime) -> None:
    """Empty messages, their raw mails and files, in the caller's transaction. The journal is the caller's matter."""
    ids = [row.pk for row in rows]
    _erase_attachments(list(Attachment.objects.filter(message__in=ids, erased_at=None)), now=now)
    erase_items(items=[row.inbox_item_id for row in rows if row.inbox_item_id is not None], now=now)
    Message.objects.filter(pk__in=ids).update(text="", quoted="", erased_at=now, erased_by=by)


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


def _blank_disputes_in_verdicts(tickets: Collection[uuid.UUID]) -> None:
    """Take the supplier's objections out of the facts that a verdict was computed from; nothing is computed anew,
    because the times agreed may be others by now."""
    for verdict in Verdict.objects.filter(ticket__in=tickets):
        disputes = verdict.inputs.get("disputes")
        if disputes:
            verdict.inputs = verdict.inputs | {"disputes": [{**each, "note": ""} for each in disputes]}
            verdict.save(update_fields=["inputs"])
