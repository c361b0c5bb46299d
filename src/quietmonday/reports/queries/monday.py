"""The owner's Monday page: everything on it, in a fixed number of queries."""

import dataclasses
import datetime as dt
import statistics
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Field,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)

from quietmonday.journal.models import Seal
from quietmonday.kit.prepared import Shelf, prepare
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.models import Business, Engagement
from quietmonday.post.models import InboxItem, InboxState, IntakeGap, Mailbox
from quietmonday.post.queries.mailboxes import serving
from quietmonday.reports.logic.mondays import Call, Monday, in_a_row, morning, quiet_mondays
from quietmonday.reports.queries.weeks import (
    StatedWeek,
    corrections_of,
    live_week,
    seals_of,
    stated_week,
    statements_of,
)
from quietmonday.support.logic.said import Speaker
from quietmonday.support.logic.week import Week, bounds, week_of
from quietmonday.support.models import Pause, Statement, Ticket, concerning

WEEKS = 13
OPEN_SHOWN = 10
KEPT_COUNTED = 100
KEPT_BUILT = 500  # the query of a week with more requests is built each time: their ids are part of it
COMING_DAYS = 14


@dataclasses.dataclass(frozen=True)
class MondayPage:
    """What the Monday page shows."""

    business: Business
    engagements: list[Engagement]
    last: StatedWeek
    before_record: bool  # last week was over before anything was recorded, and nothing was taken in since
    settled: StatedWeek | None
    open_rows: list[dict[str, Any]]
    overdue: list[dict[str, Any]]  # held by a workaround whose date has passed, oldest first
    coming: list[tuple[dt.date, dict[str, Any]]]  # a permanent fix or an agreed date within COMING_DAYS
    open_count: int
    planned_open: int  # came by a schedule: work, but nobody waits
    waiting_for_you: int
    mondays: list[Monday]
    quiet_in_a_row: int
    asked: list[tuple[Week, int | None]]  # requests a week; None: not stated
    usual: float | None
    mailboxes: list[Mailbox]
    gaps: list[IntakeGap]
    kept: int
    seals: list[tuple[Seal, str]]


def monday_page(
    *, business: Business, engagement_ids: Sequence[uuid.UUID] | None, speaker: Speaker, now: dt.datetime
) -> MondayPage:
    """Return the page as of `now`. `engagement_ids`: what a supplier sees; None: the business's own eyes."""
    this_week = week_of(now, business.zone)
    weeks = [this_week]
    for _ in range(WEEKS):
        weeks.append(weeks[-1].previous())
    last, settled = weeks[1], weeks[3]
    seen = None if engagement_ids is None else frozenset(engagement_ids)
    engagements = _engagements(business, seen)
    suppliers = frozenset(engagement.supplier_id for engagement in engagements)
    statements = statements_of(business.id, weeks[1:], engagement_ids)
    shown = [s for s in statements if s.week in {last.key, settled.key}]
    corrections = corrections_of(shown) if shown else {}
    tickets, open_rows, held, calls = _tickets(business, shown, weeks, seen)
    today = now.astimezone(zone_named(business.zone)).date()
    # Planned work keeps nobody waiting, unless it waits for the business.
    waited_for = [row for row in open_rows if row["source"] != "schedule" or row["move"] == "customer"]
    gaps = _gaps(business, weeks[-1], suppliers)
    mondays = quiet_mondays(
        dates=[week.monday for week in reversed(weeks[:WEEKS])],
        zone=business.zone,
        calls=calls,
        blind=[(gap.from_at, gap.until_at or now) for gap in gaps],
        now=now,
        began_at=business.began_at,
    )
    asked = _asked(statements, weeks[1:])
    counted = [n for _, n in asked if n is not None]
    stated = stated_week(
        week=last,
        kind="provisional",
        statements=shown,
        corrections=corrections,
        tickets=tickets,
        speaker=speaker,
        last_week=True,
    ) or live_week(
        business_id=business.id,
        week=last,
        zone=business.zone,
        engagement_ids=engagement_ids,
        speaker=speaker,
        last_week=True,
    )
    return MondayPage(
        business=business,
        engagements=engagements,
        last=stated,
        before_record=not stated.rows and bounds(last, business.zone)[1] <= business.began_at,
        settled=stated_week(
            week=settled,
            kind="settled",
            statements=shown,
            corrections=corrections,
            tickets=tickets,
            speaker=speaker,
            last_week=False,
        ),
        open_rows=waited_for[:OPEN_SHOWN],
        overdue=[row for row in held if row["workaround_until"] < today][:OPEN_SHOWN],
        coming=_coming(held, open_rows, today, business.zone)[:OPEN_SHOWN],
        open_count=len(waited_for),
        planned_open=len(open_rows) - len(waited_for),
        waiting_for_you=sum(row["move"] == "customer" for row in open_rows),
        mondays=mondays,
        quiet_in_a_row=in_a_row(mondays),
        asked=asked,
        usual=statistics.median(counted) if len(counted) >= 8 else None,
        mailboxes=_mailboxes(business, suppliers),
        gaps=gaps,
        kept=InboxItem.objects.filter(business=business, state=InboxState.KEPT)[:KEPT_COUNTED].count()
        if engagement_ids is None
        else 0,
        seals=seals_of(business.id, last, engagement_ids),
    )


