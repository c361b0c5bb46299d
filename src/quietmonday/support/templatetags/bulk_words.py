"""The words of edits of many requests: what was done, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quietmonday.support.templatetags.support_words import priority_word, set_aside_word

register = template.Library()


def edit_words(kind: str, asked: Mapping[str, Any], changed: int) -> str:
    """Return what an edit did, as a sentence."""
    n = {"n": changed}
    if not changed:
        return _("Nothing was changed.")
    if kind == "hands" and asked:
        said = ngettext("%(n)d request handed over to %(who)s.", "%(n)d requests handed over to %(who)s.", changed)
        return said % {**n, "who": asked["name"]}
    if kind == "hands":
        return ngettext("%(n)d request is nobody’s in particular now.",
                        "%(n)d requests are nobody’s in particular now.", changed) % n  # fmt: skip
    if kind == "priority":
        said = ngettext("%(n)d request, how urgent: %(word)s.", "%(n)d requests, how urgent: %(word)s.", changed)
        return said % {**n, "word": priority_word(asked["priority"])}
    if kind == "tags":
        said = ngettext("%(n)d request tagged: %(words)s.", "%(n)d requests tagged: %(words)s.", changed)
        return said % {**n, "words": ", ".join(asked["tags"])}
    if kind == "snooze":
        return ngettext("%(n)d request snoozed.", "%(n)d requests snoozed.", changed) % n
    said = ngettext("%(n)d request set aside: %(word)s.", "%(n)d requests set aside: %(word)s.", changed)
    return said % {**n, "word": set_aside_word(asked["state"])}


@register.filter
def refusal_word(rule: str) -> str:
    """Return why one request was not changed."""
    return {
        "settled": _("it is settled or set aside already"),
        "not_of_supplier": _("whom you chose works for none of its suppliers"),
        "no_reason": _("whom it hits and how hard says otherwise, so it needs a reason"),
        "too_many_tags": _("it has twenty tags already"),
        "changed_since": _("somebody changed it since"),
    }.get(rule, rule)
