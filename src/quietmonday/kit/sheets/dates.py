"""Days and times as people write them in sheets. A day without a time stays a day: no minute is made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from quietmonday.kit.sheets.reading import Cell

DMY, MDY = "dmy", "mdy"
_EPOCH = dt.datetime.combine(dt.date(1899, 12, 30), dt.time())  # Excel's day 0, its leap day of 1900 included
_SERIALS = (20_000, 80_000)  # 1954 to 2119: numbers outside are no dates
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner", "feb february februar", "mar march mär märz maerz mrz", "apr april",
            "may mai", "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober",
            "nov november", "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = r"(?:[ T,]+(?:um )?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(am|pm|uhr|h)?)?"
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\Z", re.I
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})" + _CLOCK + r"\Z", re.I)
_NUMBERS = re.compile(
    r"(?:[a-zäöü]{2,10}\.?,?\s+)?(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _CLOCK + r"\Z", re.I
)
_NAMED = re.compile(
    r"(?:[a-zäöü]{2,10}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?[ -]([a-zäöü]{3,9})\.?,?[ -](\d{4}|\d{2})"
    + _CLOCK
    + r"\Z",
    re.I,
)
_NAME_FIRST = re.compile(
    r"(?:[a-z]{2,10}\.?,\s+)?([a-zäöü]{3,9})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})" + _CLOCK + r"\Z", re.I
)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(am|pm|uhr|h)?\Z", re.I)
_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?\Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """What a cell says. `at`: naive, of the writer's wall clock, unless it named an offset. `timed`: with a time."""

    at: dt.datetime
    timed: bool


class NoDate(ValueError):
    """The cell says no day. `rule`: "no_date", "ambiguous" (nobody said which is the day), "no_such_day", or
    "no_such_time": then `day` is the day beside it.
    """

    def __init__(self, rule: str, day: dt.date | None = None) -> None:
        super().__init__(rule)
        self.rule, self.day = rule, day


def order_told_by(value: Cell) -> str:
    """Return what the cell says of its column's order: DMY, MDY, "either" (3/4/2016), or "" (it does not matter)."""
    if not isinstance(value, str):
        return ""
    found = _NUMBERS.match(value.strip())
    if found is None:
        return ""
    if found[2] == ".":
        return ""  # nobody writes months first with dots
    first, second = int(found[1]), int(found[3])
    if first > 12 and second <= 12:
        return DMY
    if second > 12 and first <= 12:
        return MDY
    return "" if first == second else "either"


def stated_in(value: Cell, order: str) -> Stated:
    """Return the day, with its time if there is one, that a cell says. `order`: DMY, MDY or "" (not known).

    Takes dates of workbooks, Excel's serial numbers, ISO 8601, d.m.Y, d/m/Y and m/d/Y by `order`, and month names in
    English and German. Raises NoDate.
    """
    if isinstance(value, dt.datetime):
        # A workbook has no days, only moments: midnight to the second is how it writes a day.
        return Stated(value.replace(microsecond=0), timed=value.time() != dt.time())
    if isinstance(value, dt.date):
        return _day(value)
    if isinstance(value, bool) or value is None or isinstance(value, dt.time):
        raise NoDate("no_date")
    if isinstance(value, int | float):
        return _serial(float(value))
    return _text(" ".join(value.split()), order)


def time_in(value: Cell) -> dt.time | None:
    """Return the time of day that a cell says, or None."""
    if isinstance(value, dt.datetime):
        return value.time().replace(microsecond=0)
    if isinstance(value, dt.time):
        return value.replace(microsecond=0)
    if isinstance(value, float) and 0 <= value < 1:
        return (_EPOCH + dt.timedelta(seconds=round(value * 86400))).time()
    if not isinstance(value, str):
        return None
    found = _TIME.match(" ".join(value.split()))
    if found is None:
        return None
    try:
        return _time(found[1], found[2], found[3], found[4])
    except ValueError:
        return None


def _serial(number: float) -> Stated:
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        raise NoDate("no_date")
    at = _EPOCH + dt.timedelta(seconds=round(number * 86400))
    return Stated(at, timed=number != int(number))


def _text(text: str, order: str) -> Stated:
    if _NUMBER.match(text):
        return _serial(float(text.replace(",", ".")))
    try:
        if found := _ISO.match(text):
            return _iso(found)
        if found := _YEAR_FIRST.match(text):
            return _stated(int(found[1]), int(found[2]), int(found[3]), found, 4)
        if found := _NUMBERS.match(text):
            return _numbers(found, order)
        if (found := _NAMED.match(text)) and found[2].lower() in _MONTHS:
            return _stated(_year(found[3]), _MONTHS[found[2].lower()], int(found[1]), found, 4)
        if (found := _NAME_FIRST.match(text)) and found[1].lower() in _MONTHS:
            return _stated(_year(found[3]), _MONTHS[found[1].lower()], int(found[2]), found, 4)
    except ValueError as error:
        if isinstance(error, NoDate):
            raise
        raise NoDate("no_such_day") from error
    raise NoDate("no_date")


def _iso(found: re.Match[str]) -> Stated:
    day = dt.date(int(found[1]), int(found[2]), int(found[3]))
    if found[4] is None:
        return _day(day)
    at = _at(day, found[4], found[5], found[6], None)
    if found[7]:
        offset = found[7].upper().replace("Z", "+00:00")
        offset = offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
        at = dt.datetime.fromisoformat(f"{at.isoformat()}{offset}").astimezone(dt.UTC)
    return Stated(at, timed=True)


def _numbers(found: re.Match[str], order: str) -> Stated:
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    if found[2] == ".":
        order = DMY
    if not order:
        told = order_told_by(found.string)
        if told == "either":
            raise NoDate("ambiguous")
        order = told or DMY
    day, month = (first, second) if order == DMY else (second, first)
    return _stated(year, month, day, found, 5)


def _stated(year: int, month: int, day: int, found: re.Match[str], clock: int) -> Stated:
    hour, minute, second, half = found[clock], found[clock + 1], found[clock + 2], found[clock + 3]
    date = dt.date(year, month, day)
    return _day(date) if hour is None else Stated(_at(date, hour, minute, second, half), timed=True)


def _day(day: dt.date) -> Stated:
    return Stated(dt.datetime.combine(day, dt.time()), timed=False)


def _at(day: dt.date, hour: str, minute: str, second: str | None, half: str | None) -> dt.datetime:
    try:
        return dt.datetime.combine(day, _time(hour, minute, second, half))
    except ValueError as error:
        raise NoDate("no_such_time", day) from error


def _time(hour: str, minute: str, second: str | None, half: str | None) -> dt.time:
    hours, half = int(hour), (half or "").lower()
    if half in ("am", "pm"):
        if not 1 <= hours <= 12:
            raise ValueError("no such hour")
        hours = hours % 12 + (12 if half == "pm" else 0)
    return dt.time(hours, int(minute), int(second or 0))


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year
