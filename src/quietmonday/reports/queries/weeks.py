"""A week of a business as it was stated, or as it stands now, with what has changed since."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from quietmonday.journal.models import Seal
from quietmonday.journal.queries import text_of
from quietmonday.kit.prepared import Shelf
from quietmonday.kit.sheets.writing import Value
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.models import Business
from quietmonday.support.logic.headline import Group, headline
from quietmonday.support.logic.judged import PLANNED
from quietmonday.support.logic.said import Said, Speaker, said
from quietmonday.support.logic.stated import count_rows
from quietmonday.support.logic.week import Week, bounds
from quietmonday.support.models import Correction, Statement, Ticket


@dataclasses.dataclass(frozen=True)
class Row:
    """One request of a week: what was stated, and what is known since (`now_*`, None while nothing changed)."""

    id: str
    number: int
    opened_at: dt.datetime
    subject: str
    requester: str
    quick: Said
    effective: Said
    group: str
    now_quick: Said | None = None
    now_effective: Said | None = None
    counted: bool = True
    timed: bool = True  # False: a log knows the day of it only


@dataclasses.dataclass(frozen=True)
class StatedWeek:
    """A week with its headline, in the reader's words. `kind`: provisional, settled, or live (not stated yet)."""

    week: Week
    kind: str
    frozen_at: dt.datetime | None
    lines: list[tuple[str, str]]  # (group or "asked", sentence)
    rows: list[Row]
    blind: list[tuple[dt.datetime, dt.datetime]]
    changed: int
    basis: str = ""  # import: stated long after, from a log

    @property
    def total(self) -> int:
        """How many requests count."""
        return sum(row.counted for row in self.rows)


def statements_of(
    business_id: uuid.UUID, weeks: Iterable[Week], engagement_ids: Sequence[uuid.UUID] | None
) -> list[Statement]:
    """Return the statements of some weeks, of some engagements (None: of all)."""
    keys, seen = tuple(week.key for week in weeks), None if engagement_ids is None else frozenset(engagement_ids)

    def build() -> QuerySet[Statement]:
        rows = Statement.objects.filter(business=business_id, week__in=keys)
        return (rows if seen is None else rows.filter(engagement__in=seen)).order_by("frozen_at", "id")

    found: list[Statement] = _statements.get((business_id, seen, keys), build).objects()
    return found


_statements = Shelf(128)


