"""Reads that several callers share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from quietmonday.kit.sheets.writing import Value
from quietmonday.people.access import holding
from quietmonday.people.logic.addresses import normal_address
from quietmonday.people.logic.calendar import Interval, WorkingHours, zone_named
from quietmonday.people.logic.levels import Level
from quietmonday.people.logic.public_holidays import public_holidays
from quietmonday.people.models import (
    KNOWN,
    Account,
    Address,
    Business,
    Calendar,
    Engagement,
    HistoryGrant,
    Holiday,
    Membership,
    OpenInterval,
    Person,
    Role,
    ServiceLevel,
    Supplier,
)


def persons_by_address(email: str) -> list[Person]:
    """Return everybody who uses the address, with business and supplier, oldest first: one query, [] for no address."""
    address = normal_address(email)
    if address is None:
        return []
    return list(
        Person.objects.filter(KNOWN, addresses__email=address)
        .select_related("business", "supplier")
        .order_by("since", "pk")
        .distinct()
    )


def first_address_of(person: Person) -> str | None:
    """Return where our mail to the person goes; None when there is none, or all that we wrote came back for good."""
    rows = Address.objects.filter(person=person).exclude(failed_at__isnull=False, failed_for_good=True)
    return rows.order_by("-is_first", "pk").values_list("email", flat=True).first()


def account_that_may_sign_in(email: str, now: dt.datetime) -> Account | None:
    """Return the active account of the address with a role that holds at `now`, else None: one query."""
    address = normal_address(email)
    if address is None:
        return None
    held = Membership.objects.filter(holding(now), account=OuterRef("pk"))
    return Account.objects.filter(Exists(held), email=address, is_active=True).first()


def may_sign_in(account: Account, now: dt.datetime) -> bool:
    """Return whether the account is active and holds a role at `now`."""
    return account.is_active and Membership.objects.filter(holding(now), account=account).exists()


def only_reads(person: Person, now: dt.datetime) -> bool:
    """Return whether the person is a reader and nothing else at `now`."""
    roles = set(Membership.objects.filter(holding(now), person=person).values_list("role", flat=True))
    return roles == {Role.READER}


def is_named_and_only_reads(person: Person, now: dt.datetime) -> bool:
    """Return whether a reader, and nothing else, answers for an engagement that is open at `now`."""
    named = Q(owner=person) | Q(stand_in=person) | Q(counterpart=person)
    open_ones = Engagement.objects.filter(named, Q(ends_at=None) | Q(ends_at__gt=now))
    return only_reads(person, now) and open_ones.exists()


def lock_persons(persons: Iterable[Person | None]) -> None:
    """Let nobody else change these persons' roles, or name them for anything, until the transaction ends."""
    refs = [person.pk for person in persons if person is not None]
    list(Person.objects.select_for_update().filter(pk__in=refs).order_by("pk").values_list("pk"))


def any_business() -> bool:
    """Return whether a business exists that is not made up: until then the first page offers to begin."""
    return Business.objects.filter(made_up=False).exists()


def levels_of(engagement: Engagement) -> dict[int, Level]:
    """Return the service levels by priority (1 urgent … 4): one query."""
    return levels_by_engagement([engagement.pk]).get(engagement.pk, {})


def levels_by_engagement(engagement_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[int, Level]]:
    """Return the service levels of several engagements: one query."""
    levels: dict[uuid.UUID, dict[int, Level]] = {}
    for row in ServiceLevel.objects.filter(engagement__in=list(engagement_ids)):
        levels.setdefault(row.engagement_id, {})[row.priority] = Level(
            response_minutes=row.response_minutes,
            restore_minutes=row.restore_minutes,
            update_minutes=row.update_minutes,
            around_the_clock=row.around_the_clock,
        )
    return levels


def working_hours_of(engagement: Engagement, years: Iterable[int]) -> WorkingHours:
    """Return the working hours with the holidays of `years` (whole calendar years, local).

    Costs no query while the calendar is as it was (two the first time in a process), one more if
    `engagement.calendar` is not loaded: select it with the engagement. Raises ValueError for an unknown country.
    """
    return hours_of_calendar(engagement.calendar, years)


def hours_of_calendar(calendar: Calendar, years: Iterable[int]) -> WorkingHours:
    """Return the working hours of a calendar; see `working_hours_of`."""
    return _hours(
        calendar.pk,
        calendar.updated_at,
        calendar.zone,
        calendar.country,
        calendar.subdivision,
        tuple(sorted(set(years))),
    )


