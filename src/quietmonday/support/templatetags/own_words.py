"""How a request stands, in the words of whoever asked for it."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit.moments import in_words
from quietmonday.kit.templatetags.quiet import state
from quietmonday.support.queries.own import Own

register = template.Library()


@register.simple_tag
def plain_status(own: Own, zone: str, now: dt.datetime) -> SafeString:
    """Return mark and words: whose move it is, and by when one hears of it."""
    status = own.status
    words = str(_WORDS[status.rule]) % {"firm": own.supplier or _("your supplier")}
    why = ""
    if status.by is not None:
        at = in_words(status.by, zone, now)
        why = (_("You hear by %(at)s.") if status.by > now else _("You were to hear by %(at)s.")) % {"at": at}
    return state(status.mark, words, why)


_WORDS = {
    "with_supplier": gettext_lazy("With %(firm)s"),
    "with_supplier_again": gettext_lazy("With %(firm)s again: you wrote after it was settled"),
    "waits_for_you": gettext_lazy("Waiting for you"),
    "waits_for_others": gettext_lazy("%(firm)s waits for somebody else"),
    "put_off": gettext_lazy("Put off until an agreed date"),
    "working_again": gettext_lazy("Working again: is it solved?"),
    "held": gettext_lazy("Works for now, by a workaround: is it solved?"),
    "solved": gettext_lazy("You said: solved"),
    "partly": gettext_lazy("You said: partly solved"),
    "not_solved": gettext_lazy("You said: not solved"),
    "set_aside": gettext_lazy("Set aside"),
}
