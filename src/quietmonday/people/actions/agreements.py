"""What was agreed: kind, service levels, hours. Each change stands in the chain that both sides hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.actions.businesses import known_zone
from quietmonday.people.logic.hours import hours_text
from quietmonday.people.logic.levels import PRIORITIES, Level
from quietmonday.people.logic.public_holidays import public_holidays
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import AgreementKind, Calendar, Engagement, Holiday, OpenInterval, ServiceLevel

Week = Mapping[int, Sequence[tuple[dt.time, dt.time]]]
"""Weekday (0 is Monday) → intervals of local time; a missing day is closed."""


@transaction.atomic
def agree_levels(*, engagement: Engagement, levels: Mapping[int, Level], actor: Actor, now: dt.datetime) -> Engagement:
    """Write down the service levels of all four priorities as agreed. Raises Refused (priorities) for a gap."""
    if set(levels) != set(PRIORITIES):
        raise Refused("priorities")
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    before = {level.priority: _words(level) for level in ServiceLevel.objects.filter(engagement=row)}
    ServiceLevel.objects.filter(engagement=row).delete()
    written = ServiceLevel.objects.bulk_create(
        ServiceLevel(
            business_id=row.business_id,
            engagement=row,
            priority=priority,
            response_minutes=level.response_minutes,
            restore_minutes=level.restore_minutes,
            update_minutes=level.update_minutes,
            around_the_clock=level.around_the_clock,
        )
        for priority, level in sorted(levels.items())
    )
    row.levels_agreed = True
    row.save(update_fields=["levels_agreed"])
    append(
        verb="engagement.levels_agreed",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(row.pk,),
        subject=("engagement", row.pk),
        payload={
            "before": {str(priority): words for priority, words in before.items()},
            "levels": {str(level.priority): _words(level) for level in written},
        },
        occurred_at=now,
        recorded_at=now,
    )
    return row


@transaction.atomic
def change_terms(
    *, engagement: Engagement, agreement: str, third_party_stops_clock: bool, actor: Actor, now: dt.datetime
) -> Engagement:
    """Set how the support is paid for, and whether waiting for a third party stops the supplier's clock."""
    row = Engagement.objects.select_for_update().get(pk=engagement.pk)
    before = {"agreement": row.agreement, "third_party_stops_clock": row.third_party_stops_clock}
    row.agreement, row.third_party_stops_clock = AgreementKind(agreement), third_party_stops_clock
    row.save(update_fields=["agreement", "third_party_stops_clock"])
    append(
        verb="engagement.terms_changed",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=(row.pk,),
        subject=("engagement", row.pk),
        payload={
            "before": before,
            "agreement": row.agreement,
            "third_party_stops_clock": row.third_party_stops_clock,
        },
        occurred_at=now,
        recorded_at=now,
    )
    return row


@transaction.atomic
def set_hours(
    *,
    calendar: Calendar,
    zone: str,
    week: Week,
    country: str,
    subdivision: str,
    holidays: Mapping[dt.date, str],
    actor: Actor,
    now: dt.datetime,
) -> Calendar:
    """Replace the hours of a calendar: zone, week, the country of the public holidays, own days off.

    The entry goes into the chain of every open engagement that goes by this calendar.
    Raises Refused: zone, weekday, never_open (a week without an open minute), country.
    """
    if not set(week) <= set(range(7)):
        raise Refused("weekday")
    if not any(week.values()):
        raise Refused("never_open")
    _known_country(country, subdivision, now)
    row = Calendar.objects.select_for_update().get(pk=calendar.pk)
    row.zone, row.country, row.subdivision, row.updated_at = known_zone(zone), country, subdivision, now
    row.save(update_fields=["zone", "country", "subdivision", "updated_at"])
    _replace_rows(row, week, holidays)
    append(
        verb="calendar.hours_set",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=_engagements_by(row),
        subject=("calendar", row.pk),
        payload={
            "zone": row.zone,
            "week": {str(day): hours_text(list(intervals)) for day, intervals in sorted(week.items())},
            "country": country,
            "subdivision": subdivision,
            "holidays": {date.isoformat(): clean_line(name, 100) for date, name in sorted(holidays.items())},
        },
        occurred_at=now,
        recorded_at=now,
    )
    return row


def _known_country(country: str, subdivision: str, now: dt.datetime) -> None:
    if not country:
        return
    try:
        public_holidays(country, subdivision or None, [now.year])
    except ValueError:
        raise Refused("country") from None


def _replace_rows(calendar: Calendar, week: Week, holidays: Mapping[dt.date, str]) -> None:
    OpenInterval.objects.filter(calendar=calendar).delete()
    Holiday.objects.filter(calendar=calendar).delete()
    OpenInterval.objects.bulk_create(
        OpenInterval(business_id=calendar.business_id, calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, intervals in sorted(week.items())
        for opens, closes in intervals
    )
    Holiday.objects.bulk_create(
        Holiday(business_id=calendar.business_id, calendar=calendar, date=date, name=clean_line(name, 100))
        for date, name in sorted(holidays.items())
    )


def _engagements_by(calendar: Calendar) -> list[uuid.UUID]:
    return list(Engagement.objects.filter(calendar=calendar, ends_at=None).order_by("pk").values_list("pk", flat=True))


def _words(level: ServiceLevel) -> dict[str, int | bool]:
    return {
        "response_minutes": level.response_minutes,
        "restore_minutes": level.restore_minutes,
        "update_minutes": level.update_minutes,
        "around_the_clock": level.around_the_clock,
    }