def _engagements(business: Business, seen: frozenset[uuid.UUID] | None) -> list[Engagement]:
    def build() -> QuerySet[Engagement]:
        along = ("supplier", "owner", "stand_in", "counterpart")
        rows = Engagement.objects.filter(business=business, ends_at=None).select_related(*along)
        return (rows if seen is None else rows.filter(pk__in=seen)).order_by("starts_at", "id")

    found: list[Engagement] = _built.get(("engagements", business.id, seen), build).objects()
    return found


_COLUMNS = (
    "id",
    "why",
    "subject",
    "number",
    "requester__name",
    "opened_at",
    "reported_at",
    "from_log",
    "move",
    "next_word_by",
    "restore_by",
    "can_work",
    "workaround_until",
    "agreed",
    "source",
)


_NOT_OF_CALLS: dict[str, Field[Any, Any]] = {
    "id": UUIDField(),
    "subject": CharField(),
    "number": IntegerField(),
    "requester__name": CharField(),
    "reported_at": DateTimeField(),
    "from_log": BooleanField(),
    "move": CharField(),
    "next_word_by": DateTimeField(),
    "restore_by": DateTimeField(),
    "workaround_until": DateField(),
    "agreed": DateTimeField(),
    "source": CharField(),
}


def _tickets(
    business: Business, shown: Sequence[Statement], weeks: Sequence[Week], seen: frozenset[uuid.UUID] | None
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[Call]]:
    """Four reads in one query: the stated requests, the open ones and those held by a workaround (oldest first), and
    the calls of Monday mornings."""
    ids = frozenset(row["id"] for statement in shown for row in statement.rows)

    def build() -> QuerySet[Ticket, Any]:
        return _tickets_asked(business, ids, weeks, seen)

    # All that decides which rows these are, whose eyes they are for first; the open ones it finds anew each time.
    key = "tickets", business.id, seen, business.zone, weeks[0], ids
    query = _built.get(key, build) if len(ids) <= KEPT_BUILT else prepare(build())
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in query.run()]
    stated = {str(row["id"]): row for row in rows if row["why"] == "stated"}
    still_open = sorted((row for row in rows if row["why"] == "open"), key=lambda row: row["opened_at"])
    calls = [Call(row["opened_at"], row["can_work"]) for row in rows if row["why"] == "call"]
    held = sorted((row for row in rows if row["why"] == "held"), key=lambda row: row["workaround_until"])
    return stated, still_open, held, calls


