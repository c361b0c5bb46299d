"""Tags of the reports pages."""

import itertools
from collections.abc import Sequence

from django import template
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quietmonday.kit.moments import date_in_words, figure
from quietmonday.kit.templatetags.quiet import mark
from quietmonday.reports.queries.periods import Pair, Run
from quietmonday.reports.queries.weeks import MARKS
from quietmonday.support.logic.headline import Group
from quietmonday.support.logic.periods import Period
from quietmonday.support.logic.shares import Compared, Share, Told
from quietmonday.support.logic.week import Week

register = template.Library()


@register.simple_tag
def line_mark(group: str) -> SafeString:
    """Return the mark of a headline line; none before "nobody asked"."""
    return mark(MARKS[Group(group)]) if group in set(Group) else SafeString("")


@register.simple_tag
def run_chart(asked: Sequence[tuple[Week, int | None]], usual: float | None, label: str = "") -> SafeString:
    """Draw one figure a week: x in percent, y in pixels; a week that was not stated stays open (dashed).

    `label` says what is counted, for whoever does not see the chart; "" is requests.
    """
    known = [n for _week, n in asked if n is not None]
    if len(known) < 2:
        return SafeString("")
    top = max([*known, 1])
    step = 100 / len(asked)
    spots = [
        (step * (i + 0.5), 92 - round(72 * n / top) if n is not None else None, n) for i, (_week, n) in enumerate(asked)
    ]
    parts: list[SafeString] = []
    if usual is not None:
        y = 92 - round(72 * usual / top)
        parts.append(format_html('<line class="md" x1="0" x2="100%" y1="{}" y2="{}"/>', y, y))
        words = _("dotted: usual, %(n)s") % {"n": figure(usual)}
        parts.append(format_html('<text class="c" x="50%" y="120">{}</text>', words))
    for (x1, y1, _n), (x2, y2, _m) in itertools.pairwise(spots):
        if y1 is not None and y2 is not None:
            parts.append(
                format_html('<line class="ln" x1="{}%" y1="{}" x2="{}%" y2="{}"/>', f"{x1:.2f}", y1, f"{x2:.2f}", y2)
            )
    for x, height, n in spots:
        if height is None:
            parts.append(format_html('<circle class="gp" cx="{}%" cy="92" r="4"/>', f"{x:.2f}"))
        else:
            parts.append(format_html('<circle class="pt" cx="{}%" cy="{}" r="4"/>', f"{x:.2f}", height))
            parts.append(format_html('<text class="c" x="{}%" y="{}">{}</text>', f"{x:.2f}", height - 9, n))
    for x, week, place in ((0, asked[0][0], ""), (100, asked[-1][0], "e")):
        day = dateformat.format(week.monday, pgettext("day of a chart", "j M"))
        parts.append(format_html('<text class="{}" x="{}%" y="120">{}</text>', place, x, day))
    values = ", ".join(_("not stated") if n is None else str(n) for _week, n in asked)
    said = _("%(what)s: %(values)s.") % {"what": label or _("Requests a week, oldest first"), "values": values}
    body = SafeString("".join(parts))
    return format_html('<svg class="ch" height="126" role="img" aria-label="{}">{}</svg>', said, body)


@register.simple_tag
def share_in_words(share: Share) -> str:
    """Return a share as exactly as its size allows: "3 of 4", "9 of 12", "84 % (70 to 93 %, 42 of 50)"."""
    if share.told is Told.NOTHING:
        return _("nothing to say yet")
    if share.told is not Told.PERCENT:
        return _("%(k)s of %(n)s") % {"k": share.k, "n": share.n}
    low, high = share.range
    return _("%(share)s %%, range %(low)s to %(high)s %% (%(k)s of %(n)s)") % {
        "share": share.percent,
        "k": figure(share.k),
        "n": figure(share.n),
        "low": low,
        "high": high,
    }


@register.simple_tag
def period_name(period: Period) -> str:
    """Return "November 2026" or "Q4 2026"."""
    if period.is_quarter:
        return pgettext("a quarter of a year", "Q%(quarter)s %(year)s") % {
            "quarter": period.quarter,
            "year": period.year,
        }
    return dateformat.format(period.first_day, pgettext("month pattern", "F Y"))


@register.simple_tag
def monday_mark(quiet: str) -> SafeString:
    """Return the mark of one Monday of a strip, with its word for whoever does not see it."""
    kinds = {"yes": ("yes", _("quiet")), "no": ("no", _("not quiet")), "dk": ("dk", _("we cannot tell"))}
    name, label = kinds.get(quiet, ("early", _("not over yet")))
    return mark(name, label=label)


@register.simple_tag
def run_in_words(run: Run) -> str:
    """Return what a run chart shows, in one sentence."""
    if run.usual is None:
        return _("Too few weeks to say what is usual.")
    if run.shift is None or run.shifted_from is None:
        return _("Usual: %(usual)s a week. No clear change.") % {"usual": figure(run.usual)}
    values = {"usual": figure(run.usual), "day": date_in_words(run.shifted_from.monday, "month")}
    if run.shift.above:
        return _("Since the week of %(day)s clearly more than usual (%(usual)s a week).") % values
    return _("Since the week of %(day)s clearly fewer than usual (%(usual)s a week).") % values


@register.simple_tag
def compared_in_words(found: tuple[Compared, Compared], here: str, before: str) -> str:
    """Return how a period stands to the one before: quick, and for good."""
    return " ".join(_words_of(*found, here, before))


@register.simple_tag
def compared_pair(pair: Pair) -> str:
    """Return how two suppliers stand to each other: quick, and for good."""
    first, second = (each.name for each in (pair.first, pair.second))
    return " ".join(_words_of(pair.quick, pair.good, first, second))


def _words_of(fast: Compared, lasting: Compared, one: str, other: str) -> list[str]:
    if {fast, lasting} == {Compared.TOO_FEW}:
        return [_("Too few requests to compare: 20 on each side are needed.")]
    if {fast, lasting} <= {Compared.TOO_FEW, Compared.NOT_CLEAR}:
        return [_("No clear difference.")]
    names = {"one": one, "other": other}
    said = {
        ("quick", Compared.MORE): _("More were quick: %(one)s, compared with %(other)s.") % names,
        ("quick", Compared.LESS): _("Fewer were quick: %(one)s, compared with %(other)s.") % names,
        ("good", Compared.MORE): _("More were fixed for good: %(one)s, compared with %(other)s.") % names,
        ("good", Compared.LESS): _("Fewer were fixed for good: %(one)s, compared with %(other)s.") % names,
    }
    clear = [said[part, how] for part, how in (("quick", fast), ("good", lasting)) if (part, how) in said]
    return clear if len(clear) == 2 else [*clear, _("Otherwise no clear difference.")]
