"""The words of links between requests: what one has to do with the other, and why two cannot be linked."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def link_word(kind: str, outward: bool) -> str:
    """Return what this request has to do with the one whose number follows."""
    return {
        ("related", True): _("Has to do with request"),
        ("related", False): _("Has to do with request"),
        ("blocks", True): _("Holds up request"),
        ("blocks", False): _("Waits for request"),
        ("caused_by", True): _("Comes from request"),
        ("caused_by", False): _("Is the cause of request"),
        ("under", True): _("Is one piece of request"),
        ("under", False): _("Has as one piece request"),
        ("part_of", True): _("Is the same call as request"),
        ("part_of", False): _("The same call: request"),
        ("split_from", True): _("Was split off from request"),
        ("split_from", False): _("Split off from it: request"),
    }[kind, outward]


def link_refusal(rule: str, number: int) -> str:
    """Return why a request cannot be linked with request `number`, and what to do."""
    words = {
        "itself": _("That is this very request. Write the number of another one."),
        "other_business": _("There is no request %(n)d of this business here."),
        "too_many": _("There are too many links already. End some first."),
        "under_another": _("This request is one piece of another already. End that link first."),
        "other_is_under": _("Request %(n)d is itself one piece of another: pieces have no pieces."),
        "has_under": _("This request has pieces of its own: pieces have no pieces."),
        "is_part": _("One of the two is part of another request. Use the number of that one."),
        "merged_already": _("This request is part of another already. Take it out of that first."),
        "circular": _("Request %(n)d is part of this one. Take it out first if it is the other way round."),
        "other_is_part": _("Request %(n)d is part of another request. Use the number of that one."),
        "not_open": _("Both must be open. What is settled keeps its verdict: link them instead."),
        "was_settled": _("This request was settled before and came back. It keeps its verdict: link them instead."),
        "other_suppliers": _("Not the same suppliers work on both. Call in who is missing first."),
        "nothing": _("Choose at least one message in which the client asks for something."),
        "all": _("Leave at least one message of the client here."),
        "gone": _("One of the messages was erased. Choose again."),
        "split_already": _("One of the messages was made a request of its own before. Choose again."),
    }
    return words[rule] % {"n": number}
