"""A month or a quarter of a business, from the verdicts as they are known now: across and for each relationship."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import statistics
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform

from quietmonday.kit.sheets.writing import Value
from quietmonday.people.models import Business, Engagement
from quietmonday.post.models import IntakeGap
from quietmonday.reports.logic.mondays import Call, Monday, in_a_row, quiet_mondays
from quietmonday.support.logic.headline import NOT_ASKED, Group, group_of, headline
from quietmonday.support.logic.judged import Value as Judged
from quietmonday.support.logic.judged import Verdict
from quietmonday.support.logic.periods import FIRST_YEAR, Period, month_of, period_bounds
from quietmonday.support.logic.said import Speaker, said
from quietmonday.support.logic.shares import Answers, Compared, Share, compare
from quietmonday.support.logic.statistics import Shift, shift
from quietmonday.support.logic.week import Week, bounds, week_of
from quietmonday.support.models import Correction, Dispute, Feedback, FeedbackQuestion, Reopening, Repeat, Ticket

POINTS = 13
"""Weeks of a run chart: a quarter, or those that end with the period."""
SHOWN = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What one side of a comparison is made of. `quick`, `good`: of the requests of which it can be said."""

    asked: int
    groups: Mapping[Group, int]
    quick: Share
    good: Share


@dataclasses.dataclass(frozen=True, slots=True)
class Supplied:
    """The figures of one relationship in which somebody asked for help."""

    name: str
    figures: Figures


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """Two suppliers side by side, and what may be said of them."""

    first: Supplied
    second: Supplied
    quick: Compared
    good: Compared


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One figure, week by week, oldest first; None: nothing to say. `usual`: the median from eight points on."""

    weeks: list[Week]
    values: list[int | None]
    usual: float | None
    shift: Shift | None

    @property
    def points(self) -> list[tuple[Week, int | None]]:
        """Each week with its value."""
        return list(zip(self.weeks, self.values, strict=True))

    @property
    def shifted_from(self) -> Week | None:
        """The week from which on the figure lies on one side of the usual."""
        return self.weeks[self.shift.first] if self.shift else None


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """A week's row that was corrected since: what was stated, and what is known."""

    week: str
    ticket: uuid.UUID
    number: int
    subject: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True, slots=True)
class Objection:
    """A supplier objects to a verdict; the note stands beside it."""

    ticket: uuid.UUID
    number: int
    subject: str
    about: str
    note: str
    by_name: str
    at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodPage:
    """Everything on the page of a period. `over` False: it is not over yet."""

    period: Period
    start: dt.datetime
    end: dt.datetime
    over: bool
    before_record: bool
    lines: list[tuple[str, str]]
    all: Figures
    before: Figures
    against_before: tuple[Compared, Compared]
    suppliers: list[Supplied]
    pairs: list[Pair]
    requests: Run
    not_good: Run
    answers: Answers
    reopened: int
    repeated: int
    mondays: list[Monday]
    quiet: int
    quiet_in_a_row: int
    changed: list[Changed]
    objections: list[Objection]
    older: Period | None
    newer: Period | None


def period_page(
    *,
    business: Business,
    engagement_ids: Sequence[uuid.UUID] | None,
    period: Period,
    speaker: Speaker,
    now: dt.datetime,
) -> PeriodPage:
    """Return the page as of `now`, in a fixed number of queries. `engagement_ids` None: the business's own eyes."""
    zone = business.zone
    start, end = period_bounds(period, zone)
    scope = _scope(business, engagement_ids)
    here, earlier = _here_and_before(scope, period_bounds(period.previous(), zone)[0], start, end)
    suppliers = _suppliers(business, engagement_ids, start, end)
    weeks = _weeks(start, min(end, now) if now > start else end, zone)
    opened = _opened(scope, weeks, zone)
    gaps = _gaps(business, engagement_ids, start, end)
    mondays = quiet_mondays(
        dates=[week.monday for week in weeks if period.first_day <= week.monday <= period.last_day],
        zone=zone,
        calls=[Call(at, can_work) for at, can_work, _good in opened],
        blind=[(gap.from_at, gap.until_at or now) for gap in gaps],
        now=now,
        began_at=business.began_at,
    )
    return PeriodPage(
        period=period,
        start=start,
        end=end,
        over=now >= end,
        before_record=not here.asked and end <= business.began_at,
        lines=[
            (rule.removeprefix("H."), speaker.say(rule, params))
            for rule, params in headline(here.groups, last_week=False)
        ],
        all=here,
        before=earlier,
        against_before=(compare(here.quick, earlier.quick), compare(here.good, earlier.good)),
        suppliers=suppliers,
        pairs=[
            Pair(a, b, compare(a.figures.quick, b.figures.quick), compare(a.figures.good, b.figures.good))
            for a, b in itertools.combinations(suppliers, 2)
        ],
        requests=_run(weeks, Counter(week_of(at, zone) for at, _, _ in opened)),
        not_good=_run(weeks, Counter(week_of(at, zone) for at, _, good in opened if good == Judged.NO)),
        **_said_and_came_back(scope, start, end),
        mondays=mondays,
        quiet=sum(monday.quiet == "yes" for monday in mondays),
        quiet_in_a_row=in_a_row(mondays),
        changed=_changed(business, engagement_ids, start, end, speaker),
        objections=_objections(scope, start, end),
        older=period.previous() if period.year > FIRST_YEAR else None,
        newer=period.next() if period_bounds(period.next(), zone)[0] <= now else None,
    )


