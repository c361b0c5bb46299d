"""A schedule as people say it."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from quietmonday.support.logic.recurring import Rule

register = template.Library()

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
NTH = {
    1: pgettext_lazy("nth weekday", "the first"),
    2: pgettext_lazy("nth weekday", "the second"),
    3: pgettext_lazy("nth weekday", "the third"),
    4: pgettext_lazy("nth weekday", "the fourth"),
    -1: pgettext_lazy("nth weekday", "the last"),
}


@register.simple_tag
def rule_words(rule: Rule) -> str:
    """Return when a rule comes: `every month on the 31st day, 09:00`."""
    parts = {
        "days": ", ".join(str(WEEKDAYS[each]) for each in rule.weekdays),
        "day": rule.day,
        "nth": NTH.get(rule.nth, ""),
        "weekday": WEEKDAYS[rule.weekday],
        "month": month_name(rule.month) if rule.every == "year" else rule.month,
        "at": rule.at,
    }
    said = _SAID[rule.every, bool(rule.nth)] % parts
    return _("%(rule)s, on a day off the next working day") % {"rule": said} if rule.next_open_day else said


_SAID = {
    ("week", False): gettext_lazy("every week on %(days)s, %(at)s"),
    ("month", False): gettext_lazy("every month on day %(day)s, %(at)s"),
    ("month", True): gettext_lazy("every month on %(nth)s %(weekday)s, %(at)s"),
    ("quarter", False): gettext_lazy("every quarter on day %(day)s of its month %(month)s, %(at)s"),
    ("quarter", True): gettext_lazy("every quarter on %(nth)s %(weekday)s of its month %(month)s, %(at)s"),
    ("year", False): gettext_lazy("every year in %(month)s on day %(day)s, %(at)s"),
    ("year", True): gettext_lazy("every year in %(month)s on %(nth)s %(weekday)s, %(at)s"),
}


def month_name(month: int) -> str:
    """Return the name of a month."""
    return dateformat.format(dt.date(2001, month, 1), "F")
