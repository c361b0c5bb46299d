"""What a log of calls says of one call, whatever its columns were called: the input of an import."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from quietmonday.kit.sentences import gettext_noop as _
from quietmonday.kit.sheets.dates import stated_in
from quietmonday.kit.sheets.reading import Cell
from quietmonday.kit.sheets.writing import as_written
from quietmonday.kit.text import clean_text
from quietmonday.people.logic.calendar import to_utc
from quietmonday.support.logic.sheet_doubts import Doubt

OLDEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
_LAST_SECOND = dt.time(23, 59, 59)


@dataclasses.dataclass(frozen=True, slots=True)
class When:
    """A moment (UTC) that a log states. Not `timed`: only its local day is stated, and `at` is an edge of that day."""

    at: dt.datetime
    timed: bool = True
    known: bool = True  # False: the log does not say when; `at` only gives it a place in the order


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """Something said, or (side "system") a change of state that the log holds."""

    when: When
    side: str  # customer, supplier, system
    author: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """The log says that it was settled."""

    when: When
    by: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Waited:
    """The log says that it stood, for the customer or a third party; nobody knows whether anybody was asked."""

    reason: str  # customer, third_party
    start: dt.datetime
    end: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One call. `key`: the same whenever the same call comes again; `digest`: the same while it says the same.

    `source`: as of a ticket. `state`: open, resolved or cancelled. `stated`: figures and words of the source, kept as
    its own. `told`: how many lines of the file it was made from, `line` being the first. `doubts`: what of it
    does not come in.
    """

    line: int
    told: int
    key: str
    digest: str
    number: str
    reference: str
    subject: str
    source: str
    opened: When
    who: str
    priorities: tuple[tuple[int, dt.datetime], ...]
    said: tuple[Said, ...]
    endings: tuple[Ended, ...]
    reopenings: tuple[dt.datetime, ...]
    waits: tuple[Waited, ...]
    state: str
    stated: Mapping[str, Any]
    doubts: tuple[Doubt, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Rejected:
    """A line that does not come in. `rule` and `params` make the sentence; `cells` are what it says."""

    line: int
    rule: str
    params: Mapping[str, str]
    cells: tuple[str, ...]


REASONS: dict[str, str] = {
    "no_what": _("It does not say what was asked for."),
    "no_date": _("%(column)s holds no day: “%(value)s”."),
    "no_such_day": _("%(column)s names a day that does not exist: “%(value)s”."),
    "ambiguous": _("%(column)s may mean two days: “%(value)s”. Say whether the day or the month comes first."),
    "empty_date": _("It does not say when: %(column)s is empty."),
    "future": _("%(column)s lies in the future: “%(value)s”."),
    "too_old": _("%(column)s lies before 1990: “%(value)s”."),
    "done_before": _("It was done (“%(value)s”) before it was reported."),
    "answered_before": _("It was answered (“%(value)s”) before it was reported."),
    "no_number": _("It has no number, so nobody can tell to which incident it belongs."),
    "same_row": _("It says the same as line %(line)s."),
    "same_number": _("Its number %(value)s stands in line %(line)s already."),
    "not_wanted": _("It is of another place: “%(value)s”."),
}
"""Rule of a rejected line → sentence."""


def rejection_in_words(rejected: Rejected, translate: Callable[[str], str] = str) -> str:
    """Return why a line does not come in. Raises KeyError for a rule without words: a fault of the code."""
    return translate(REASONS[rejected.rule]) % rejected.params


def text_in(cell: Cell) -> str:
    """Return what a cell says as text of one rule; "" for nothing and for "?", "-", "n/a": nobody knows."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = as_written(clean_text(cell)).strip()
        return "" if len(text) < _LONGER and text.casefold() in _UNKNOWN else text
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


_UNKNOWN = frozenset(("?", "??", "-", "--", "–", "n/a", "na", "k.a.", "k. a.", "null", "none", "unknown", "unbekannt"))
_LONGER = 1 + max(map(len, _UNKNOWN))


def moment_in(cell: Cell, order: str, zone: str, *, late: bool = False) -> When:
    """Return the moment a cell states, by the wall clock of `zone`. Raises kit.sheets.dates.NoDate.

    A day without a time is its first second, or (`late`) its last: what came after the call comes after it.
    """
    stated = stated_in(cell, order)
    if stated.at.tzinfo is not None:
        return When(stated.at)
    if stated.timed:
        return When(to_utc(stated.at, zone))
    return day_in(stated.at.date(), zone, late=late)


def day_in(day: dt.date, zone: str, *, late: bool) -> When:
    """Return a day of which no time is known, as `moment_in` does."""
    return When(to_utc(dt.datetime.combine(day, _LAST_SECOND if late else dt.time()), zone), timed=False)


def digest_of(values: Iterable[str]) -> str:
    """Return a short sum of what a call says: 32 hex digits."""
    return hashlib.sha256(_encode(list(values)).encode("utf-8", "replace")).hexdigest()[:32]


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def look_of(day: dt.date, who: str, subject: str) -> str:
    """Return the same for all calls of one day, person and words, whatever their number: how twins are found."""
    return digest_of((day.isoformat(), who.casefold(), " ".join(subject.casefold().split())))


def shown(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Return the cells of a line as a person reads them. A workbook holds every number as a fraction: 5 is 5.0."""
    return tuple(map(_shown, cells))


def _shown(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else clean_text(str(cell))
