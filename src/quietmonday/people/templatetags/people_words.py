"""Words for priorities, weekdays, hours and promised times."""

from __future__ import annotations

import datetime as dt

from django import template
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.moments import duration_in_words
from quietmonday.people.logic.hours import hours_text
from quietmonday.people.models import Address

register = template.Library()

PRIORITY_NAMES = {1: _("1, urgent"), 2: _("2, soon"), 3: _("3, normal"), 4: _("4, whenever it suits")}
DAY_NAMES = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


@register.simple_tag
def priority_name(priority: int) -> str:
    """Return `1, urgent` … `4, whenever it suits`."""
    return str(PRIORITY_NAMES[priority])


@register.simple_tag
def day_name(weekday: int) -> str:
    """Return the name of a weekday, 0 being Monday."""
    return str(DAY_NAMES[weekday])


FAILED = {
    "no_such_mailbox": _("There is no such mailbox."),
    "no_such_host": _("There is no such mail server."),
    "closed": _("The mailbox is closed."),
    "full": _("The mailbox is full."),
    "too_large": _("A mail was too large for it."),
    "not_wanted": _("Their mail server does not let our mail in."),
    "unreachable": _("Their mail server could not be reached."),
    "refused": _("Their mail server refused it and did not say why."),
}
"""Rule of outbox.logic.refusals → sentence."""


@register.simple_tag
def why_failed(address: Address) -> str:
    """Return why our mail to a marked address came back, what their server said, and whether we still write there."""
    words = [str(FAILED.get(address.failed_rule, _("We do not know why.")))]
    if address.failed_said:
        words.append(_("Their server said: “%(said)s”.") % {"said": address.failed_said})
    if address.failed_for_good:
        words.append(str(_("We write there no more until mail comes from it.")))
    else:
        words.append(str(_("We go on writing to it.")))
    return " ".join(words)


@register.filter
def hours_of_day(intervals: list[tuple[dt.time, dt.time]]) -> str:
    """Return the intervals of one day: `09:00–12:30, 13:30–17:00`."""
    return hours_text(intervals).replace("-", "–")


@register.filter
def language_name(language: str) -> str:
    """Return what a language calls itself; nothing for none."""
    return dict(settings.LANGUAGES).get(language, "")


@register.filter
def length_of_time(minutes: int) -> str:
    """Return minutes of working time: `30 min`, `4 h`, `1 h 40`."""
    return duration_in_words(minutes * 60, days=False)
