"""The components of every page: marks, verdicts, icons, times, fields. Snippets to copy stand in docs/look.md."""

import datetime as dt
import functools
import math
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from quietmonday.kit import moments
from quietmonday.kit.fields import render_field
from quietmonday.kit.marks import icon_svg, mark_svg

register = template.Library()

# value of a verdict -> mark
VERDICT_MARKS = {"yes": "yes", "partly": "half", "no": "no", "too_early": "early", "not_known": "dk"}


@register.simple_tag
def mark(name: str, label: str = "") -> SafeString:
    """Return the mark `name` (yes, half, no, dk, early, soon, claim, nay) as SVG.

    Without `label` it is hidden from screen readers: write its word beside it. With `label` it stands alone.
    """
    return mark_svg(name, label)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a Lucide icon as SVG, always hidden from screen readers: an icon stands beside a word."""
    return icon_svg(name)


@register.simple_tag
def state(mark_name: str, word: str, why: str = "") -> SafeString:
    """Return mark + word, and the sentence with the facts below it if there is one."""
    line = format_html('<span class="v">{} {}</span>', mark_svg(mark_name), word)
    return format_html('{}<span class="why">{}</span>', line, why) if why else line


@register.simple_tag
def verdict(value: object, why: str = "", held: bool = False) -> SafeString:
    """Return a verdict: mark, word and the sentence that rests on the facts.

    `value` is yes, partly, no, too_early or not_known (text or an enum with these values). `held` says that
    "partly" means: held by a workaround.
    """
    key = str(getattr(value, "value", value))
    if key not in VERDICT_MARKS:
        raise ValueError(f"no such verdict: {key!r}")
    return state(VERDICT_MARKS[key], verdict_word(key, held=held), why)


def verdict_word(key: str, *, held: bool = False) -> str:
    """Return the word of a verdict, in the reader's language, as mails and PDFs need it without a mark."""
    if held and key == "partly":
        return _("Held by a workaround")
    return str(_VERDICT_WORDS[key])


_VERDICT_WORDS = {
    "yes": pgettext_lazy("verdict", "Yes"),
    "partly": pgettext_lazy("verdict", "Partly"),
    "no": pgettext_lazy("verdict", "No"),
    "too_early": gettext_lazy("Too early"),
    "not_known": gettext_lazy("We cannot tell"),
}


@register.simple_tag
def when(moment: dt.datetime | None, zone: str | ZoneInfo, now: dt.datetime, form: str = "full") -> SafeString:
    """Return `moment` as `<time>` in `zone`, in words that suit `now`.

    `form`: "full" is `15:00 today` or `Thu 26 Nov, 10:00`; "day" is `Thu 26 Nov`; "time" is `15:00` on the day of
    `now` and as "full" otherwise. None says "not known" rather than nothing.
    """
    if moment is None:
        return format_html('<span class="soft">{}</span>', _("not known"))
    text = moments.in_words(moment, zone, now, form)
    machine = moments.machine_time(moment, zone)
    # A day is no moment: programs that read the page are told no more than people are.
    return format_html('<time datetime="{}">{}</time>', machine[:10] if form == "day" else machine, text)


@register.simple_tag
def when_text(moment: dt.datetime | None, zone: str | ZoneInfo, now: dt.datetime) -> str:
    """Return a moment in words alone, for mails; None is "not known"."""
    return _("not known") if moment is None else moments.in_words(moment, zone, now)


@register.filter
def short_date(date: dt.date) -> str:
    """Return a date as `Thu 26 Nov 2026`."""
    return moments.date_in_words(date, "short")


@register.filter
def whole_date(date: dt.date) -> str:
    """Return a date as `26 November 2026`."""
    return moments.date_in_words(date, "whole")


@register.filter
def day_and_month(date: dt.date) -> str:
    """Return a date as `26 November`."""
    return moments.date_in_words(date, "month")


@register.filter(name="figure")
def figure_filter(number: float) -> str:
    """Return a number as the reader writes it. Not for numbers of requests and years, which are names."""
    return moments.figure(number)


@register.filter
def duration(length: float | dt.timedelta | None) -> str:
    """Return elapsed time in words: `26 min`, `1 h 40`, `4 h`, and from 48 hours on `70 days`. Takes seconds."""
    return moments.duration_in_words(length, days=True)


@register.filter
def hours(length: float | dt.timedelta | None) -> str:
    """Return a length of working time in words: as `duration`, but never in days, whose length would mislead."""
    return moments.duration_in_words(length, days=False)


@register.simple_tag
def field(bound: BoundField, label: str = "", hint: str = "", hide_label: bool = False, pick: str = "") -> SafeString:
    """Return one form field: label above, hint, control, error with its mark, all tied together for readers.

    Radio buttons and several checkboxes become `.pick`; `pick="three"` gives three equal columns.
    """
    return render_field(bound, label=label, hint=hint, hide_label=hide_label, pick=pick)


@register.inclusion_tag("kit/_errors.html")
def error_summary(form: Any) -> dict[str, object]:
    """Return the list on top of a refused form: every error once, linked to its field. Nothing if all is well."""
    general = list(form.non_field_errors())
    fields = [
        {"id": first_id(bound), "label": _lead_in(str(bound.label)), "message": message}
        for bound in form
        for message in bound.errors
        if not bound.is_hidden
    ]
    # A hidden field cannot be reached by a link, yet its refusal must not vanish.
    general += [message for bound in form.hidden_fields() for message in bound.errors]
    return {"general": general, "fields": fields, "count": len(general) + len(fields)}


def _lead_in(label: str) -> str:
    return label if label.endswith(("?", ".", ":", "…")) else f"{label}:"


def first_id(bound: BoundField) -> str:
    """Return the id that a link to `bound` must name: of the first choice where there are several."""
    widget = bound.field.widget
    return f"{bound.auto_id}_0" if getattr(widget, "use_fieldset", False) else bound.id_for_label


@register.simple_tag
def pager(older: str = "", newest: str = "") -> SafeString:
    """Return the links of a list paged by key: older rows, and back to the newest. Empty URLs are left out."""
    links = [
        (href, rel, word) for href, rel, word in ((newest, "start", _("Newest")), (older, "next", _("Older"))) if href
    ]
    if not links:
        return SafeString("")
    inner = format_html_join(" ", '<a class="btn" href="{}" rel="{}">{}</a>', links)
    return format_html('<nav class="acts pager" aria-label="{}">{}</nav>', _("More of this list"), inner)


@register.simple_tag
def keys_sheet(places: Sequence[Any]) -> SafeString:
    """Return the dialog of all keys, for a page with these places in its bar."""
    return _keys_sheet(get_language() or "", tuple((str(place.go), str(place.label)) for place in places if place.go))


@functools.lru_cache(maxsize=64)
def _keys_sheet(language: str, goes: tuple[tuple[str, str], ...]) -> SafeString:
    return SafeString(render_to_string("kit/_keys_sheet.html", {"goes": goes}))


@register.simple_tag
def bar(part: float, whole: float) -> SafeString:
    """Return a bar of `part` in `whole` for charts, as SVG without a view box. The figure stands in text beside it."""
    share = 0.0 if whole <= 0 else max(0.0, min(1.0, part / whole))
    if math.isnan(share):
        raise ValueError("a bar needs numbers")
    return format_html(
        '<svg class="ch" height="12" aria-hidden="true"><rect class="sh" width="100%" height="12"/>'
        '<rect class="fi" width="{}%" height="12"/></svg>',
        f"{share * 100:.2f}",
    )
