"""Recurring requests: which are due, and how the pages tell of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from quietmonday.people.models import Engagement
from quietmonday.people.queries import working_hours_of
from quietmonday.support.logic.recurring import Rule, rule_from_json, upcoming
from quietmonday.support.models import Recurrence

AT_ONCE = 1_000
PREVIEWED = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Recurring:
    """One of the list, with its rule and when it comes next."""

    row: Recurrence
    rule: Rule
    coming: Sequence[dt.datetime]


def due_at(now: dt.datetime) -> QuerySet[Recurrence]:
    """Return those that are due at `now`, the longest waiting first; the rest of a long list at the next look."""
    rows = Recurrence.objects.filter(next_at__lte=now, paused_at=None, ended_at=None)
    return rows.order_by("next_at", "id")[:AT_ONCE]


def told(row: Recurrence, now: dt.datetime) -> Recurring:
    """Return a recurrence as pages tell of it. No query where its calendar is at hand and as it was."""
    rule = rule_from_json(row.rule)
    over = row.ended_at is not None
    coming = [] if over else coming_up(rule, row.engagement, row.starts_on, row.ends_on, now)
    return Recurring(row, rule, coming)


def coming_up(
    rule: Rule, engagement: Engagement, starts_on: dt.date, ends_on: dt.date | None, now: dt.datetime
) -> Sequence[dt.datetime]:
    """Return the next few moments, in the hours of the engagement."""
    hours = working_hours_of(engagement, range(now.year - 1, now.year + 6))
    return upcoming(rule, starts_on=starts_on, ends_on=ends_on, hours=hours, now=now, most=PREVIEWED)
