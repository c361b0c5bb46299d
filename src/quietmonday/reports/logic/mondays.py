"""Quiet Mondays: was anybody kept from working before noon?"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Sequence

from quietmonday.people.logic.calendar import to_utc

NOON = dt.time(12)


class Quiet(enum.StrEnum):
    """Of one Monday morning."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "dk"  # intake was down, or somebody asked for help and did not say whether they could work
    NOT_OVER = "early"


@dataclasses.dataclass(frozen=True)
class Call:
    """A request: when it was opened, and what was said of "can you work?": no, partly, yes or nothing ("")."""

    opened_at: dt.datetime
    can_work: str


@dataclasses.dataclass(frozen=True)
class Monday:
    """One Monday and what can be said of its morning."""

    date: dt.date
    quiet: Quiet


def morning(date: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the morning of `date` in `zone`, midnight to noon, in UTC."""
    return to_utc(dt.datetime.combine(date, dt.time()), zone), to_utc(dt.datetime.combine(date, NOON), zone)


def quiet_mondays(
    *,
    dates: Sequence[dt.date],
    zone: str,
    calls: Iterable[Call],
    blind: Iterable[tuple[dt.datetime, dt.datetime]],
    now: dt.datetime,
    began_at: dt.datetime,
) -> list[Monday]:
    """Return for each date whether its morning was quiet, as far as anybody can know.

    One call from somebody who could not work makes it not quiet, whatever else is unknown. Before the record began,
    and while intake was down (`blind`: from, until), silence proves nothing.
    """
    known, gaps = list(calls), list(blind)
    return [Monday(date, _quiet(morning(date, zone), known, gaps, now, began_at)) for date in dates]


def in_a_row(mondays: Sequence[Monday]) -> int:
    """Return how many of the latest Mondays that are over were quiet, one after the other. Unknown breaks the row."""
    row = 0
    for monday in sorted(mondays, key=lambda m: m.date, reverse=True):
        if monday.quiet is Quiet.NOT_OVER:
            continue
        if monday.quiet is not Quiet.YES:
            break
        row += 1
    return row


def _quiet(
    span: tuple[dt.datetime, dt.datetime],
    calls: Sequence[Call],
    blind: Sequence[tuple[dt.datetime, dt.datetime]],
    now: dt.datetime,
    began_at: dt.datetime,
) -> Quiet:
    start, end = span
    said = [call.can_work for call in calls if start <= call.opened_at < end]
    if any(word in {"no", "partly"} for word in said):
        return Quiet.NO
    if now < end:
        return Quiet.NOT_OVER
    if start < began_at or any(since < end and until > start for since, until in blind):
        return Quiet.CANNOT_TELL
    return Quiet.CANNOT_TELL if "" in said else Quiet.YES
