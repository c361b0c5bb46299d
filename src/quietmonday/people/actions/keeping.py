"""The business says how long it keeps what; once a day we let go of what is older."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.faults import reached
from quietmonday.kit.keeping import Kind, kinds
from quietmonday.people.logic.periods import months_before
from quietmonday.people.models import Business, Period


@transaction.atomic
def set_period(*, business: Business, kind: Kind, months: int | None, actor: Actor, now: dt.datetime) -> None:
    """Keep `kind` for so many months from now on; None: as long as the record exists. Twice is once."""
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    row = Period.objects.filter(business=business, kind=kind.name).first()
    before = row.months if row else None
    if before == months:
        return
    if row is not None:
        row.delete()
    if months is not None:
        Period.objects.create(business=business, kind=kind.name, months=months, set_at=now, by_name=actor.name)
    append(
        verb="period.set",
        actor=actor,
        business_id=business.pk,
        engagement_ids=[],
        subject=("business", business.pk),
        payload={"kind": kind.name, "before": before, "months": months},
        occurred_at=now,
        recorded_at=now,
    )


def let_go_of_what_is_over(*, now: dt.datetime) -> dict[str, int]:
    """Erase, in every business, what is older than its period; return how many of each kind.

    Each portion is a transaction of its own: after a kill the next run goes on. The journal says how many, and since
    when they were over; what was erased in the chains stands there entry by entry.
    """
    known = {kind.name: kind for kind in kinds()}
    gone: dict[str, int] = {}
    for period in Period.objects.select_related("business").order_by("business_id", "kind"):
        kind = known.get(period.kind)
        if kind is None:  # of a part that is not installed here
            continue
        count = _let_go(period, kind, now)
        gone[kind.name] = gone.get(kind.name, 0) + count
    return gone


def _let_go(period: Period, kind: Kind, now: dt.datetime) -> int:
    older_than = months_before(now, period.months)
    why = f"{kind.name}: kept for {period.months} months"
    total = 0
    while count := kind.let_go(period.business_id, older_than, why, now):
        total += count
        reached("people.let_go.after_portion")
    if total:
        _tell(period, older_than, total, now)
    return total


@transaction.atomic
def _tell(period: Period, older_than: dt.datetime, total: int, now: dt.datetime) -> None:
    append(
        verb="period.over",
        actor=SYSTEM,
        business_id=period.business_id,
        engagement_ids=[],
        subject=("business", period.business_id),
        payload={"kind": period.kind, "months": period.months, "older_than": older_than, "erased": total},
        occurred_at=now,
        recorded_at=now,
    )
