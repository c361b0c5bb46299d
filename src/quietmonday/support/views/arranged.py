"""What the pages of both lists draw of how the list is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from quietmonday.people.access import ViewerRequest
from quietmonday.support.queries.arrangements import Arrangement, read_arrangement
from quietmonday.support.queries.filters import QUEUE, Reading


def arrangement_of(request: ViewerRequest, place: str, given: Mapping[str, Sequence[str]]) -> Arrangement:
    """Return how a list is looked at. PermissionDenied for who has no queue."""
    if place == QUEUE and not request.viewer.sees.suppliers:
        raise PermissionDenied
    return read_arrangement(Reading(request.viewer, request.moment, place), given)


def list_url(place: str) -> str:
    """Return where a list is."""
    return reverse(f"support:{place}")


def chips_of(arrangement: Arrangement) -> list[tuple[Any, Any, str]]:
    """Return (label, word, the list without it) of each value that narrows the list beyond a built-in view."""
    built_in = arrangement.view.saved is None
    return [
        (each.label, choice.word, arrangement.without(each.key, choice.value))
        for each, choices in arrangement.narrowed.chosen
        for choice in choices
        if not built_in or each.key in arrangement.said
    ]


def passed_over_in_words(arrangement: Arrangement, columns: bool = False) -> list[str]:
    """Return what of the address or the view was not understood, and so left out, as sentences."""
    named = [str(label) for label in dict.fromkeys(arrangement.passed_over) if label]
    said = [_("The view you asked for is no more. This is another one.")] if arrangement.gone else []
    said += [
        _("“%(filter)s” names something that is not here, or no more. It was passed over.") % {"filter": label}
        for label in named
    ]
    if "" in arrangement.passed_over:
        said.append(_("Something in the address or the view narrows by what is not known here. It was passed over."))
    if columns:
        said.append(_("A column that was asked for is not known here. It was passed over."))
    if arrangement.sort_passed_over and arrangement.wanted.history:
        said.append(_("What is settled can only stand in the order in which it was opened or touched last."))
    elif arrangement.sort_passed_over:
        said.append(_("An order that was asked for is not known here. It was passed over."))
    return said


def sent_along(arrangement: Arrangement, fields: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what a form with these fields sends besides, so that the list stays as it is looked at."""
    pairs = [("view", arrangement.view.key), *arrangement.given.items()]
    for key, values in arrangement.said.items():
        if key not in fields or len(arrangement.narrowed.values.get(key, ())) > 1:
            pairs += [(key, value) for value in values or ("",)]
    return pairs
