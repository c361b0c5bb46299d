"""An address at which our mail came back, and one that works again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.models import Address


@dataclasses.dataclass(frozen=True, kw_only=True)
class Returned:
    """Mail to `email` came back: a rule of outbox.logic.refusals, the other server's words, whether it always will."""

    email: str
    rule: str
    said: str
    for_good: bool


@transaction.atomic
def mark_failed(*, returned: Sequence[Returned], now: dt.datetime) -> list[Address]:
    """Mark addresses for everybody who uses them; return the rows that changed.

    Where it is `for_good` we write no more until it works again; a mail that came back for another reason does not
    take that back. The same news twice changes nothing.
    """
    news = {each.email: each for each in returned}
    rows = Address.objects.select_for_update().filter(email__in=list(news)).order_by("pk")
    changed = [row for row in rows if row.failed_at is None or (news[row.email].for_good and not row.failed_for_good)]
    for row in changed:
        one = news[row.email]
        row.failed_at, row.failed_rule, row.failed_for_good = now, one.rule[:20], one.for_good
        row.failed_said = clean_line(one.said, 300)
        row.save(update_fields=["failed_at", "failed_rule", "failed_for_good", "failed_said"])
    append_many([_event(row, "person.address_failed", SYSTEM, now) for row in changed])
    return changed


@transaction.atomic
def mail_came_from(*, email: str, actor: Actor, now: dt.datetime) -> list[Address]:
    """Take the mark away from an address that writes itself, for everybody who uses it; return what changed."""
    return _mark_working(Address.objects.filter(email=email), actor, now)


@transaction.atomic
def mark_working(*, address: Address, actor: Actor, now: dt.datetime) -> list[Address]:
    """Take the mark away from one person's address: somebody there knows better. Return the rows that changed."""
    return _mark_working(Address.objects.filter(pk=address.pk), actor, now)


def _mark_working(addresses: QuerySet[Address], actor: Actor, now: dt.datetime) -> list[Address]:
    rows = list(addresses.select_for_update().filter(failed_at__isnull=False).order_by("pk"))
    events = [_event(row, "person.address_works", actor, now) for row in rows]
    for row in rows:
        row.failed_at, row.failed_rule, row.failed_said, row.failed_for_good = None, "", "", True
        row.save(update_fields=["failed_at", "failed_rule", "failed_for_good", "failed_said"])
    append_many(events)
    return rows


def _event(row: Address, verb: str, actor: Actor, now: dt.datetime) -> Event:
    return Event(
        verb=verb,
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(),
        subject=("person", row.person_id),
        payload={"address": row.email, "why": row.failed_rule, "for_good": row.failed_for_good},
        occurred_at=now,
        recorded_at=now,
    )
