"""Why something that came in did not become a request, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from quietmonday.kit.sentences import gettext_noop as _

REASONS: dict[str, str] = {
    "auto_reply": _("An automatic reply: nobody asks for help in it."),
    "bounce": _("A mail came back to us."),
    "bounce.marked": _("A mail of ours to %(who)s came back. Their address is marked."),
    "bounce.named": _("A mail to %(who)s came back. It names no mail that we sent, so nothing was marked."),
    "bounce.delayed": _("A mail of ours is late. It is still being tried, so nothing was marked."),
    "list": _("A mailing list or newsletter."),
    "loop": _("It came round in a circle."),
    "own_mail": _("A mail of our own."),
    "no_reply_sender": _("From an address that nobody reads: it cannot be answered."),
    "no_sender": _("It names no sender."),
    "forged_reply": _("It claims to answer a request, but its address is not good for this sender."),
    "sender_left": _("It answers a request, but its sender does not belong there any more."),
    "from_supplier": _("From the supplier itself, about nothing that we know."),
    "unknown_sender": _("Nobody here is known by this address."),
    "silenced": _("Somebody decided: never from this address."),
    "several_businesses": _("The sender belongs to several businesses; we cannot tell for which one it is."),
    "nothing_said": _("It answers a request and says nothing."),
    "seen_before": _("The same mail is here already."),
    "too_large": _("Too large to keep: over 50 MB."),
    "marked.spam": _("A mail server marked it as spam (%(by)s)."),
    "marked.phishing": _("A mail server marked it as a trap: it wants a password, money or a click (%(by)s)."),
    "marked.not_proven": _("Your mail server says that it does not come from the address it names (%(by)s)."),
    "doubted.spam": _("From somebody you know, and a mail server marked it as spam (%(by)s)."),
    "doubted.phishing": _("In the name of somebody you know, and a mail server marked it as a trap (%(by)s)."),
    "doubted.not_proven": _(
        "In the name of somebody you know, and your mail server says that it does not come from there (%(by)s)."
    ),
    "left_aside": _("A mail server doubted it, and somebody decided that it is no request."),
    "several_suppliers": _("Its business has several suppliers; nobody has said which one is asked."),
    "set_aside_by_rule": _("A rule of how mail is sorted says that it is no request."),
}
"""Rule of an inbox item, or rule and case → sentence."""


def reason_in_words(rule: str, params: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return why an item was kept. Raises KeyError for a rule without words: a fault of the code."""
    case = str(params.get("mark", "spam")) if rule in ("marked", "doubted") else ""
    if rule == "bounce":
        case = next((case for case in ("marked", "delayed", "named") if params.get(case)), "")
    names = params.get(case) if case in ("marked", "named") else None
    told = {"who": ", ".join(map(str, names or [])), "by": params.get("by", "")}
    return translate(REASONS[f"{rule}.{case}" if case else rule]) % told