def latest_period(business: Business, now: dt.datetime) -> Period:
    """Return the last month that is over."""
    return month_of(now, business.zone).previous()


PERIOD_HEADS = (
    *(
        "Period",
        "Supplier",
        "Asked",
        "Quick",
        "Of which it can be said",
        "For good",
        "Of which it can be said (for good)",
    ),
    *(group.value.replace("_", " ").capitalize() for group in Group),
)
"""In English and never translated, as all exports."""


def period_exported(page: PeriodPage) -> Iterator[list[Value]]:
    """Yield the figures of a period: one line for all suppliers together, one for each relationship."""
    for name, figures in (("", page.all), *((each.name, each.figures) for each in page.suppliers)):
        yield [
            page.period.key,
            name,
            figures.asked,
            *(figures.quick.k, figures.quick.n, figures.good.k, figures.good.n),
            *(figures.groups[group] for group in Group),
        ]


def _scope(business: Business, engagement_ids: Sequence[uuid.UUID] | None) -> QuerySet[Ticket]:
    tickets = Ticket.objects.filter(business=business)
    return tickets if engagement_ids is None else tickets.filter(parties__engagement__in=engagement_ids)


_RULE = KeyTextTransform("rule", KeyTextTransform("effective", "verdict__findings"))
_COUNTED = ("verdict__quick", "verdict__effective", "rule")


def _here_and_before(
    tickets: QuerySet[Ticket], before: dt.datetime, start: dt.datetime, end: dt.datetime
) -> tuple[Figures, Figures]:
    """Count the period and the one before in the database: a quarter may hold thousands of requests."""
    found = tickets.filter(opened_at__gte=before, opened_at__lt=end).annotate(
        rule=_RULE, is_here=Case(When(opened_at__gte=start, then=True), default=False)
    )
    rows = list(found.order_by().values_list("is_here", *_COUNTED).annotate(n=Count("pk", distinct=True)))
    return _figures(row[1:] for row in rows if row[0]), _figures(row[1:] for row in rows if not row[0])


def _figures(rows: Iterable[tuple[Any, ...]]) -> Figures:
    groups: Counter[Group] = Counter()
    quick: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for fast, lasting, rule, n in rows:
        group = group_of(_verdict(fast), _verdict(lasting, rule or ""))
        groups[group] += n
        if group not in NOT_ASKED:
            quick[fast] += n
            good[lasting] += n
    return Figures(
        asked=sum(n for group, n in groups.items() if group not in NOT_ASKED),
        groups={group: groups[group] for group in Group},
        quick=_share(quick),
        good=_share(good),
    )


def _share(counted: Mapping[str, int]) -> Share:
    """Of those of which it can be said: what is too early or not known is in no share, and stands beside it."""
    yes = counted.get(Judged.YES, 0)
    return Share(yes, yes + counted.get(Judged.PARTLY, 0) + counted.get(Judged.NO, 0))


def _verdict(value: str | None, rule: str = "") -> Verdict:
    return Verdict(Judged(value or Judged.NO_VERDICT), rule, {}, ())


def _suppliers(
    business: Business, engagement_ids: Sequence[uuid.UUID] | None, start: dt.datetime, end: dt.datetime
) -> list[Supplied]:
    """Count for each relationship; a request of two stands with both. The one that began first comes first."""
    tickets = Ticket.objects.filter(business=business, opened_at__gte=start, opened_at__lt=end)
    if engagement_ids is not None:
        tickets = tickets.filter(parties__engagement__in=engagement_ids)
    of = ("parties__engagement__starts_at", "parties__engagement", "parties__engagement__supplier__name")
    rows = tickets.filter(parties__isnull=False).annotate(rule=_RULE).order_by().values_list(*of, *_COUNTED)
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in rows.annotate(n=Count("pk", distinct=True)):
        found.setdefault(row[:3], []).append(row[3:])
    return [Supplied(key[2], _figures(found[key])) for key in sorted(found)]


def _weeks(start: dt.datetime, end: dt.datetime, zone: str) -> list[Week]:
    """Return the weeks of the chart, oldest first: POINTS of them, the last one that in which the period ends."""
    last = week_of(end - dt.timedelta(microseconds=1), zone)
    first = week_of(start, zone)
    weeks = [last]
    while len(weeks) < POINTS or weeks[-1] > first:
        weeks.append(weeks[-1].previous())
    return weeks[::-1]