@functools.lru_cache(maxsize=512)
def _hours(
    calendar_id: uuid.UUID, updated_at: dt.datetime, zone: str, country: str, subdivision: str, years: tuple[int, ...]
) -> WorkingHours:
    # `updated_at` is part of the key only: every change of the rows below moves it on (actions.agreements.set_hours).
    days: dict[int, list[Interval]] = {}
    for row in OpenInterval.objects.filter(calendar=calendar_id):
        days.setdefault(row.weekday, []).append(_minutes(row.opens, row.closes))
    own = Holiday.objects.filter(calendar=calendar_id, date__year__in=years).values_list("date", flat=True)
    off = set(own) | (set(public_holidays(country, subdivision or None, years)) if country else set())
    return WorkingHours.of(zone, days, frozenset(off))


def week_of(calendar: Calendar) -> dict[int, list[tuple[dt.time, dt.time]]]:
    """Return the intervals of each weekday, 0 being Monday: one query."""
    week: dict[int, list[tuple[dt.time, dt.time]]] = {day: [] for day in range(7)}
    for row in OpenInterval.objects.filter(calendar=calendar).order_by("weekday", "opens"):
        week[row.weekday].append((row.opens, row.closes))
    return week


def weeks_of(calendars: Iterable[Calendar]) -> dict[uuid.UUID, dict[int, list[tuple[dt.time, dt.time]]]]:
    """Return `week_of` for several calendars: one query."""
    weeks: dict[uuid.UUID, dict[int, list[tuple[dt.time, dt.time]]]] = {
        calendar.pk: {day: [] for day in range(7)} for calendar in calendars
    }
    for row in OpenInterval.objects.filter(calendar__in=list(weeks)).order_by("weekday", "opens"):
        weeks[row.calendar_id][row.weekday].append((row.opens, row.closes))
    return weeks


def own_holidays(calendar_ids: Iterable[uuid.UUID]) -> QuerySet[Holiday]:
    """Return the days off that were added by hand, by date."""
    return Holiday.objects.filter(calendar__in=list(calendar_ids)).order_by("date")


@dataclasses.dataclass(frozen=True)
class AgreementLine:
    """An engagement as the agreement page shows it; `days_off`: the next public and own ones, by date."""

    engagement: Engagement
    levels: dict[int, Level]
    week: dict[int, list[tuple[dt.time, dt.time]]]
    days_off: list[tuple[dt.date, str]]


def agreement_lines(engagements: list[Engagement], now: dt.datetime, *, most_days_off: int = 8) -> list[AgreementLine]:
    """Return the lines of engagements whose calendars are loaded: three queries."""
    calendars = {engagement.calendar_id: engagement.calendar for engagement in engagements}
    levels = levels_by_engagement([engagement.pk for engagement in engagements])
    weeks = weeks_of(calendars.values())
    own: dict[uuid.UUID, dict[dt.date, str]] = {}
    for day in own_holidays(calendars):
        own.setdefault(day.calendar_id, {})[day.date] = day.name
    return [
        AgreementLine(
            engagement=engagement,
            levels=levels.get(engagement.pk, {}),
            week=weeks[engagement.calendar_id],
            days_off=_next_days_off(engagement.calendar, own.get(engagement.calendar_id, {}), now)[:most_days_off],
        )
        for engagement in engagements
    ]


def engagements_named(part: str) -> QuerySet[Engagement]:
    """Return the open engagements with a firm whose name holds `part`, by business."""
    named = Q(business__name__icontains=part) | Q(supplier__name__icontains=part)
    return (
        Engagement.objects.filter(named, ends_at=None)
        .select_related("business", "supplier", "owner")
        .order_by("business__name", "supplier__name", "pk")
    )


@dataclasses.dataclass(frozen=True)
class PersonLine:
    """A person as a list shows them, with the roles that hold and the addresses, first one first."""

    person: Person
    place: str
    roles: list[Membership]
    addresses: list[Address]


def person_lines(
    persons: QuerySet[Person], now: dt.datetime, *, after: uuid.UUID | None = None, limit: int = 100
) -> list[PersonLine]:
    """Return up to `limit` of `persons` by place and name, those that follow the person `after`: four queries."""
    ordered = persons.annotate(place=Coalesce("business__name", "supplier__name")).order_by("place", "name", "pk")
    if after is not None:
        before = ordered.filter(pk=after).values_list("place", "name").first()
        if before is not None:
            place, name = before
            same_place = Q(place=place) & (Q(name__gt=name) | Q(name=name, pk__gt=after))
            ordered = ordered.filter(Q(place__gt=place) | same_place)
    return lines_of(list(ordered.select_related("business", "supplier")[:limit]), now)


