"""The past that a business lets a supplier read, as it stood."""

import datetime as dt
import uuid

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import HistoryGrant
from quietmonday.support.models import Message, Ticket, TicketEngagement


def past_tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets whose past a business lets the viewer's suppliers read, each with `until`: up to when.

    people.logic.history says the rule in words of its own; a test compares the two.
    """
    held = HistoryGrant.objects.filter(reader__in=viewer.sees.suppliers, ended_at=None)
    tickets = Ticket.objects.filter(business__in=held.values("business"))
    grants = "engagement__history_grants__"
    parties = (
        TicketEngagement.objects.filter(
            Q(**{f"{grants}since": None}) | Q(**{f"{grants}since__lte": OuterRef("opened_at")}),
            Q(ended_at=None) | Q(ended_at__gt=OuterRef("opened_at")),
            **{
                f"{grants}reader__in": viewer.sees.suppliers,
                f"{grants}ended_at": None,
                f"{grants}until__gt": OuterRef("opened_at"),
            },
            since__lt=F(f"{grants}until"),
            sees_from=None,  # what was not shown to it is not of its past
            ticket=OuterRef("pk"),
        )
        .order_by()
        .values("ticket")
        .annotate(last=Max(Least(f"{grants}until", Coalesce("ended_at", f"{grants}until"))))
        .values("last")
    )
    return tickets.annotate(until=Subquery(parties)).filter(until__isnull=False)


def past_ticket_for(viewer: Viewer, ref: uuid.UUID) -> tuple[Ticket, dt.datetime]:
    """Return a ticket whose past the viewer may read, and up to when; Http404 for outsiders and when absent."""
    ticket = past_tickets_visible_to(viewer).select_related("business", "work_item", "requester").filter(pk=ref).first()
    if ticket is None:
        raise Http404
    return ticket, ticket.__dict__["until"]


def past_messages_visible_to(viewer: Viewer, ticket: Ticket, until: dt.datetime) -> QuerySet[Message]:
    """Return what was on the record before `until`: public messages, and notes of the viewer's own supplier."""
    own = Q(public=True) | Q(supplier__in=viewer.sees.suppliers)
    return Message.objects.filter(own, ticket=ticket, recorded_at__lt=until)
