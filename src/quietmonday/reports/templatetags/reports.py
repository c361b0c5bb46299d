"""Tags of the reports pages."""

import itertools
from collections.abc import Sequence

from django import template
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quietmonday.kit.moments import figure
from quietmonday.kit.templatetags.quiet import mark
from quietmonday.reports.queries.weeks import MARKS
from quietmonday.support.logic.headline import Group
from quietmonday.support.logic.week import Week

register = template.Library()


@register.simple_tag
def line_mark(group: str) -> SafeString:
    """Return the mark of a headline line; none before "nobody asked"."""
    return mark(MARKS[Group(group)]) if group in set(Group) else SafeString("")


@register.simple_tag
def run_chart(asked: Sequence[tuple[Week, int | None]], usual: float | None) -> SafeString:
    """Draw requests a week: x in percent, y in pixels; a week that was not stated stays open (dashed)."""
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
        words = _("usual: %(n)s") % {"n": figure(usual)}
        parts.append(format_html('<text class="e halo" x="100%" y="{}">{}</text>', y - 4, words))
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
    label = _("Requests a week, oldest first: %(values)s.") % {
        "values": ", ".join(_("not stated") if n is None else str(n) for _week, n in asked)
    }
    body = SafeString("".join(parts))
    return format_html('<svg class="ch" height="126" role="img" aria-label="{}">{}</svg>', label, body)
