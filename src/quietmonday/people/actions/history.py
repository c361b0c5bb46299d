"""The business decides who may read what of the past."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.logic.history import until_of
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Engagement, HistoryGrant, Supplier


@transaction.atomic
def grant_history(
    *, engagement: Engagement, reader: Supplier, since: dt.datetime | None, actor: Actor, now: dt.datetime
) -> HistoryGrant:
    """Let `reader` read the past of `engagement`, requests opened from `since` on; return the grant.

    A grant that holds is returned as it is. Raises Refused: own_past (it still works on them), not_here (it never
    worked for the business), after_all (`since` is not before the end of what could be read).
    """
    row = Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)
    held = HistoryGrant.objects.filter(engagement=row, reader=reader, ended_at=None).first()
    if held is not None:
        return held
    if reader.pk == row.supplier_id and (row.ends_at is None or row.ends_at > now):
        raise Refused("own_past")
    if not Engagement.objects.filter(business=row.business_id, supplier=reader, starts_at__lte=now).exists():
        raise Refused("not_here")
    until = until_of(given_at=now, engagement_ends_at=row.ends_at)
    if since is not None and since >= until:
        raise Refused("after_all")
    grant = HistoryGrant(
        business_id=row.business_id,
        engagement=row,
        reader=reader,
        since=since,
        until=until,
        given_at=now,
        by_name=actor.name,
    )
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError:  # somebody gave it a moment ago
        return HistoryGrant.objects.get(engagement=row, reader=reader, ended_at=None)
    _tell("history.granted", grant, actor, now)
    return grant


@transaction.atomic
def end_history(*, grant: HistoryGrant, actor: Actor, now: dt.datetime) -> HistoryGrant:
    """Take a grant back: from this moment its reader sees nothing of it. Twice is once."""
    row = HistoryGrant.objects.select_for_update().get(pk=grant.pk)
    if row.ended_at is not None:
        return row
    row.ended_at = max(now, row.given_at)
    row.save(update_fields=["ended_at"])
    _tell("history.ended", row, actor, now)
    must_stay_ended(now)
    return row


def _tell(verb: str, grant: HistoryGrant, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=verb,
        actor=actor,
        business_id=grant.business_id,
        engagement_ids=[],
        subject=("history_grant", grant.pk),
        payload={
            "engagement": grant.engagement_id,
            "reader": grant.reader_id,
            "since": grant.since,
            "until": grant.until,
        },
        occurred_at=now,
        recorded_at=now,
    )
