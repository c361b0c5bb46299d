"""What logs tell of past weeks: the source's own figures, and ours beside them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import statistics
from collections import defaultdict
from typing import Any

from quietmonday.people.models import Engagement
from quietmonday.support.logic.week import Week, week_of
from quietmonday.support.models import SheetRow, Ticket


def weeks_imported(engagement: Engagement) -> list[Week]:
    """Return the weeks, oldest first, in which an imported call of the engagement was opened: one query."""
    rows = Ticket.objects.filter(parties__engagement=engagement, from_log=True).order_by("opened_at")
    zone = engagement.business.zone
    weeks: dict[Week, None] = {}
    for opened_at in rows.values_list("opened_at", flat=True).iterator(chunk_size=2000):
        weeks.setdefault(week_of(opened_at, zone))
    return list(weeks)


@dataclasses.dataclass(slots=True)
class WeekFigures:
    """One week of a log. `source_…`: as the source states it itself; None where it says nothing.

    Ours: `quick` and `effective` count verdicts by their value, `reopened` requests that came back.
    """

    week: str
    calls: int = 0
    quick: dict[str, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    effective: dict[str, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    reopened: int = 0
    source_made_sla: int | None = None
    source_reopened: int | None = None
    source_reassigned: int | None = None
    source_no_resolved_at: int | None = None
    source_median_h_open_to_resolved: float | None = None
    source_median_h_open_to_closed: float | None = None
    _resolved: list[float] = dataclasses.field(default_factory=list)
    _closed: list[float] = dataclasses.field(default_factory=list)

    def see(self, stated: dict[str, Any], quick: str, effective: str, reopened: bool) -> None:
        """Count one more call."""
        self.calls += 1
        self.quick[quick] += 1
        self.effective[effective] += 1
        self.reopened += reopened
        if "made_sla" not in stated:
            return
        self.source_made_sla = (self.source_made_sla or 0) + (stated["made_sla"] is True)
        self.source_reopened = (self.source_reopened or 0) + bool(stated["reopened"])
        self.source_reassigned = (self.source_reassigned or 0) + bool(stated["reassigned"])
        self.source_no_resolved_at = (self.source_no_resolved_at or 0) + (stated["resolved"] is None)
        for field, hours in (("resolved", self._resolved), ("closed", self._closed)):
            if stated[field]:
                # By the wall clock of the source, as it counts itself: a night of 23 hours has 24 here.
                took = dt.datetime.fromisoformat(stated[field]) - dt.datetime.fromisoformat(stated["opened"])
                hours.append(took.total_seconds() / 3600)

    def close(self) -> WeekFigures:
        """Work out the medians; return itself."""
        if self._resolved:
            self.source_median_h_open_to_resolved = round(statistics.median(self._resolved), 2)
        if self._closed:
            self.source_median_h_open_to_closed = round(statistics.median(self._closed), 2)
        return self


def figures_of(engagement: Engagement) -> list[WeekFigures]:
    """Return the figures of every week of the engagement with imported calls, oldest first: one query, in chunks."""
    weeks: dict[Week, WeekFigures] = {}
    rows = SheetRow.objects.filter(ticket__parties__engagement=engagement).select_related("ticket__verdict")
    rows = rows.only("stated", "ticket__opened_at", "ticket__verdict__quick", "ticket__verdict__effective",
                     "ticket__verdict__inputs")  # fmt: skip
    for row in rows.order_by("ticket__opened_at").iterator(chunk_size=500):
        week = week_of(row.ticket.opened_at, engagement.business.zone)
        verdict = row.ticket.verdict
        found = weeks.setdefault(week, WeekFigures(week.key))
        found.see(row.stated, verdict.quick, verdict.effective, bool(verdict.inputs.get("reopenings")))
    return [weeks[week].close() for week in sorted(weeks)]
