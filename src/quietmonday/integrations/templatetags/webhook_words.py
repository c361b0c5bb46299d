"""A delivery and its tries, in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from quietmonday.integrations.logic.webhooks import TEST
from quietmonday.integrations.models import Delivery, DeliveryTry
from quietmonday.integrations.queries.webhooks import EVENT_WORDS
from quietmonday.kit.outside import words_of

register = template.Library()

_STATES = {"delivered": "yes", "waiting": "early", "given_up": "no", "withheld": "nay"}


@register.filter
def event_word(verb: str) -> str:
    """Return what happened."""
    return _("A test") if verb == TEST else str(EVENT_WORDS.get(verb, verb))


@register.filter
def state_mark(delivery: Delivery) -> str:
    """Return the mark of how a delivery stands."""
    return _STATES[delivery.state]


@register.filter
def state_word(delivery: Delivery) -> str:
    """Return how a delivery stands."""
    return {
        "delivered": _("Taken"),
        "waiting": _("On its way"),
        "given_up": _("Given up"),
        "withheld": _("Not sent: you may not see it"),
    }[delivery.state]


@register.filter
def try_word(each: DeliveryTry) -> str:
    """Return how a try went."""
    if each.status is not None:
        return _("The server answered %(status)d, after %(ms)d ms.") % {"status": each.status, "ms": each.ms}
    return words_of(each.reason)
