"""Seal a chain's week."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.logic.weeks import week_bounds
from quietmonday.journal.models import Chain, Entry, Seal


class WeekNotOver(ValueError):
    """A week is sealed once it is over in its zone."""


@transaction.atomic
def seal_week(*, chain: Chain, week: str, zone: str, now: dt.datetime) -> Seal:
    """Return the seal of `week` (2026-W47) of `chain`, made now unless it was made before.

    It sums the chain from its first entry to the last one recorded before the week's end in `zone` (IANA name).
    Writers that are under way finish first. Raises WeekNotOver, and ValueError for a week that does not exist.
    """
    starts_at, ends_at = week_bounds(week, zone)
    if now < ends_at:
        raise WeekNotOver(f"week {week} ends at {ends_at:%Y-%m-%d %H:%M} UTC")
    chain = Chain.objects.select_for_update(no_key=True).get(pk=chain.pk)
    if sealed := Seal.objects.filter(chain=chain, week=week).first():
        return sealed
    # By number, not by time: after a clock went back the sum still covers everything up to the last one in time.
    last = Entry.objects.filter(chain=chain, recorded_at__lt=ends_at).order_by("-seq").first()
    seal = Seal(
        chain=chain,
        business_id=chain.business_id,
        week=week,
        zone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
        count=last.seq if last else 0,
        head_hash=last.hash if last else chain.genesis_hash,
        sealed_at=now,
    )
    seal.save()
    return seal