def _opened(tickets: QuerySet[Ticket], weeks: Sequence[Week], zone: str) -> list[tuple[dt.datetime, str, str]]:
    """Return (opened, can work, for good) of what counts in these weeks."""
    start, end = bounds(weeks[0], zone)[0], bounds(weeks[-1], zone)[1]
    found = tickets.filter(opened_at__gte=start, opened_at__lt=end, state__in=["open", "resolved"]).order_by()
    asked = found.exclude(source="schedule")
    rows = asked.values_list("pk", "opened_at", "can_work", "verdict__effective").distinct()
    return [(opened_at, can_work, good or "") for _pk, opened_at, can_work, good in rows]


def _run(weeks: Sequence[Week], counted: Mapping[Week, int]) -> Run:
    values = [counted.get(week, 0) for week in weeks]
    enough = sum(1 for value in values if value) >= 2 and len(values) >= 8
    usual = statistics.median(values) if enough else None
    return Run(list(weeks), list(values), usual, shift(values, usual) if enough else None)


def _gaps(
    business: Business, engagement_ids: Sequence[uuid.UUID] | None, start: dt.datetime, end: dt.datetime
) -> list[IntakeGap]:
    of = Engagement.objects.filter(business=business)
    if engagement_ids is not None:
        of = of.filter(pk__in=engagement_ids)
    return list(
        IntakeGap.objects.filter(
            Q(mailbox__business=business) | Q(mailbox__business=None),
            Q(until_at=None) | Q(until_at__gt=start),
            from_at__lt=end,
            mailbox__supplier__in=of.values("supplier"),
        )
    )


def _said_and_came_back(tickets: QuerySet[Ticket], start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    """Of the requests of the period: who was asked whether it is solved and said what last; what came back."""
    last = Feedback.objects.filter(ticket=OuterRef("pk")).order_by("-at", "-id").values("answer")[:1]
    found = (
        tickets.filter(opened_at__gte=start, opened_at__lt=end, state__in=["open", "resolved"])
        .exclude(source="schedule")
        .annotate(
            answer=Subquery(last),
            was_asked=Exists(FeedbackQuestion.objects.filter(ticket=OuterRef("pk"))),
            came_back=Exists(Reopening.objects.filter(ticket=OuterRef("pk"))),
            came_again=Exists(Repeat.objects.filter(earlier=OuterRef("pk"))),
        )
        .aggregate(
            asked=Count("pk", filter=Q(was_asked=True) | Q(answer__isnull=False), distinct=True),
            answered=Count("pk", filter=Q(answer__isnull=False), distinct=True),
            solved=Count("pk", filter=Q(answer="solved"), distinct=True),
            reopened=Count("pk", filter=Q(came_back=True), distinct=True),
            repeated=Count("pk", filter=Q(came_again=True), distinct=True),
        )
    )
    return {
        "answers": Answers(found["asked"], found["answered"], found["solved"]),
        "reopened": found["reopened"],
        "repeated": found["repeated"],
    }


def _changed(
    business: Business,
    engagement_ids: Sequence[uuid.UUID] | None,
    start: dt.datetime,
    end: dt.datetime,
    speaker: Speaker,
) -> list[Changed]:
    rows = Correction.objects.filter(
        business=business, statement__kind="settled", ticket__opened_at__gte=start, ticket__opened_at__lt=end
    )
    if engagement_ids is not None:
        rows = rows.filter(statement__engagement__in=engagement_ids)
    newest = rows.select_related("statement", "ticket", "ticket__work_item").order_by("-found_at", "-id")
    found: dict[uuid.UUID, Changed] = {}
    for row in newest[: 3 * SHOWN]:
        if row.ticket_id not in found:
            found[row.ticket_id] = Changed(
                week=row.statement.week,
                ticket=row.ticket_id,
                number=row.ticket.work_item.number,
                subject=row.ticket.subject,
                before=_both(row.before, speaker),
                after=_both(row.after, speaker),
            )
    return list(found.values())[:SHOWN]


def _both(stored: Mapping[str, Any], speaker: Speaker) -> str:
    return " ".join(said(stored[part], speaker).sentence for part in ("quick", "effective") if part in stored)


def _objections(tickets: QuerySet[Ticket], start: dt.datetime, end: dt.datetime) -> list[Objection]:
    of = tickets.filter(opened_at__gte=start, opened_at__lt=end).values("pk")
    rows = Dispute.objects.filter(ticket__in=of).select_related("ticket", "ticket__work_item").order_by("-at", "-id")
    return [
        Objection(
            ticket=row.ticket_id,
            number=row.ticket.work_item.number,
            subject=row.ticket.subject,
            about=row.about,
            note=row.note,
            by_name=row.by_name,
            at=row.at,
        )
        for row in rows[:SHOWN]
    ]
