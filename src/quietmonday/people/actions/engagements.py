"""Engagements: begun, ended, and who answers for them on both sides."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.logic.hours import DEFAULT_WEEK
from quietmonday.people.logic.levels import DEFAULT_LEVELS
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import (
    AgreementKind,
    Business,
    Calendar,
    Engagement,
    OpenInterval,
    Person,
    ServiceLevel,
    Supplier,
)
from quietmonday.people.queries import lock_persons, only_reads


@transaction.atomic
def engage(
    *,
    business: Business,
    supplier: Supplier,
    actor: Actor,
    now: dt.datetime,
    country: str = "",
    subdivision: str = "",
    agreement: str = AgreementKind.TIME_AND_MATERIALS,
    owner: Person | None = None,
    stand_in: Person | None = None,
    counterpart: Person | None = None,
) -> Engagement:
    """Return a new open engagement with the default hours and levels, which nobody has agreed yet.

    Raises Refused: engaged_already (they have an open one), wrong_side (a named person is not of that side),
    only_reads (one of them is only a reader).
    """
    engagement, event = write_engagement(
        business=business,
        supplier=supplier,
        country=country,
        subdivision=subdivision,
        agreement=agreement,
        owner=owner,
        stand_in=stand_in,
        counterpart=counterpart,
        actor=actor,
        now=now,
    )
    append_many([event])
    return engagement


def write_engagement(
    *,
    business: Business,
    supplier: Supplier,
    country: str,
    subdivision: str,
    agreement: str,
    owner: Person | None,
    stand_in: Person | None,
    counterpart: Person | None,
    actor: Actor,
    now: dt.datetime,
) -> tuple[Engagement, Event]:
    """Write an engagement with calendar and levels; return it with the event that begins its chain."""
    lock_persons([owner, stand_in, counterpart])
    _right_sides(business, supplier, owner=owner, stand_in=stand_in, counterpart=counterpart, now=now)
    engagement = Engagement(
        business=business,
        supplier=supplier,
        owner=owner,
        stand_in=stand_in,
        counterpart=counterpart,
        agreement=AgreementKind(agreement),
        calendar=_default_calendar(business, country, subdivision, now),
        starts_at=now,
    )
    try:
        with transaction.atomic():  # a savepoint: the caller may go on after the refusal
            engagement.save()
    except IntegrityError:
        raise Refused("engaged_already") from None
    ServiceLevel.objects.bulk_create(
        ServiceLevel(
            business=business,
            engagement=engagement,
            priority=priority,
            response_minutes=level.response_minutes,
            restore_minutes=level.restore_minutes,
            update_minutes=level.update_minutes,
            around_the_clock=level.around_the_clock,
        )
        for priority, level in DEFAULT_LEVELS.items()
    )
    event = Event(
        verb="engagement.began",
        actor=actor,
        business_id=business.pk,
        engagement_ids=(engagement.pk,),
        subject=("engagement", engagement.pk),
        payload={
            "business": business.name,
            "supplier": supplier.name,
            "agreement": engagement.agreement,
            **_named_people(engagement),
        },
        occurred_at=now,
        recorded_at=now,
    )
    return engagement, event


@transaction.atomic
def end_engagement(*, engagement: Engagement, actor: Actor, now: dt.datetime) -> Engagement:
    """End an engagement now: its supplier sees nothing of the business from this moment. Twice is once."""
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    if row.ends_at is not None:
        return row
    row.ends_at = max(now, row.starts_at)
    row.save(update_fields=["ends_at"])
    append(
        verb="engagement.ended",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(row.pk,),
        subject=("engagement", row.pk),
        payload={},
        occurred_at=now,
        recorded_at=now,
    )
    must_stay_ended(now)
    return row


@transaction.atomic
def name_relationship(
    *,
    engagement: Engagement,
    owner: Person | None,
    stand_in: Person | None,
    counterpart: Person | None,
    actor: Actor,
    now: dt.datetime,
) -> Engagement:
    """Name who answers for the engagement: owner and stand-in at the business, counterpart at the supplier.

    None leaves a place empty. Raises Refused: wrong_side (not of that side), same_person (owner is the stand-in),
    only_reads (somebody named is only a reader).
    """
    lock_persons([owner, stand_in, counterpart])
    row = (
        Engagement.objects.select_for_update(of=("self",)).select_related("business", "supplier").get(pk=engagement.pk)
    )
    _right_sides(row.business, row.supplier, owner=owner, stand_in=stand_in, counterpart=counterpart, now=now)
    row.owner, row.stand_in, row.counterpart = owner, stand_in, counterpart
    row.save(update_fields=["owner", "stand_in", "counterpart"])
    append(
        verb="engagement.relationship_named",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(row.pk,),
        subject=("engagement", row.pk),
        payload=_named_people(row),
        occurred_at=now,
        recorded_at=now,
    )
    return row


def _right_sides(
    business: Business,
    supplier: Supplier,
    *,
    owner: Person | None,
    stand_in: Person | None,
    counterpart: Person | None,
    now: dt.datetime,
) -> None:
    for person in (owner, stand_in):
        if person is not None and person.business_id != business.pk:
            raise Refused("wrong_side")
    if counterpart is not None and counterpart.supplier_id != supplier.pk:
        raise Refused("wrong_side")
    if owner is not None and owner == stand_in:
        raise Refused("same_person")
    if any(only_reads(person, now) for person in (owner, stand_in, counterpart) if person is not None):
        raise Refused("only_reads")


def _named_people(engagement: Engagement) -> dict[str, object]:
    people = {"owner": engagement.owner, "stand_in": engagement.stand_in, "counterpart": engagement.counterpart}
    return {role: {"id": person.pk, "name": person.name} if person else None for role, person in people.items()}


def _default_calendar(business: Business, country: str, subdivision: str, now: dt.datetime) -> Calendar:
    calendar = Calendar.objects.create(
        business=business,
        name="Office hours",
        zone=business.zone,
        country=country,
        subdivision=subdivision,
        updated_at=now,
    )
    OpenInterval.objects.bulk_create(
        OpenInterval(business=business, calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, intervals in DEFAULT_WEEK.items()
        for opens, closes in intervals
    )
    return calendar
