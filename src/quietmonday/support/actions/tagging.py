"""Words by which tickets are found again: each business has its own, and both sides use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.logic.tags import MOST, normal_tag
from quietmonday.support.models import Tag, Ticket, TicketTag
from quietmonday.support.queries.tickets import locked


class TooManyTags(ValueError):
    """What everything is called by finds nothing."""


@transaction.atomic
def tag(*, ticket: Ticket, names: Sequence[str], actor: Actor, now: dt.datetime) -> list[str]:
    """Put tags on a ticket; return those that it did not bear. All or none. Raises NoTag, TooManyTags."""
    ticket = locked(ticket.id)
    wanted = dict.fromkeys(name for each in names if (name := normal_tag(each)))
    borne = set(TicketTag.objects.filter(ticket=ticket).values_list("tag__name", flat=True))
    new = [name for name in wanted if name not in borne]
    if len(borne) + len(new) > MOST:
        raise TooManyTags(f"a request bears at most {MOST} tags")
    if not new:
        return []
    # Two may say a new word of a business at the same moment: whoever comes second finds the first one's.
    Tag.objects.bulk_create(
        [Tag(business=ticket.business, name=name, made_at=now) for name in new], ignore_conflicts=True
    )
    tags = Tag.objects.filter(business=ticket.business, name__in=new)
    TicketTag.objects.bulk_create(
        [TicketTag(business=ticket.business, ticket=ticket, tag=each, by_name=actor.name, at=now) for each in tags]
    )
    write_entry(ticket=ticket, verb="tagged", actor=actor, payload={"tags": new}, occurred_at=now, now=now)
    return new


@transaction.atomic
def untag(*, ticket: Ticket, name: str, actor: Actor, now: dt.datetime) -> bool:
    """Take a tag off a ticket; return whether it bore it. A word that no ticket bears any more goes."""
    ticket = locked(ticket.id)
    row = TicketTag.objects.filter(ticket=ticket, tag__name=name).select_related("tag").first()
    if row is None:
        return False
    row.delete()
    if not TicketTag.objects.filter(tag=row.tag).exists():
        Tag.objects.filter(pk=row.tag_id).delete()
    write_entry(ticket=ticket, verb="untagged", actor=actor, payload={"tags": [name]}, occurred_at=now, now=now)
    return True
