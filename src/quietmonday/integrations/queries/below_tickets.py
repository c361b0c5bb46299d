"""What hangs on a ticket that somebody was let see."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from quietmonday.integrations.queries.told.tickets import TICKET_JOINS
from quietmonday.people.models import Business
from quietmonday.post.models import File
from quietmonday.support.models import Dispute, Feedback, Ticket


def feedback_on(ticket: Ticket) -> QuerySet[Feedback]:
    """Return what its requester said of the outcome."""
    return Feedback.objects.filter(ticket=ticket)


def disputes_on(ticket: Ticket) -> QuerySet[Dispute]:
    """Return what its suppliers say of the verdicts."""
    return Dispute.objects.filter(ticket=ticket)


def as_it_stands(ticket: Ticket) -> Ticket:
    """Return the ticket as it is stored now, with all that is told of it."""
    return Ticket.objects.select_related(*TICKET_JOINS).get(pk=ticket.pk)


def stored_file(ref: uuid.UUID, business: Business) -> File | None:
    """Return a file of the business whose bytes are here."""
    return File.objects.filter(pk=ref, business=business, erased_at=None).first()
