"""Tickets by their tags: what a list, a search or a view filters with."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, QuerySet

from quietmonday.support.logic.tags import NoTag, normal_tag
from quietmonday.support.models import Tag, Ticket, TicketTag


def tagged(tickets: QuerySet[Ticket], names: Iterable[str]) -> QuerySet[Ticket]:
    """Return those of the tickets that bear every one of these tags, however they are written. No query."""
    for name in names:
        try:
            word = normal_tag(name)
        except NoTag:  # no tag is that long, so no ticket bears it
            return tickets.none()
        if word:
            tickets = tickets.filter(Exists(TicketTag.objects.filter(ticket=OuterRef("pk"), tag__name=word)))
    return tickets


def tags_of(tickets: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the tags of many tickets, by ticket, in order: one query."""
    found: dict[uuid.UUID, list[str]] = {}
    rows = TicketTag.objects.filter(ticket__in=tickets).order_by("tag__name")
    for ticket, name in rows.values_list("ticket_id", "tag__name"):
        found.setdefault(ticket, []).append(name)
    return found


def tags_used_at(businesses: Collection[uuid.UUID]) -> list[str]:
    """Return the words of these businesses, each once, in order: one query."""
    rows = Tag.objects.filter(business__in=businesses).order_by("name").values_list("name", flat=True)
    return list(rows.distinct())
