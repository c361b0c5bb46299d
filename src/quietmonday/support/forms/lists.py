"""The fields that narrow a list. They only draw what queries/filters.py knows; what is sent is read there."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quietmonday.kit.fields import render_list
from quietmonday.support.queries.arrangements import Arrangement
from quietmonday.support.queries.filters import filters_of


def quick_fields(arrangement: Arrangement, keys: Sequence[str]) -> list[SafeString]:
    """Return a list to choose from for each of `keys`, as the list is narrowed now; none where several are chosen."""
    anything = {"client": _("All clients"), "move": _("Any move"), "state": _("Open and settled")}
    values = arrangement.narrowed.values
    return [
        render_list(
            each.key,
            str(each.label),
            [("", anything[each.key]), *((one.value, str(one.word)) for one in each.choices(arrangement.reading))],
            arrangement.narrowed.one(each.key),
            hide_label=True,
        )
        for each in filters_of(arrangement.reading.place)
        if each.key in keys and len(values.get(each.key, ())) < 2
    ]
