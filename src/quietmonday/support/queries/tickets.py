"""Tickets for actions: locked, so that two verbs on one ticket run one after the other."""

import uuid

from quietmonday.people.models import Engagement
from quietmonday.support.models import Ticket, TicketEngagement


def locked(ticket_id: uuid.UUID) -> Ticket:
    """Return the ticket, its row locked until the transaction ends (SQLite: the whole database is)."""
    return Ticket.objects.select_for_update(of=("self",)).select_related("business", "work_item").get(pk=ticket_id)


def engagements_of(ticket: Ticket) -> list[Engagement]:
    """Return the same with their suppliers."""
    rows = TicketEngagement.objects.filter(ticket=ticket).select_related("engagement__supplier")
    return [row.engagement for row in rows.order_by("since", "id")]


def engagement_ids(ticket: Ticket) -> list[uuid.UUID]:
    """Return the engagements the ticket concerns now, oldest first."""
    rows = TicketEngagement.objects.filter(ticket=ticket, ended_at=None).order_by("since", "id")
    return list(rows.values_list("engagement_id", flat=True))
