"""Why something that came in did not become a request, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from quietmonday.support.logic.wording import gettext_noop as _

REASONS: dict[str, str] = {
    "auto_reply": _("An automatic reply: nobody asks for help in it."),
    "bounce": _("A mail of ours came back."),
    "list": _("A mailing list or newsletter."),
    "loop": _("It came round in a circle."),
    "own_mail": _("A mail of our own."),
    "no_reply_sender": _("From an address that nobody reads: it cannot be answered."),
    "no_sender": _("It names no sender."),
    "forged_reply": _("It claims to answer a request, but its address is not good for this sender."),
    "sender_left": _("It answers a request, but its sender does not belong there any more."),
    "from_supplier": _("From the supplier itself, about nothing that we know."),
    "unknown_sender": _("Nobody here is known by this address."),
    "several_businesses": _("The sender belongs to several businesses; we cannot tell for which one it is."),
    "seen_before": _("The same mail is here already."),
    "too_large": _("Too large to keep: over 50 MB."),
}
"""Rule of an inbox item → sentence."""


def reason_in_words(rule: str, params: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return why an item was kept. Raises KeyError for a rule without words: a fault of the code."""
    return translate(REASONS[rule])
