"""Moments and lengths of time in the words of the screens: `15:00 today`, `Thu 26 Nov, 10:00`, `1 h 40`."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def in_words(moment: dt.datetime, zone: str | ZoneInfo, now: dt.datetime, form: str = "full") -> str:
    """Return `moment` in `zone` as a person says it at `now`. Both must know their zone.

    `form` is "full", "day" (no time) or "time" (no day, if it is the day of `now`). Raises ValueError for a naive
    datetime or an unknown form.
    """
    local, today = _local(moment, zone), _local(now, zone).date()
    if form not in ("full", "day", "time"):
        raise ValueError(f"no such form of a time: {form!r}")
    if form == "day":
        return dateformat.format(local, _day_pattern(local, today))
    clock = dateformat.format(local, pgettext("time pattern", "H:i"))
    if local.date() != today:
        day = dateformat.format(local, _day_pattern(local, today))
        return pgettext("day, time", "%(day)s, %(time)s") % {"day": day, "time": clock}
    return clock if form == "time" else _("%(time)s today") % {"time": clock}


class InWords:
    """The words of many moments and lengths at one `now`, in the language that is active: what repeats is said once.

    Says what `in_words` says in its forms "time" and "day", and what `duration_in_words` says.
    """

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._today: dict[str, dt.date] = {}
        self._days: dict[tuple[dt.date, dt.date], str] = {}
        self._lengths: dict[tuple[int, bool], str] = {}
        self._pattern = pgettext("time pattern", "H:i")
        self._both = pgettext("day, time", "%(day)s, %(time)s")

    def time(self, moment: dt.datetime, zone: str) -> str:
        """Return a moment as `in_words` does in the form "time"."""
        local, today = _local(moment, zone), self._today_in(zone)
        plain = self._pattern == "H:i"
        clock = f"{local.hour:02}:{local.minute:02}" if plain else dateformat.format(local, self._pattern)
        if local.date() == today:
            return clock
        return self._both % {"day": self._day(local, today), "time": clock}

    def day(self, moment: dt.datetime, zone: str) -> str:
        """Return a moment as `in_words` does in the form "day"."""
        return self._day(_local(moment, zone), self._today_in(zone))

    def _today_in(self, zone: str) -> dt.date:
        today = self._today.get(zone)
        if today is None:
            today = self._today[zone] = _local(self._now, zone).date()
        return today

    def _day(self, local: dt.datetime, today: dt.date) -> str:
        said = self._days.get((local.date(), today))
        if said is None:
            said = self._days[local.date(), today] = dateformat.format(local, _day_pattern(local, today))
        return said

    def length(self, seconds: int, *, days: bool) -> str:
        """Return a length as `duration_in_words` does."""
        size = abs(seconds)
        # From the first minute on only whole minutes are said, so many rows share their words.
        whole = size if size < MINUTE else size // MINUTE * MINUTE
        key = (whole if seconds >= 0 else -whole, days)
        said = self._lengths.get(key)
        if said is None:
            said = self._lengths[key] = duration_in_words(key[0], days=days)
        return said


def date_in_words(date: dt.date, form: str) -> str:
    """Return a date that needs no zone.

    `form` is "short" (`Thu 26 Nov 2026`), "whole" (`26 November 2026`) or "month" (`26 November`).
    """
    patterns = {
        "short": pgettext("date pattern", "D j M Y"),
        "whole": pgettext("date pattern", "j F Y"),
        "month": pgettext("date pattern", "j F"),
    }
    return dateformat.format(date, patterns[form])


def figure(number: float) -> str:
    """Return a number as the reader writes it: `1,234.5`, in German `1.234,5`."""
    whole = int(number) == number
    return number_format(int(number) if whole else number, use_l10n=True, force_grouping=True)


def machine_time(moment: dt.datetime, zone: str | ZoneInfo) -> str:
    """Return `moment` for the `datetime` attribute: ISO 8601 to the second, with the offset of `zone`."""
    return _local(moment, zone).isoformat(timespec="seconds")


def duration_in_words(length: float | dt.timedelta | None, *, days: bool) -> str:
    """Return a length of time in whole minutes, rounded down; from 48 hours on in whole days if `days`.

    `length` is seconds or a timedelta; None is "not known"; a negative length keeps its sign.
    """
    if length is None:
        return _("not known")
    seconds = int(length.total_seconds() if isinstance(length, dt.timedelta) else length)
    words = _positive_in_words(abs(seconds), days=days)
    return f"−{words}" if seconds < 0 else words


def _positive_in_words(seconds: int, *, days: bool) -> str:
    if seconds < MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    if days and seconds >= 2 * DAY:
        return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}
    hours, minutes = divmod(seconds // MINUTE, 60)
    if minutes:
        return _("%(h)d h %(m)02d") % {"h": hours, "m": minutes}
    return _("%(h)d h") % {"h": hours}


def _local(moment: dt.datetime, zone: str | ZoneInfo) -> dt.datetime:
    # A naive moment would be read as the server's own time: wrong by an hour twice a year, and nobody notices.
    if moment.tzinfo is None:
        raise ValueError("a moment must know its zone")
    return moment.astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone))


def _day_pattern(local: dt.datetime, today: dt.date) -> str:
    if local.year == today.year:
        return pgettext("date pattern", "D j M")
    return pgettext("date pattern", "D j M Y")
