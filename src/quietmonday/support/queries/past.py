"""What of the past a supplier reads by a business's decision: a list, and one request as it stood."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict

from django.db.models import Q

from quietmonday.people.access import Viewer
from quietmonday.support.access import past_messages_visible_to, past_tickets_visible_to
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.models import DAY_ONLY, Attachment, Message, Reopening, Resolution, Ticket
from quietmonday.support.queries.ticket_page import form_of

ROWS = 25


@dataclasses.dataclass(frozen=True, slots=True)
class PastTickets:
    """One page; `after` is where the next one goes on, "" at the end."""

    rows: list[Ticket]
    after: str


@dataclasses.dataclass(slots=True)
class PastLine:
    """One line of what was said and done: a message with its files, or how the request stood from then on."""

    at: dt.datetime
    kind: str  # them, us, note, event
    form: str = "time"  # or "day", "": how much of its moment is known
    message: Message | None = None
    files: list[Attachment] = dataclasses.field(default_factory=list)
    resolution: Resolution | None = None
    reopening: Reopening | None = None


def past_tickets_of(viewer: Viewer, *, after: str = "") -> PastTickets:
    """Return a page of the requests whose past the viewer may read, newest first. One query."""
    tickets = past_tickets_visible_to(viewer).select_related("business", "work_item").order_by("-opened_at", "-id")
    if place := read_cursor(after, "mu"):
        at, ref = place
        tickets = tickets.filter(Q(opened_at__lt=at) | Q(opened_at=at, id__lt=ref))
    rows = list(tickets[: ROWS + 1])
    more = len(rows) > ROWS
    return PastTickets(rows[:ROWS], cursor(rows[ROWS - 1].opened_at, rows[ROWS - 1].id) if more else "")


def past_lines(viewer: Viewer, ticket: Ticket, until: dt.datetime) -> list[PastLine]:
    """Return what was said and done on a ticket (from `past_ticket_for`) before `until`. Four queries."""
    messages = list(past_messages_visible_to(viewer, ticket, until).select_related("supplier"))
    files: dict[uuid.UUID, list[Attachment]] = defaultdict(list)
    found = Attachment.objects.filter(message__in=[message.id for message in messages]).select_related("file")
    for attachment in found.order_by("id"):
        files[attachment.message_id].append(attachment)
    lines = [
        PastLine(
            at=message.occurred_at,
            kind=_kind(message),
            form=form_of(message.channel, message.clock_quality),
            message=message,
            files=files[message.id],
        )
        for message in messages
    ]
    lines += [
        PastLine(at=row.at, kind="event", form="day" if row.clock_quality == DAY_ONLY else "time", resolution=row)
        for row in Resolution.objects.filter(ticket=ticket, at__lt=until).order_by("at", "id")
    ]
    lines += [
        PastLine(at=row.at, kind="event", reopening=row)
        for row in Reopening.objects.filter(ticket=ticket, at__lt=until).order_by("at", "id")
    ]
    return sorted(lines, key=lambda line: line.at)


def _kind(message: Message) -> str:
    if not message.public:
        return "note"
    if message.automatic or message.side == "system":
        return "event"
    return "us" if message.side == "supplier" else "them"
