"""The words of what waits: why a reply was held back, what a text kept ready says."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from quietmonday.support.forms.canned import names_read
from quietmonday.support.logic.canned import shown
from quietmonday.support.logic.later import HELD

register = template.Library()


@register.simple_tag
def held_words(because: str) -> str:
    """Return why a reply was held back."""
    return _(HELD[because])


@register.simple_tag
def canned_words(text: str) -> str:
    """Return a text kept ready, with its placeholders as the reader calls them."""
    return shown(text, names_read())
