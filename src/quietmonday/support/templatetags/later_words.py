"""The words of what waits: why a reply was held back, what a text kept ready says; and when a page was printed."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quietmonday.kit.moments import date_in_words, in_words
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.logic.canned import shown
from quietmonday.support.logic.later import HELD
from quietmonday.support.queries.canned import names_read

register = template.Library()


@register.simple_tag
def held_words(because: str) -> str:
    """Return why a reply was held back."""
    return _(HELD[because])


@register.simple_tag
def canned_words(text: str) -> str:
    """Return a text kept ready, with its placeholders as the reader calls them."""
    return shown(text, names_read())


@register.simple_tag
def printed_on(zone: str, now: dt.datetime) -> str:
    """Return of when a print is, with its year: paper is read years later."""
    local = now.astimezone(zone_named(zone))
    parts = {"day": date_in_words(local.date(), "whole"), "time": in_words(now, zone, now, "time")}
    return _("As it stood on %(day)s, %(time)s.") % parts


@register.simple_tag
def keeps_typed(draft: str) -> SafeString:
    """Return the attributes of a form whose text outlives its page, with what the script then says."""
    says = {
        "back": _("What you typed before is back."),
        "away": _("Throw it away"),
        "remove": _("Remove"),
        "picture": _("picture"),
        "large": _("{name} has {size}. That is more than one file may have: send a link to it instead."),
        "many": _("No more files fit. Send the others in a second message."),
        "long": _("Not all of that text fits. Put it into a file and add that."),
    }
    return format_html('data-draft="{}"{}', draft, format_html_join("", ' data-say-{}="{}"', says.items()))
