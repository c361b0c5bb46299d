"""When a reply goes out that was written earlier, and what holds it back."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.kit.sentences import gettext_noop
from quietmonday.people.logic.calendar import NeverOpen, WorkingHours, is_open_day, next_opening, to_utc, zone_named

MOST_WAITING = 10
"""Replies that may wait on one request."""

LATEST = dt.timedelta(hours=4)
"""How late it may go out after an interruption of ours: our own judgement. "Good morning" is not sent at night."""

HELD = {
    "left": gettext_noop("Its writer does not work here any more, or your firm no longer serves this client."),
    "settled": gettext_noop("The request was settled before it was due."),
    "they_wrote": gettext_noop("The client wrote something after it was written."),
    "late": gettext_noop("We were not running when it was due, and it would have come hours late."),
    "word_past": gettext_noop("The time that it promises for the next word has passed."),
}
"""Why a reply was held back, for the people of its supplier."""

_DAYS_LOOKED_AT = 21


@dataclasses.dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened between writing and sending."""

    settled: bool
    left: bool
    they_wrote: bool
    send_at: dt.datetime
    next_word_by: dt.datetime | None
    now: dt.datetime


def held_because(meanwhile: Meanwhile) -> str:
    """Return why a reply that is due is not sent; "" if it is.

    `left`: its writer works there no more, or their firm no longer serves the client. `settled`, `they_wrote`. `late`:
    we were not running when it was due. `word_past`: the next word that it promises should have been given by now.
    """
    rules = (
        ("left", meanwhile.left),
        ("settled", meanwhile.settled),
        ("they_wrote", meanwhile.they_wrote),
        ("late", meanwhile.now > meanwhile.send_at + LATEST),
        ("word_past", meanwhile.next_word_by is not None and meanwhile.next_word_by <= meanwhile.now),
    )
    return next((name for name, holds in rules if holds), "")


def openings(hours: WorkingHours, now: dt.datetime, most: int = 2) -> list[dt.datetime]:
    """Return the first moments (UTC) after `now` at which the client opens on the next `most` open days, in order.

    Without any open hours: nine o'clock tomorrow by the clock of the zone.
    """
    zone = zone_named(hours.zone)
    day = now.astimezone(zone).date()
    found: list[dt.datetime] = []
    for step in range(_DAYS_LOOKED_AT):
        date = day + dt.timedelta(days=step)
        midnight = to_utc(dt.datetime.combine(date, dt.time()), hours.zone)
        if not is_open_day(hours, date):
            continue
        try:
            opening = next_opening(hours, midnight)
        except NeverOpen:
            break
        # A night shift of the day before is open at midnight: nobody means that by "when they open".
        if opening > now and opening != midnight and opening.astimezone(zone).date() == date:
            found.append(opening)
        if len(found) == most:
            break
    if not found:
        tomorrow = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(9))
        found.append(to_utc(tomorrow, hours.zone))
    return found


def snooze_times(hours: WorkingHours, now: dt.datetime) -> list[dt.datetime]:
    """Return moments until which a request may be snoozed: in three hours, the next two openings, in a week."""
    over = int(now.timestamp()) % 900
    soon = now.replace(microsecond=0) + dt.timedelta(hours=3, seconds=-over)
    week = openings(hours, now + dt.timedelta(days=6), most=1)
    return sorted({soon, *openings(hours, now), *week})
