"""The words of lists: why a row is here, whose move it is, how its clock stands, why something was kept."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from quietmonday.kit.moments import duration_in_words, in_words
from quietmonday.support.logic.attention import Why
from quietmonday.support.logic.kept import reason_in_words
from quietmonday.support.templatetags.support_words import set_aside_word

register = template.Library()


def why_words(why: Why, zone: str, now: dt.datetime) -> str:
    """Return the words of a reason, by its rule."""
    length = duration_in_words(why.seconds, days=True)
    day = dt.datetime.combine(why.date, dt.time(12), tzinfo=dt.UTC) if why.date else None
    if why.rule == "workaround_past":
        words = ngettext("Workaround, %(days)s day past its date", "Workaround, %(days)s days past its date", why.days)
    else:
        words = str(WHY[why.rule])
    shown = in_words(day, "UTC", now, "day") if day else ""
    return words % {"length": length, "days": why.days, "day": shown}


# Lazy, so that a row looks up the words that it says and no others.
WHY = {
    "answer_late": gettext_lazy("Nobody has answered, %(length)s late"),
    "word_late": gettext_lazy("Our word is %(length)s late"),
    "fix_late": gettext_lazy("Fix is %(length)s late"),
    "answer_due": gettext_lazy("Answer due in %(length)s"),
    "word_due": gettext_lazy("Word due in %(length)s"),
    "fix_due": gettext_lazy("Fix due in %(length)s"),
    "snoozed": gettext_lazy("Snoozed, back in %(length)s"),
    "back": gettext_lazy("Back from a snooze"),
    "paused_silently": gettext_lazy("Paused without a question"),
    "wrote_after": gettext_lazy("They wrote after it was settled"),
    "workaround": gettext_lazy("Workaround, fix due %(day)s"),
    "waits": gettext_lazy("Waiting, on time"),
    "on_time": gettext_lazy("On time"),
    "nothing_promised": gettext_lazy("Open, no time promised"),
    "settled": gettext_lazy("Settled"),
    "set_aside": gettext_lazy("Set aside"),
}


@register.simple_tag
def kept_because(rule: str, params: dict[str, Any]) -> str:
    """Return why something that came in did not become a request."""
    return reason_in_words(rule, params, _)


@register.simple_tag
def request_move(ticket: Any) -> str:
    """Return `move_words` of a ticket."""
    return move_words(ticket.state, ticket.move, ticket.requester.name if ticket.requester else ticket.business.name)


def move_words(state: str, move: str, who: str) -> str:
    """Return in a list how a request of `who` stands: who waits for whom, or that it is settled."""
    if state == "resolved":
        return _("settled; they wrote since") if move == "supplier" else _("settled")
    if state != "open":
        return set_aside_word(state)
    if move == "supplier":
        return _("open, the supplier’s move")
    return {
        "customer": _("open, waits for %(who)s") % {"who": who},
        "third_party": _("open, waits for somebody else"),
        "agreed_date": _("open, put off until a date"),
    }.get(move, pgettext("a request is", "open"))