def corrections_of(statements: Sequence[Statement]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the last correction of each corrected row, by (week, ticket id)."""
    week = {statement.id: statement.week for statement in statements}
    rows = Correction.objects.filter(statement__in=list(week)).order_by("found_at", "id")
    found = rows.values_list("statement_id", "ticket_id", "after")
    return {(week[statement], str(ticket)): after for statement, ticket, after in found}


def stated_week(
    *,
    week: Week,
    kind: str,
    statements: Sequence[Statement],
    corrections: dict[tuple[str, str], dict[str, Any]],
    tickets: dict[str, dict[str, Any]],
    speaker: Speaker,
    last_week: bool,
) -> StatedWeek | None:
    """Put the statements of one week (one an engagement) together; a request of two engagements counts once.

    None when the week was not stated so.
    """
    stated = [s for s in statements if s.week == week.key and s.kind == kind]
    if not stated:
        return None
    by_id = {row["id"]: row for statement in stated for row in statement.rows}
    # A provisional statement is followed by what the settled one says, that by corrections.
    later = {row["id"]: row for s in statements if s.week == week.key and s.kind == "settled" for row in s.rows}
    rows = [
        _row(row, corrections.get((week.key, row["id"]), later.get(row["id"], row)), tickets, speaker)
        for row in sorted(by_id.values(), key=_place)
    ]
    return StatedWeek(
        week=week,
        kind=kind,
        frozen_at=max(s.frozen_at for s in stated),
        lines=_lines(by_id.values(), speaker, last_week=last_week),
        rows=rows,
        blind=[
            (dt.datetime.fromisoformat(b["from"]), dt.datetime.fromisoformat(b["until"]))
            for s in stated
            for b in s.blind
        ],
        changed=sum(1 for row in rows if row.now_quick is not None),
        basis=next((s.basis for s in stated if s.basis), ""),
    )


def live_week(
    *,
    business_id: uuid.UUID,
    week: Week,
    zone: str,
    engagement_ids: Sequence[uuid.UUID] | None,
    speaker: Speaker,
    last_week: bool,
) -> StatedWeek:
    """Return a week that is not stated yet, from the verdicts as they stand: two queries."""
    start, end = bounds(week, zone)
    found = Ticket.objects.filter(business=business_id, opened_at__gte=start, opened_at__lt=end)
    if engagement_ids is not None:
        found = found.filter(parties__engagement__in=engagement_ids, parties__ended_at=None).distinct()
    tickets = found.select_related("verdict", "work_item", "requester").order_by("opened_at", "id")
    stored: list[dict[str, Any]] = []
    known: dict[str, dict[str, Any]] = {}
    for ticket in tickets:
        findings = ticket.verdict.findings
        stored.append(
            {
                "id": str(ticket.id),
                "number": ticket.work_item.number,
                "opened_at": ticket.opened_at.isoformat(),
                "quick": findings["quick"],
                "effective": findings["effective"],
                "group": "",
                **({"with": str(ticket.split_of_id)} if ticket.split_of_id else {}),
            }
        )
        known[str(ticket.id)] = {
            "subject": ticket.subject,
            "requester__name": ticket.requester.name if ticket.requester else "",
            "reported_at": ticket.reported_at,
            "from_log": ticket.from_log,
        }
    return StatedWeek(
        week=week,
        kind="live",
        frozen_at=None,
        lines=_lines(stored, speaker, last_week=last_week),
        rows=[_row(row, row, known, speaker) for row in sorted(stored, key=_place)],
        blind=[],
        changed=0,
    )


def _place(row: dict[str, Any]) -> tuple[bool, str, int]:
    """Calls for help as they came; after them what came by its schedule."""
    return row["quick"]["rule"] == PLANNED, row["opened_at"], row["number"]


def _row(row: dict[str, Any], later: dict[str, Any], tickets: dict[str, dict[str, Any]], speaker: Speaker) -> Row:
    ticket = tickets.get(row["id"], {})
    changed = (row["quick"]["value"], row["effective"]["value"]) != (
        later["quick"]["value"],
        later["effective"]["value"],
    )
    return Row(
        id=row["id"],
        number=row["number"],
        opened_at=dt.datetime.fromisoformat(row["opened_at"]),
        subject=ticket.get("subject", ""),
        requester=ticket.get("requester__name") or "",
        quick=said(row["quick"], speaker),
        effective=said(row["effective"], speaker),
        group=row["group"],
        now_quick=said(later["quick"], speaker) if changed else None,
        now_effective=said(later["effective"], speaker) if changed else None,
        counted=row["quick"]["value"] != "no_verdict",
        timed=not ticket.get("from_log") or ticket["reported_at"] is not None,
    )


def _lines(rows: Iterable[dict[str, Any]], speaker: Speaker, *, last_week: bool) -> list[tuple[str, str]]:
    counts = count_rows(rows)
    return [
        (rule.removeprefix("H."), speaker.say(rule, params)) for rule, params in headline(counts, last_week=last_week)
    ]


MARKS = {
    Group.GOOD: "yes",
    Group.LATE: "no",
    Group.WAITED: "half",
    Group.UNTIMED: "yes",
    Group.HELD: "half",
    Group.PARTLY: "half",
    Group.FAILED: "no",
    Group.CANNOT_TELL: "dk",
    Group.WATCHING: "early",
    Group.OVERDUE: "no",
    Group.OPEN: "early",
    Group.PLANNED: "claim",
    Group.UNCOUNTED: "nay",
}
"""The mark beside each line of a headline."""


@dataclasses.dataclass(frozen=True)
class WeekPage:
    """One week in full: both statements if they are there, else how it stands now; seals to check it by."""

    week: Week
    stated: list[StatedWeek]
    seals: list[tuple[Seal, str]]


def week_page(
    *, business: Business, engagement_ids: Sequence[uuid.UUID] | None, week: Week, speaker: Speaker
) -> WeekPage:
    """Return a week for its own page: six queries."""
    statements = statements_of(business.id, [week], engagement_ids)
    corrections = corrections_of(statements) if statements else {}
    ids = {row["id"] for statement in statements for row in statement.rows}
    shown = Ticket.objects.filter(pk__in=ids).values("id", "subject", "requester__name", "reported_at", "from_log")
    tickets: dict[str, dict[str, Any]] = {str(t["id"]): dict(t) for t in shown}
    found = [
        stated_week(
            week=week,
            kind=kind,
            statements=statements,
            corrections=corrections,
            tickets=tickets,
            speaker=speaker,
            last_week=False,
        )
        for kind in ("settled", "provisional")
    ]
    stated = [each for each in found if each is not None]
    if not stated:
        stated = [
            live_week(
                business_id=business.id,
                week=week,
                zone=business.zone,
                engagement_ids=engagement_ids,
                speaker=speaker,
                last_week=False,
            )
        ]
    return WeekPage(week=week, stated=stated, seals=seals_of(business.id, week, engagement_ids))


WEEK_HEADS = (
    *(
        "Statement",
        "Stated at",
        "Number",
        "Reported",
        "Who",
        "What",
        "Quick?",
        "Why quick",
        "For good?",
        "Why for good",
    ),
    *("Quick? now", "Why quick now", "For good? now", "Why for good now", "Reference", "Zone"),
)


def week_exported(page: WeekPage, zone: str) -> Iterator[list[Value]]:
    """Yield each request of each statement of a week: as stated, and what is known since where that differs."""
    local = zone_named(zone)
    for stated in page.stated:
        at = stated.frozen_at.astimezone(local).replace(tzinfo=None) if stated.frozen_at else None
        for row in stated.rows:
            values: list[Value] = [f"{stated.kind} {stated.basis}".strip(), at, row.number]
            opened = row.opened_at.astimezone(local).replace(tzinfo=None)
            values += [opened if row.timed else opened.date(), row.requester, row.subject]
            for each in (row.quick, row.effective, row.now_quick, row.now_effective):
                values += [each.value.replace("_", " "), each.sentence] if each else ["", ""]
            yield [*values, row.id, zone]


def seals_of(business_id: uuid.UUID, week: Week, engagement_ids: Sequence[uuid.UUID] | None) -> list[tuple[Seal, str]]:
    """Return the seals of a week with their lines; a supplier gets those of its own engagements."""
    seen = None if engagement_ids is None else frozenset(engagement_ids)

    def build() -> QuerySet[Seal]:
        rows = Seal.objects.filter(business_id=business_id, week=week.key).select_related("chain")
        return (rows if seen is None else rows.filter(chain__engagement_id__in=seen)).order_by("chain__kind", "id")

    seals: list[Seal] = _seals.get((business_id, seen, week), build).objects()
    return [(seal, text_of(seal)) for seal in seals]


_seals = Shelf(128)
