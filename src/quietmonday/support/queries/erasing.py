"""What of support is older than its period, and still there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from quietmonday.people.models import KNOWN, Engagement, Membership, Person
from quietmonday.support.models import (
    Attachment,
    ImportState,
    Message,
    ScheduledFile,
    SheetImport,
    Ticket,
    TicketState,
)


def tickets_over(business: uuid.UUID, older_than: dt.datetime) -> QuerySet[Ticket]:
    """Return the requests that ended before `older_than` and of which words are left: also words said after an
    erasure. One whose end nobody knows (out of a log) counts from its beginning."""
    said = Message.objects.filter(ticket=OuterRef("pk"), erased_at=None)
    return _ended(business, older_than).filter(Q(words_erased_at=None) | Exists(said)).order_by("id")


def attachments_over(business: uuid.UUID, older_than: dt.datetime) -> QuerySet[Attachment]:
    """Return the files that came with requests that ended before `older_than`."""
    tickets = _ended(business, older_than)
    rows = Attachment.objects.filter(business=business, erased_at=None, message__ticket__in=tickets)
    return rows.order_by("id")


def imports_over(business: uuid.UUID, older_than: dt.datetime) -> QuerySet[SheetImport]:
    """Return the logs handed in before `older_than` whose file is still there, but none that is being taken in."""
    still = [ImportState.RUNNING, ImportState.UNDOING]
    rows = SheetImport.objects.filter(business=business, handed_in_at__lt=older_than, erased_at=None)
    return rows.exclude(state__in=still).order_by("id")


def persons_over(business: uuid.UUID, older_than: dt.datetime) -> QuerySet[Person]:
    """Return whom the business knows without any role, and who neither asked nor wrote since `older_than`."""
    roles = Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gte=older_than), person=OuterRef("pk"))
    asked = Ticket.objects.filter(requester=OuterRef("pk"), opened_at__gte=older_than)
    wrote = Message.objects.filter(author=OuterRef("pk"), recorded_at__gte=older_than)
    waits = Ticket.objects.filter(requester=OuterRef("pk"), state=TicketState.OPEN)
    named = Engagement.objects.filter(Q(owner=OuterRef("pk")) | Q(stand_in=OuterRef("pk")), ends_at=None)
    rows = Person.objects.filter(KNOWN, business=business, since__lt=older_than)
    recent = Exists(roles) | Exists(asked) | Exists(wrote) | Exists(waits) | Exists(named)
    return rows.exclude(recent).order_by("id")


def files_nobody_needs(files: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return which of these files came with no message any more that still has them, wait with no reply to be sent, and
    are no log that we keep."""
    held = set(Attachment.objects.filter(file__in=files, erased_at=None).values_list("file_id", flat=True))
    held |= set(ScheduledFile.objects.filter(file__in=files).values_list("file_id", flat=True))
    held |= set(SheetImport.objects.filter(file__in=files, erased_at=None).values_list("file_id", flat=True))
    return [ref for ref in files if ref not in held]


def _ended(business: uuid.UUID, older_than: dt.datetime) -> QuerySet[Ticket]:
    ended = Coalesce("resolved_at", "work_item__closed_at", "opened_at")
    rows = Ticket.objects.filter(business=business).exclude(state=TicketState.OPEN)
    return rows.alias(ended=ended).filter(ended__lt=older_than)