PEOPLE_HEADS = ("Name", "At", "Roles", "Job", "Phone", "Addresses")


def people_exported(persons: QuerySet[Person], now: dt.datetime, *, chunk: int = 500) -> Iterator[list[Value]]:
    """Yield `persons` by place and name, for a download: four queries for each `chunk`."""
    after: uuid.UUID | None = None
    while lines := person_lines(persons, now, after=after, limit=chunk):
        for line in lines:
            yield [
                line.person.name,
                line.place,
                ", ".join(str(role.get_role_display()) for role in line.roles),
                line.person.job,
                line.person.phone,
                ", ".join(address.email for address in line.addresses),
            ]
        after = lines[-1].person.pk


def lines_of(persons: list[Person], now: dt.datetime) -> list[PersonLine]:
    """Return the lines of these persons in their order: two queries."""
    roles: dict[uuid.UUID | None, list[Membership]] = {}
    held = Membership.objects.filter(holding(now), person__in=persons).select_related("account")
    for role in held.order_by("starts_at", "pk"):
        roles.setdefault(role.person_id, []).append(role)
    addresses: dict[uuid.UUID, list[Address]] = {}
    for address in Address.objects.filter(person__in=persons).order_by("-is_first", "pk"):
        addresses.setdefault(address.person_id, []).append(address)
    return [
        PersonLine(
            person=person,
            place=_place(person),
            roles=roles.get(person.pk, []),
            addresses=addresses.get(person.pk, []),
        )
        for person in persons
    ]


def persons_at(*, business_id: uuid.UUID | None = None, supplier_id: uuid.UUID | None = None) -> QuerySet[Person]:
    """Return the persons of one business or of one supplier, by name."""
    return Person.objects.filter(KNOWN, business=business_id, supplier=supplier_id).order_by("name", "pk")


def businesses_named(part: str) -> QuerySet[Business]:
    """Return the businesses whose name holds `part`, by name."""
    return Business.objects.filter(name__icontains=part).order_by("name", "pk")


def suppliers_named(part: str) -> QuerySet[Supplier]:
    """Return the suppliers whose name holds `part`, by name."""
    return Supplier.objects.filter(name__icontains=part).order_by("name", "pk")


def _next_days_off(calendar: Calendar, own: dict[dt.date, str], now: dt.datetime) -> list[tuple[dt.date, str]]:
    today = now.astimezone(zone_named(calendar.zone)).date()
    public = (
        public_holidays(calendar.country, calendar.subdivision or None, [today.year, today.year + 1])
        if calendar.country
        else {}
    )
    return sorted((date, name) for date, name in {**public, **own}.items() if date >= today)


def _place(person: Person) -> str:
    place = person.business or person.supplier
    return place.name if place else ""


def _minutes(opens: dt.time, closes: dt.time) -> Interval:
    start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return start, end if end > start else end + 24 * 60


@dataclasses.dataclass(slots=True)
class PastLine:
    """The past of one engagement: who reads it by the business's decision, and who could be let in."""

    engagement: Engagement
    over: bool  # it has ended: its own supplier reads nothing of it any more, unless it is let in
    grants: list[HistoryGrant]
    offered: list[Supplier]


def past_of(business: Business, now: dt.datetime) -> list[PastLine]:
    """Return the engagements that the business had or has, newest first, with who may read their past. Two queries."""
    engagements = list(
        Engagement.objects.filter(business=business, starts_at__lte=now)
        .select_related("supplier")
        .order_by("-starts_at", "-id")
    )
    grants: dict[uuid.UUID, list[HistoryGrant]] = defaultdict(list)
    held = HistoryGrant.objects.filter(business=business, ended_at=None).select_related("reader")
    for grant in held.order_by("given_at", "id"):
        grants[grant.engagement_id].append(grant)
    here = {e.supplier_id: e.supplier for e in reversed(engagements) if e.ends_at is None or e.ends_at > now}
    lines = []
    for engagement in engagements:
        over = engagement.ends_at is not None and engagement.ends_at <= now
        could = dict(here) | ({engagement.supplier_id: engagement.supplier} if over else {})
        if not over:
            could.pop(engagement.supplier_id, None)
        reads = {grant.reader_id for grant in grants[engagement.pk]}
        offered = sorted((s for ref, s in could.items() if ref not in reads), key=lambda s: s.name.casefold())
        lines.append(PastLine(engagement, over, grants[engagement.pk], offered))
    return lines
