"""From rule and parameters to a sentence. Language comes in as two functions, so that this stays plain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from quietmonday.kit.sentences import gettext_noop as _
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.logic.wording import KINDS, NOTES, PLURALS, TEMPLATES, WORDS, ngettext

__all__ = [
    "KINDS",
    "NOTES",
    "PLURALS",
    "TEMPLATES",
    "WORDS",
    "format_date",
    "format_duration",
    "format_when",
    "render",
]

Translate = Callable[[str], str]
TranslatePlural = Callable[[str, str, int], str]

_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
_MONTHS = (
    *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
    *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
)
_NOBODY = {
    "supplier": _("the supplier"),
    "requester": _("the one who asked"),
    "person": _("the one who asked"),
}
_DAYS = ngettext("%(n)s day", "%(n)s days")
_DAYS_FROM = 36 * 3600


def identity(message: str) -> str:
    """Return `message`: the language is that of the msgids."""
    return message


def english_plural(one: str, many: str, n: int) -> str:
    """Return the form of English for `n`."""
    return one if n == 1 else many


def render(
    rule: str,
    params: Mapping[str, object],
    zone: str,
    translate: Translate = identity,
    *,
    translate_plural: TranslatePlural = english_plural,
    now: dt.datetime | None = None,
) -> str:
    """Return the sentence of a verdict or of a headline line.

    `zone`: IANA name in which moments are shown. `now`: lets a moment of the same local day be "15:00
    today". Raises KeyError for a rule, case or note that has no words: that is a fault of the code, never
    of the data.
    """
    case = params.get("case")
    key = f"{rule}.{case}" if case else rule
    values = {
        name: _shown(name, value, params, zone, translate, translate_plural, now)
        for name, value in params.items()
        if name in KINDS
    }
    if key in PLURALS:
        n = params["n"]
        template = translate_plural(*PLURALS[key], n if isinstance(n, int) else 0)
    else:
        template = translate(TEMPLATES[key])
    notes = params.get("notes")
    sentences = [
        template,
        *(translate(NOTES[note]) for note in (notes if isinstance(notes, Sequence) else ())),
    ]
    return " ".join(_capital(sentence % values) for sentence in sentences)


def format_duration(
    seconds: int,
    translate: Translate = identity,
    translate_plural: TranslatePlural = english_plural,
    *,
    as_days: bool = False,
) -> str:
    """Return `seconds` as "26 min", "1 h 40" or "4 h", rounded up to the minute: nobody looks faster.

    `as_days` turns 36 hours and more into days, to the nearest; not for open time, whose days are shorter.
    """
    if as_days and seconds >= _DAYS_FROM:
        days = (seconds + 43_200) // 86_400
        return translate_plural(*_DAYS, days) % {"n": days}
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return translate(_("%(minutes)s min")) % {"minutes": minutes}
    if not minutes:
        return translate(_("%(hours)s h")) % {"hours": hours}
    return translate(_("%(hours)s h %(minutes)s")) % {"hours": hours, "minutes": f"{minutes:02d}"}


def format_when(moment: dt.datetime, zone: str, now: dt.datetime | None = None, translate: Translate = identity) -> str:
    """Return `moment` as "15:00 today" or "Thu 26 Nov, 10:00" in `zone`, with the year if it is another."""
    local = moment.astimezone(zone_named(zone))
    clock = f"{local:%H:%M}"
    if now is not None and now.astimezone(zone_named(zone)).date() == local.date():
        return translate(_("%(time)s today")) % {"time": clock}
    date = format_date(moment, zone, now, translate)
    return translate(_("%(date)s, %(time)s")) % {"date": date, "time": clock}


def format_date(moment: dt.datetime, zone: str, now: dt.datetime | None = None, translate: Translate = identity) -> str:
    """Return the local date of `moment` as "Thu 26 Nov"; with the year if `now` lies in another one."""
    local = moment.astimezone(zone_named(zone))
    parts = {
        "weekday": translate(_WEEKDAYS[local.weekday()]),
        "day": local.day,
        "month": translate(_MONTHS[local.month - 1]),
        "year": local.year,
    }
    if now is None or now.astimezone(zone_named(zone)).year == local.year:
        return translate(_("%(weekday)s %(day)s %(month)s")) % parts
    return translate(_("%(weekday)s %(day)s %(month)s %(year)s")) % parts


def _shown(
    name: str,
    value: object,
    params: Mapping[str, object],
    zone: str,
    translate: Translate,
    translate_plural: TranslatePlural,
    now: dt.datetime | None,
) -> str:
    kind = KINDS[name]
    if kind in ("work", "span") and isinstance(value, int):
        return format_duration(value, translate, translate_plural, as_days=kind == "span")
    if kind in ("when", "date") and isinstance(value, str):
        show = format_when if kind == "when" else format_date
        return show(dt.datetime.fromisoformat(value), zone, now, translate)
    if kind == "words" and isinstance(value, list):
        return ", ".join(translate(WORDS[word]) for word in value)
    if kind == "list" and isinstance(value, list):
        return ", ".join(value)
    if kind == "name":
        return str(value) or translate(_NOBODY[name])
    if kind == "count" and "of" in params:
        return translate(_("%(n)s of %(total)s")) % {"n": value, "total": params["of"]}
    return str(value)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
