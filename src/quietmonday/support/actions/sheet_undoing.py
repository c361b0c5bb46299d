"""What a log made is taken back, but for what somebody touched since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import transaction

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.people.models import Address, Engagement, Membership, Person
from quietmonday.people.queries.merging import once_merged
from quietmonday.support.actions.entries import write_import_entry
from quietmonday.support.actions.indexing import take_out_of_search
from quietmonday.support.actions.sheet_imports import CHUNK, CannotImport, tell_worker
from quietmonday.support.actions.sheet_taking import locked_import
from quietmonday.support.models import (
    CopySuggestion,
    Correction,
    ImportState,
    Message,
    Pause,
    PriorityChange,
    Reopening,
    Resolution,
    SheetImport,
    SheetRow,
    Ticket,
    TicketEngagement,
    Verdict,
    Watcher,
)
from quietmonday.support.queries.sheets import stated_already, touched
from quietmonday.work.models import WorkItem

UNDO = "support.undo_sheet"


@transaction.atomic
def begin_undo(*, import_id: uuid.UUID, actor: Actor, now: dt.datetime, here: bool = False) -> SheetImport:
    """Begin to take back what an import made. Raises CannotImport (not_done) while it runs and once it is undone."""
    row = locked_import(import_id)
    if row.state not in (ImportState.DONE, ImportState.STOPPED):
        raise CannotImport("not_done")
    row.state, row.undone_by = ImportState.UNDOING, actor.name
    row.save(update_fields=["state", "undone_by"])
    if not here:
        tell_worker(UNDO, row, now)
    write_import_entry(row=row, verb="undoing", actor=actor, payload={"made": row.made}, now=now)
    return row


def run_undo(*, import_id: uuid.UUID, clock: Callable[[], dt.datetime]) -> SheetImport:
    """Remove every ticket that the import made and that nobody touched since; the others stay and are named.

    Touched is what anybody did anything with, what a later import changed, and what stands in a statement: a statement
    never points at nothing. Chunk by chunk; a lost process loses nothing.
    """
    after: uuid.UUID | None = None
    while True:
        after, row = _undo_chunk(import_id=import_id, after=after, now=clock())
        reached("support.sheet.after_undo_chunk")
        if after is None:
            return row


@transaction.atomic
def _undo_chunk(
    *, import_id: uuid.UUID, after: uuid.UUID | None, now: dt.datetime
) -> tuple[uuid.UUID | None, SheetImport]:
    row = locked_import(import_id)
    if row.state != ImportState.UNDOING:
        return None, row
    made = SheetRow.objects.filter(made_by=row).select_related("ticket__work_item").order_by("id")
    some = list((made.filter(id__gt=after) if after else made)[:CHUNK])
    if not some:
        row.state, row.undone_at = ImportState.UNDONE, now
        row.save(update_fields=["state", "undone_at"])
        write_import_entry(
            row=row, verb="undone", actor=Actor(id=None, name=row.undone_by), payload={"kept": row.kept}, now=now
        )
        return None, row
    stays = _staying(row, some)
    gone = [each for each in some if each.ticket_id not in stays]
    row.kept = sorted({*row.kept, *(each.ticket.work_item.number for each in some if each.ticket_id in stays)})
    row.save(update_fields=["kept"])
    _remove(gone)
    append_many(
        [
            Event(
                verb="ticket.import_undone",
                actor=Actor(id=None, name=row.undone_by),
                business_id=row.business_id,
                engagement_ids=[row.engagement_id],
                subject=("ticket", each.ticket_id),
                payload={"number": each.ticket.work_item.number, "import": row.id, "subject": each.ticket.subject},
                occurred_at=now,
                recorded_at=now,
            )
            for each in gone
        ]
    )
    return some[-1].id, row


def _staying(row: SheetImport, some: list[SheetRow]) -> set[uuid.UUID]:
    ids = [each.ticket_id for each in some]
    stays = touched(ids) | {each.ticket_id for each in some if each.last_id != row.id}
    stays |= set(Correction.objects.filter(ticket__in=ids).values_list("ticket_id", flat=True))
    opened = [each.ticket.opened_at for each in some]
    stated = stated_already(row.engagement_id, min(opened), max(opened))
    return stays | {each for each in ids if str(each) in stated}


def _remove(gone: list[SheetRow]) -> None:
    tickets = [each.ticket_id for each in gone]
    items = [each.ticket.work_item_id for each in gone]
    persons = [each.person_id for each in gone if each.person_id]
    take_out_of_search(tickets=tickets)
    for table in (Pause, Message, PriorityChange, Resolution, Reopening, Verdict, TicketEngagement, SheetRow):
        table._base_manager.filter(ticket__in=tickets).delete()
    Ticket.objects.filter(pk__in=tickets).delete()
    WorkItem.objects.filter(pk__in=items).delete()
    if persons:
        _forget_unused(persons)


def _forget_unused(persons: list[uuid.UUID]) -> None:
    """Remove persons that the import made known and that nothing else names by now."""
    used = set(Ticket.objects.filter(requester__in=persons).values_list("requester", flat=True))
    used |= set(Message.objects.filter(author__in=persons).values_list("author", flat=True))
    for model, column in ((Ticket, "reported_by"), (Watcher, "person"), (CopySuggestion, "person")):
        used |= set(model._base_manager.filter(**{f"{column}__in": persons}).values_list(column, flat=True))
    used |= set(Address.objects.filter(person__in=persons).values_list("person", flat=True))
    used |= set(Membership.objects.filter(person__in=persons).values_list("person", flat=True))
    used |= once_merged(persons)
    for role in ("owner", "stand_in", "counterpart"):
        used |= set(Engagement.objects.filter(**{f"{role}__in": persons}).values_list(role, flat=True))
    Person.objects.filter(pk__in=[each for each in persons if each not in used]).delete()