_built = Shelf(512)


def _tickets_asked(
    business: Business, stated: Collection[str], weeks: Sequence[Week], seen: frozenset[uuid.UUID] | None
) -> QuerySet[Ticket, Any]:
    mine = Q(business=business)
    if seen is not None:
        mine &= Q(concerning(seen))
    mornings = Q(pk__in=[])
    for week in weeks[:WEEKS]:
        start, end = morning(week.monday, business.zone)
        mornings |= Q(opened_at__gte=start, opened_at__lt=end)

    agreed = Pause.objects.filter(ticket=OuterRef("pk"), ended_at=None, reason="agreed_date").values("until_date")[:1]

    def read(why: str, condition: Q) -> Any:
        rows = Ticket.objects.filter(mine & condition).annotate(
            why=Value(why, output_field=CharField()), number=F("work_item__number"), agreed=Subquery(agreed)
        )
        return rows.order_by().values_list(*_COLUMNS)

    def read_calls(condition: Q) -> Any:
        # Of thirteen Mondays only this is asked, and of a busy business they are most of the rows.
        rows = Ticket.objects.filter(mine & condition).annotate(why=Value("call", output_field=CharField()))
        nothing = {f"no_{name}": Value(None, output_field=kind) for name, kind in _NOT_OF_CALLS.items()}
        names = [f"no_{name}" if name in _NOT_OF_CALLS else name for name in _COLUMNS]
        return rows.annotate(**nothing).order_by().values_list(*names)

    asked: QuerySet[Ticket, Any] = read("stated", Q(pk__in=stated)).union(
        read("open", Q(state="open")),
        read("held", Q(workaround_until__isnull=False)),
        read_calls(mornings & ~Q(state__in=["cancelled", "duplicate", "spam"]) & ~Q(source="schedule")),
        all=True,
    )
    return asked


def _coming(
    held: Sequence[dict[str, Any]], still_open: Sequence[dict[str, Any]], today: dt.date, zone: str
) -> list[tuple[dt.date, dict[str, Any]]]:
    """Return what falls due in the next COMING_DAYS, the nearest first."""
    due = [(row["workaround_until"], row) for row in held]
    due += [(row["agreed"].astimezone(zone_named(zone)).date(), row) for row in still_open if row["agreed"]]
    last = today + dt.timedelta(days=COMING_DAYS)
    return sorted((each for each in due if today <= each[0] <= last), key=lambda each: (each[0], each[1]["number"]))


def _gaps(business: Business, first: Week, suppliers: frozenset[uuid.UUID]) -> list[IntakeGap]:
    def build() -> QuerySet[IntakeGap]:
        start, _ = morning(first.monday, business.zone)
        rows = IntakeGap.objects.filter(serving(business.pk, suppliers, "mailbox__"))
        return rows.filter(Q(until_at=None) | Q(until_at__gt=start)).select_related("mailbox").order_by("from_at")

    key = "gaps", business.id, business.zone, first, suppliers
    found: list[IntakeGap] = _built.get(key, build).objects()
    return found


def _mailboxes(business: Business, suppliers: frozenset[uuid.UUID]) -> list[Mailbox]:
    def build() -> QuerySet[Mailbox]:
        return Mailbox.objects.filter(serving(business.pk, suppliers), ended_at=None).order_by("address")

    found: list[Mailbox] = _built.get(("mailboxes", business.id, suppliers), build).objects()
    return found


def _asked(statements: Sequence[Statement], weeks: Sequence[Week]) -> list[tuple[Week, int | None]]:
    """Requests a week, oldest first, from what was stated; cancelled ones do not count."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        group = found.setdefault(statement.week, set())
        group.update(row["id"] for row in statement.rows if row["quick"]["value"] != "no_verdict")
    return [(week, len(found[week.key]) if week.key in found else None) for week in reversed(weeks)]
