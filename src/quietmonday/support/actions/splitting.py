"""Some of what was said in a ticket is another matter: it becomes a ticket of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import ClockQuality
from quietmonday.people.models import Person
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.linking import CannotLink, tell_both
from quietmonday.support.actions.opening import Words, add_words, open_ticket
from quietmonday.support.actions.talking import told_when_said
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.models import LinkKind, Message, Side, Ticket, TicketEngagement, TicketLink
from quietmonday.support.queries.tickets import locked


@transaction.atomic
def split_off(*, ticket: Ticket, messages: Sequence[Message], subject: str, actor: Actor, now: dt.datetime) -> Ticket:
    """Make a new ticket of what these messages say; return it.

    It began when the first of them was said, and counts as one call with the old one: splitting makes no call better.
    The messages stay where they are, too; copies of them stand in the new one, each told in the journal. A supplier
    that does not see one of them does not come along.
    Raises CannotLink: nothing (nobody of the client says anything in them), all (nothing would be left), gone (one was
    erased), split_already.
    """
    ticket = locked(ticket.id)
    said = [each for each in messages if each.side != Side.SYSTEM]
    chosen = sorted(said, key=lambda each: (each.occurred_at, each.pk))
    _refuse(ticket, chosen)
    first = next(each for each in chosen if _asks(each))
    engagements = [party.engagement for party in _coming_along(ticket, chosen)]
    new = open_ticket(
        business=ticket.business,
        engagements=engagements,
        subject=subject,
        words=_words(first),
        source=ticket.source,
        actor=actor,
        now=now,
        requester=_requester(ticket, first),
        reported_at=None if first.clock_quality == ClockQuality.UNKNOWN else first.occurred_at,
        kind=ticket.kind,
        origin=f"split:{first.pk}",
    )
    new.split_of = ticket.split_of or ticket
    new.save(update_fields=["split_of"])
    for original in chosen:
        copy = (
            Message.objects.filter(ticket=new).earliest("recorded_at", "id")
            if original.pk == first.pk
            else add_words(
                ticket=new,
                words=_words(original),
                side=original.side,
                public=original.public,
                now=now,
                supplier_id=original.supplier_id,
            )
        )
        copy.copy_of, copy.mentioned = original, original.mentioned
        copy.save(update_fields=["copy_of", "mentioned"])
        if original.pk != first.pk:
            _tell(new, copy, actor, now)
    row = TicketLink.objects.create(
        business=ticket.business, one=new, other=ticket, kind=LinkKind.SPLIT_FROM, by_name=actor.name, at=now
    )
    refresh(ticket=new, now=now)
    tell_both(row, "split", {"messages": str(len(chosen))}, actor, now)
    return new


def _refuse(ticket: Ticket, chosen: Sequence[Message]) -> None:
    if any(each.erased_at for each in chosen):
        raise CannotLink("gone")
    asking = [each for each in chosen if _asks(each)]
    if not asking:
        raise CannotLink("nothing")
    whole = Ticket.objects.filter(Q(pk=ticket.pk) | Q(part_of=ticket))
    stays = Message.objects.filter(ticket__in=whole.values("pk"), public=True, side=Side.CUSTOMER)
    if not stays.exclude(pk__in=[each.pk for each in chosen]).exists():
        raise CannotLink("all")
    if Message.objects.filter(copy_of__in=[each.pk for each in asking]).exists():
        raise CannotLink("split_already")


def _asks(message: Message) -> bool:
    return message.public and message.side == Side.CUSTOMER and not message.automatic


def _requester(ticket: Ticket, first: Message) -> Person | None:
    """Who said it first, if they are of the business; else who asked in the old one."""
    author = first.author
    return author if author is not None and author.business_id == ticket.business_id else ticket.requester


def _coming_along(ticket: Ticket, chosen: Sequence[Message]) -> list[TicketEngagement]:
    earliest = min(each.recorded_at for each in chosen)
    rows = TicketEngagement.objects.filter(ticket=ticket, ended_at=None).select_related("engagement__calendar")
    rows = rows.select_related("engagement__supplier", "engagement__business", "engagement__calendar")
    return [party for party in rows.order_by("since", "id") if party.sees_from is None or party.sees_from <= earliest]


def _words(message: Message) -> Words:
    return Words(
        text=message.text,
        quoted=message.quoted,
        channel=message.channel,
        author=message.author,
        author_name=message.author_name,
        occurred_at=message.occurred_at,
        quality=message.clock_quality,
        verified=message.verified,
        automatic=message.automatic,
        files=[(each.name, each.file) for each in message.attachments.filter(erased_at=None).select_related("file")],
    )


def _tell(new: Ticket, copy: Message, actor: Actor, now: dt.datetime) -> None:
    """The journal knows every word of a ticket, and of a note that there is one."""
    verb = "noted" if not copy.public else _SAID[Side(copy.side)]
    write_entry(
        ticket=new,
        verb=verb,
        actor=actor,
        payload=told_when_said(copy) if copy.public else {"message": str(copy.pk)},
        occurred_at=copy.occurred_at,
        now=now,
        quality=copy.clock_quality,
    )


_SAID = {Side.CUSTOMER: "said_to_supplier", Side.SUPPLIER: "said_to_customer"}
