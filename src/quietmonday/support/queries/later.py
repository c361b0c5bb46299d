"""What waits to be sent, and what came between."""

from __future__ import annotations

import datetime as dt

from quietmonday.people.access import holding
from quietmonday.people.models import Engagement, Membership, Role
from quietmonday.support.logic.later import Meanwhile
from quietmonday.support.models import Message, ScheduledReply, Side, Ticket, TicketState
from quietmonday.support.queries.tickets import engagement_ids


def meanwhile_of(reply: ScheduledReply, ticket: Ticket, now: dt.datetime) -> Meanwhile:
    """Return what happened since the writer of `reply` last looked."""
    wrote = Message.objects.filter(
        ticket=ticket, side=Side.CUSTOMER, public=True, automatic=False, recorded_at__gt=reply.as_of
    )
    return Meanwhile(
        settled=ticket.state != TicketState.OPEN,
        left=not still_there(reply, ticket, now),
        they_wrote=wrote.exists(),
        send_at=reply.send_at,
        next_word_by=reply.next_word_by,
        now=now,
    )


def still_there(reply: ScheduledReply, ticket: Ticket, now: dt.datetime) -> bool:
    """Return whether its writer works for the supplier at `now`, and that for the client."""
    works = Membership.objects.filter(holding(now), person=reply.author_id, supplier=reply.supplier_id)
    serves = Engagement.objects.filter(holding(now), pk__in=engagement_ids(ticket), supplier=reply.supplier_id)
    return works.exclude(role=Role.READER).exists() and serves.exists()
