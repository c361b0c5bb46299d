"""All weeks of a year: how many requests, what was stated of them, when and from what."""

import dataclasses
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from django.db.models import Max, Min, Q, QuerySet

from quietmonday.people.logic.calendar import to_utc, zone_named
from quietmonday.people.models import Business
from quietmonday.support.logic.headline import headline
from quietmonday.support.logic.said import Speaker
from quietmonday.support.logic.stated import count_rows
from quietmonday.support.logic.week import Week, week_from_key, week_of
from quietmonday.support.models import Statement, Ticket


@dataclasses.dataclass(frozen=True)
class PastWeek:
    """One week. `lines`: what was stated last, without the number of requests; `kind`: "" if nobody stated it."""

    week: Week
    requests: int
    kind: str
    basis: str
    frozen_at: dt.datetime | None
    lines: list[tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class History:
    """A year of weeks, newest first, and the years there are."""

    year: int
    years: list[int]
    weeks: list[PastWeek]


def history(
    *,
    business: Business,
    engagement_ids: Sequence[uuid.UUID] | None,
    year: int | None,
    speaker: Speaker,
    now: dt.datetime,
) -> History:
    """Return a year (None: the last one with requests) of the weeks of a business: three queries."""
    tickets = _tickets(business, engagement_ids)
    ends = tickets.aggregate(first=Min("opened_at"), last=Max("opened_at"))
    zone = business.zone
    last = (ends["last"] or now).astimezone(zone_named(zone)).isocalendar().year
    first = (ends["first"] or now).astimezone(zone_named(zone)).isocalendar().year
    chosen = last if year is None else year
    start = to_utc(dt.datetime.combine(dt.date.fromisocalendar(chosen, 1, 1), dt.time()), zone)
    end = to_utc(dt.datetime.combine(dt.date.fromisocalendar(chosen + 1, 1, 1), dt.time()), zone)
    asked_for = tickets.filter(opened_at__gte=start, opened_at__lt=end).exclude(source="schedule")
    opened = asked_for.values_list("opened_at", flat=True)
    asked = Counter(week_of(at, zone) for at in opened)
    stated = _statements(business, engagement_ids, chosen)
    weeks = sorted(asked.keys() | {week_from_key(key) for key in stated}, reverse=True)
    return History(
        year=chosen,
        years=list(range(last, first - 1, -1)),
        weeks=[_past(week, asked[week], stated.get(week.key, []), speaker) for week in weeks],
    )


def _tickets(business: Business, engagement_ids: Sequence[uuid.UUID] | None) -> QuerySet[Ticket]:
    tickets = Ticket.objects.filter(business=business)
    if engagement_ids is not None:
        tickets = tickets.filter(parties__engagement__in=engagement_ids, parties__ended_at=None).distinct()
    return tickets


def _statements(
    business: Business, engagement_ids: Sequence[uuid.UUID] | None, year: int
) -> dict[str, list[Statement]]:
    rows = Statement.objects.filter(business=business, week__startswith=f"{year:04d}-")
    if engagement_ids is not None:
        rows = rows.filter(engagement__in=engagement_ids)
    # Where a week is settled, what was stated first is not read: it holds every request of it once more.
    rows = rows.exclude(~Q(kind="settled"), week__in=rows.filter(kind="settled").values("week"))
    found: dict[str, list[Statement]] = {}
    for row in rows.order_by("frozen_at", "id"):
        found.setdefault(row.week, []).append(row)
    return found


def _past(week: Week, requests: int, stated: list[Statement], speaker: Speaker) -> PastWeek:
    """`stated`: of a week that was stated twice, what settled it; one an engagement, each request once."""
    rows = {row["id"]: row for statement in stated for row in statement.rows}
    counts = count_rows(rows.values())
    lines = [
        (rule.removeprefix("H."), speaker.say(rule, params))
        for rule, params in headline(counts, last_week=False)
        if rule != "H.asked"
    ]
    return PastWeek(
        week=week,
        requests=requests,
        kind=stated[-1].kind if stated else "",
        basis=next((row.basis for row in stated if row.basis), ""),
        frozen_at=stated[-1].frozen_at if stated else None,
        lines=lines,
    )
