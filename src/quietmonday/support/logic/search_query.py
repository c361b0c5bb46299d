"""What somebody typed to search for. Any text is a question; there is no wrong one.

Words all have to be there; "a phrase"; -without; from:name, client:name, file:name; before: and after: a day; a number
alone is that of a request. What cannot be one of these is text.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re

from quietmonday.support.logic.search_docs import FILES, WRITER
from quietmonday.support.logic.search_words import groups_of_part, words

LONGEST = 200
"""Letters of a question that are read."""

MOST_PARTS = 12

ANYWHERE, BY, NAMED = "words", "writer", "files"
"""Where a part has to stand: anywhere in a message, in its writer's name, in the name of one of its files."""

_FIELDS = {
    **dict.fromkeys(("from", "von"), "from"),
    **dict.fromkeys(("client", "kunde"), "client"),
    **dict.fromkeys(("file", "datei"), "file"),
    **dict.fromkeys(("before", "vor"), "before"),
    **dict.fromkeys(("after", "nach"), "after"),
}
_OPENS, _CLOSES = '"“„«', '"”“»'
_PIECE = re.compile(
    rf"(?P<without>-(?=\S))?(?:(?P<field>{'|'.join(_FIELDS)}):(?=\S))?"
    rf"(?:[{_OPENS}](?P<phrase>[^{_OPENS}{_CLOSES}]*)[{_CLOSES}]?|(?P<word>[^\s{_OPENS}{_CLOSES}]+))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*#?([0-9]{1,9})\s*", re.ASCII)
_DAYS = (
    re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?", re.ASCII),
    re.compile(r"(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})\.(?P<y>\d{4})", re.ASCII),
)
# How people write an umlaut where the keyboard has none, and what is left of it in the index.
_SPELLINGS = (("ä", "ae", "a"), ("ö", "oe", "o"), ("ü", "ue", "u"))


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One thing that has to stand somewhere. `spellings`: as the index spells it, one of which will do; a blank at an
    end is the edge of a word. `keys`: by which the index finds it, whatever the spelling."""

    where: str
    spellings: tuple[str, ...]
    keys: frozenset[str]
    typed: str


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `number`: that of a request, and nothing else was typed. `since` is in, `until` is not.

    `lost`: what was typed and has no letter or digit in it; `cut`: more was typed than is read.
    """

    parts: tuple[Part, ...] = ()
    without: tuple[Part, ...] = ()
    clients: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    number: int | None = None
    lost: tuple[str, ...] = ()
    cut: bool = False

    @property
    def asks_something(self) -> bool:
        """Whether there is anything to look for; only what must not be there is nothing."""
        return bool(self.parts or self.clients or self.since or self.until)


def question_of(typed: str) -> Question:
    """Return what `typed` asks."""
    text = typed[:LONGEST]
    found: list[Part] = []
    without: list[Part] = []
    lost: list[str] = []
    clients: list[str] = []
    since = until = None
    cut = len(typed) > LONGEST
    for piece in _PIECE.finditer(text):
        field = _FIELDS.get((piece["field"] or "").lower(), "")
        said = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        days = _days(said) if field in ("before", "after") and not piece["without"] else None
        if days and field == "before":
            until = min(until or days[0], days[0])
            continue
        if days:
            since = max(since or days[0], days[0])
            continue
        if field == "client" and words(said) and not piece["without"]:
            clients.append(" ".join(words(said)))
            continue
        if field in ("client", "before", "after"):  # and yet none: then it is text, with the word before the colon
            said = f"{piece['field']} {said}"
        part = _part(field, said, exactly=piece["phrase"] is not None)
        if part is None:
            lost.append(piece[0])
        elif len(found) + len(without) >= MOST_PARTS:
            cut = True
        elif piece["without"]:
            without.append(part)
        else:
            found.append(part)
    number = _NUMBER.fullmatch(text)
    return Question(
        parts=tuple(found),
        without=tuple(without),
        clients=tuple(clients[:MOST_PARTS]),
        since=since,
        until=until,
        number=int(number[1]) if number and not cut else None,
        lost=tuple(lost),
        cut=cut,
    )


def part_of(typed: str, where: str) -> Part | None:
    """Return `typed`, all of it, as one part of a question; None if it has no letter and no digit."""
    field = {BY: "from", NAMED: "file", ANYWHERE: ""}[where]
    return _part(field, typed[:LONGEST], exactly=False)


def in_files_only(question: Question) -> Question:
    """Return the question with everything that may stand anywhere asked of the names of files."""
    parts = (
        part if part.where != ANYWHERE else dataclasses.replace(part, where=NAMED, keys=_apart(FILES, part.keys))
        for part in question.parts
    )
    without = (part if part.where != ANYWHERE else dataclasses.replace(part, where=NAMED) for part in question.without)
    return dataclasses.replace(question, parts=tuple(parts), without=tuple(without))


def _part(field: str, said: str, *, exactly: bool) -> Part | None:
    where = {"from": BY, "file": NAMED}.get(field, ANYWHERE)
    base = " ".join(words(said))
    if not base:
        return None
    spellings = [_edged(base, exactly=exactly)]
    keys = groups_of_part(spellings[0])
    if other := _other_spelling(said, base, exactly=exactly):
        both = keys & groups_of_part(other)
        if both:  # without a group in common the index could only be read as a whole
            spellings.append(other)
            keys = both
    prefix = {BY: WRITER, NAMED: FILES}.get(where, "")
    return Part(where, tuple(spellings), _apart(prefix, keys), said)


def _apart(prefix: str, keys: set[str] | frozenset[str]) -> frozenset[str]:
    return frozenset(f"{prefix}{key}" for key in keys)


def _edged(base: str, *, exactly: bool) -> str:
    """Say by blanks which ends are edges of words: of two letters both, of three the first, of more none."""
    letters = len(base.replace(" ", ""))
    if exactly or letters < 3:
        return f" {base} "
    return f" {base}" if letters == 3 else base


def _other_spelling(text: str, base: str, *, exactly: bool) -> str:
    """Return how else somebody may have written it: Müller and Mueller are one name; "" if there is no other way."""
    low = text.casefold()
    if any(umlaut in low for umlaut, _two, _one in _SPELLINGS):
        for umlaut, two, _one in _SPELLINGS:
            low = low.replace(umlaut, two)
    else:
        exactly = True  # else whoever looks for "true" would find "trust"
        for _umlaut, two, one in _SPELLINGS:
            low = low.replace(two, one)
    other = " ".join(words(low))
    return _edged(other, exactly=exactly) if other != base else ""


def _days(said: str) -> tuple[dt.date, dt.date] | None:
    """Return the first day that is meant, and the first one after; a year or a month is all of its days."""
    for form in _DAYS:
        if match := form.fullmatch(said.strip()):
            year, month, day = (int(match[name]) if match[name] else 0 for name in "ymd")
            try:
                first = dt.date(year, month or 1, day or 1)
                last = day or calendar.monthrange(year, month or 12)[1]
                return first, dt.date(year, month or 12, last) + dt.timedelta(days=1)
            except (ValueError, OverflowError):
                return None
    return None
