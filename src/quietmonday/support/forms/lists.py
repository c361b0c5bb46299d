"""The fields that narrow and arrange a list. They only draw what the lists know; what is sent is read in queries/."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quietmonday.kit.fields import render_checks, render_date, render_list
from quietmonday.support.actions.saved_views import NAME_LENGTH
from quietmonday.support.queries.arrangements import Arrangement
from quietmonday.support.queries.filters import Filter, filters_of
from quietmonday.support.queries.orders import MOST_SORTS, SORTS
from quietmonday.support.templatetags.queue_table import COLUMNS, Column

FEW = 8  # so many choices are boxes, more are a list


def quick_fields(arrangement: Arrangement, keys: Sequence[str]) -> list[SafeString]:
    """Return a list to choose from for each of `keys`, as the list is narrowed now; none where several are chosen."""
    anything = {"client": _("All clients"), "move": _("Any move"), "state": _("Open and settled")}
    values = arrangement.narrowed.values
    return [
        render_list(each.key, str(each.label), _with_any(each, arrangement, anything[each.key]),
                    arrangement.narrowed.one(each.key), hide_label=True)
        for each in filters_of(arrangement.reading.place)
        if each.key in keys and len(values.get(each.key, ())) < 2
    ]  # fmt: skip


def every_field(arrangement: Arrangement) -> list[SafeString]:
    """Return a field for each filter: boxes where there are few choices, or several chosen; none without a choice."""
    drawn = []
    for each in filters_of(arrangement.reading.place):
        chosen = arrangement.narrowed.values.get(each.key, [])
        label = str(each.label)
        if each.day:
            drawn.append(render_date(each.key, label, chosen[0] if chosen else ""))
            continue
        choices = [(choice.value, str(choice.word)) for choice in each.choices(arrangement.reading)]
        words = dict(choices)
        others = [one for one in _chosen(arrangement, each) if one[0] not in words]  # somebody who has left
        if not choices and not others:
            continue
        if len(choices) > FEW and len(chosen) < 2:
            options = [("", _("any")), *others, *choices]
            drawn.append(render_list(each.key, label, options, chosen[0] if chosen else ""))
        else:
            drawn.append(render_checks(each.key, label, [*others, *choices], chosen))
    return drawn


def column_fields(columns: Sequence[Column]) -> list[SafeString]:
    """Return for each column where it stands: nowhere, first, second, …"""
    places = [("", _("not shown")), *((str(n), str(n)) for n in range(1, len(COLUMNS) + 1))]
    at = {column.key: str(place) for place, column in enumerate(columns, 1)}
    return [
        render_list(f"col_{each.key}", str(each.label), places[1:] if each.always else places, at.get(each.key, ""))
        for each in COLUMNS
    ]


def sort_fields(arrangement: Arrangement) -> list[SafeString]:
    """Return by what the rows stand in order, first, then, and then."""
    ways = [("", "–")]
    for sort in SORTS:
        label = str(sort.label)
        ways += [(sort.key, label), (f"-{sort.key}", _("%(by)s, the other way round") % {"by": label})]
    now = [order.value for order in arrangement.wanted.orders]
    labels = (_("First by"), _("Then by"), _("And then by"))
    return [
        render_list(f"sort_{place}", labels[place], ways, now[place] if place < len(now) else "")
        for place in range(MOST_SORTS)
    ]


def arranged_parts(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the columns and orders that `column_fields` and `sort_fields` sent, as an address says them."""
    placed = []
    for number, column in enumerate(COLUMNS):
        place = "".join(given.get(f"col_{column.key}", ("",))[-1:])
        if place.isascii() and place.isdigit():
            placed.append((int(place[:3]), number, column.key))
    sorts = ["".join(given.get(f"sort_{place}", ("",))[-1:]) for place in range(MOST_SORTS)]
    return {"cols": ",".join(key for _place, _number, key in sorted(placed)), "sort": ",".join(filter(None, sorts))}


def _with_any(each: Filter, arrangement: Arrangement, anything: str) -> list[tuple[str, str]]:
    choices = each.choices(arrangement.reading)
    return [("", anything), *((choice.value, str(choice.word)) for choice in choices)]


def _chosen(arrangement: Arrangement, wanted: Filter) -> list[tuple[str, str]]:
    return [
        (choice.value, str(choice.word))
        for each, choices in arrangement.narrowed.chosen
        if each is wanted
        for choice in choices
    ]


class ViewForm(forms.Form):
    """A view's name, and whether colleagues see it."""

    name = forms.CharField(
        label=gettext_lazy("What the view is called"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    shared = forms.BooleanField(label=gettext_lazy("Colleagues see it too"), required=False)

    def __init__(self, *args: object, may_share: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # whatever a form takes
        if not may_share:
            del self.fields["shared"]
