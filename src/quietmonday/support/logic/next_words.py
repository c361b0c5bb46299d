"""Times that a supplier may promise for the next word: what a person would say, in open hours."""

from __future__ import annotations

import datetime as dt

from quietmonday.people.logic.calendar import (
    NeverOpen,
    WorkingHours,
    after_open_days,
    due,
    is_open_day,
    next_opening,
    open_seconds,
    to_utc,
    zone_named,
)

_QUARTER = 15 * 60
_MID_MORNING = dt.time(10)
_EVENING = dt.time(17)


def next_words(hours: WorkingHours, now: dt.datetime) -> list[dt.datetime]:
    """Return up to five moments (UTC) after `now`, in order, each in open time or at its end.

    In an hour and in two hours of open time, 17:00 today if it is open until then, 10:00 on the next open day and on
    the one after. Without any open hours: in an hour, and tomorrow at 10:00 by the clock of the zone.
    """
    try:
        found = [_quarter(due(hours, now, minutes)) for minutes in (60, 120)]
        found += _this_evening(hours, now)
        found += [_at(hours, after_open_days(hours, now, days), _MID_MORNING) for days in (1, 2)]
    except NeverOpen:
        tomorrow = now + dt.timedelta(days=1)
        found = [_quarter(now + dt.timedelta(hours=1)), _at(hours, tomorrow, _MID_MORNING)]
    return sorted({moment for moment in found if moment > now})


def _this_evening(hours: WorkingHours, now: dt.datetime) -> list[dt.datetime]:
    today = now.astimezone(zone_named(hours.zone)).date()
    evening = _at(hours, now, _EVENING)
    works_until_then = is_open_day(hours, today) and open_seconds(hours, evening - dt.timedelta(minutes=15), evening)
    return [evening] if works_until_then else []


def _at(hours: WorkingHours, day: dt.datetime, clock: dt.time) -> dt.datetime:
    """The local day of `day` at `clock`, or at the opening after it where that is later."""
    wall = dt.datetime.combine(day.astimezone(zone_named(hours.zone)).date(), clock)
    moment = to_utc(wall, hours.zone)
    try:
        opening = next_opening(hours, moment)
    except NeverOpen:
        return moment
    # Half a day that closes before ten: the promise stays on it, by its end.
    return opening if opening.date() == moment.date() and clock != _EVENING else moment


def _quarter(moment: dt.datetime) -> dt.datetime:
    """Up to the next quarter of an hour: nobody promises 14:07."""
    over = int(moment.timestamp()) % _QUARTER
    cut = moment.replace(microsecond=0)
    return cut + dt.timedelta(seconds=_QUARTER - over) if over else cut
