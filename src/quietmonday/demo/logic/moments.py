"""When things of the story happen: moments counted back from its end, in the hours in which people are at work."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from quietmonday.people.logic.calendar import WorkingHours, due_after, is_open_day, next_opening, to_utc, zone_named

_WEEKS_BACK = re.compile(r"week -(\d+) (mon|tue|wed|thu|fri) (\d\d):(\d\d)\Z")
_HOURS_BACK = re.compile(r"(\d+(?:\.\d+)?) hours ago\Z")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(min|h|days)\Z")
_SECONDS = {"min": 60, "h": 3600, "days": 8 * 3600}
_DAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclasses.dataclass(frozen=True)
class Time:
    """The calendar of the story and its end."""

    hours: WorkingHours
    end: dt.datetime

    def monday(self, back: int) -> dt.date:
        """Return the Monday of the week `back` weeks before the week of the end."""
        local = self.end.astimezone(zone_named(self.hours.zone)).date()
        return local - dt.timedelta(days=local.weekday(), weeks=back)

    def local(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        """Return that time of that day as a moment."""
        return to_utc(dt.datetime.combine(day, dt.time(hour, minute)), self.hours.zone)

    def of(self, words: str) -> dt.datetime:
        """Return the moment of "week -3 tue 10:05" or of "2.5 hours ago" (open hours). Raises ValueError.

        A day on which nobody works becomes the next on which somebody does.
        """
        if match := _WEEKS_BACK.match(words):
            day = self.monday(int(match[1])) + dt.timedelta(days=_DAYS.index(match[2]))
            while not is_open_day(self.hours, day):
                day += dt.timedelta(days=1)
            return self.local(day, int(match[3]), int(match[4]))
        if match := _HOURS_BACK.match(words):
            return self.before_end(float(match[1]) * 3600)
        raise ValueError(f"no moment of the story: {words!r}")

    def before_end(self, seconds: float) -> dt.datetime:
        """Return the moment from which that many open seconds lead to the end."""
        step = dt.timedelta(days=1)
        start = self.end
        while due_after(self.hours, start, int(seconds)) >= self.end:
            start -= step
        low, high = start, start + step
        while high - low > dt.timedelta(minutes=1):
            middle = low + (high - low) / 2
            if due_after(self.hours, middle, int(seconds)) >= self.end:
                high = middle
            else:
                low = middle
        return next_opening(self.hours, low)

    def after(self, moment: dt.datetime, length: str) -> dt.datetime:
        """Return the moment that many open minutes ("20 min"), hours ("2 h") or days ("3 days") later."""
        match = _LENGTH.match(length)
        if match is None:
            raise ValueError(f"no length of time: {length!r}")
        return self.later(moment, float(match[1]) * _SECONDS[match[2]])

    def later(self, moment: dt.datetime, seconds: float) -> dt.datetime:
        """Return the moment that many open seconds later."""
        return due_after(self.hours, moment, int(seconds))
