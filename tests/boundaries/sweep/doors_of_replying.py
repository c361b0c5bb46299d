"""URLs of whoever answers all day: texts kept ready, replies for later, a snooze, the history, who is looking."""

from __future__ import annotations

from tests.boundaries.sweep.core import NEVER, Door
from tests.boundaries.sweep.rules import ASKS, EVERY_SIDE, MEMBERS, READS, WORKS, page, side, tickets, verb, who

OPEN = "ours shared theirs past"
TICKETS = "ours ours_settled ours_held ours_aside shared line past theirs theirs_settled theirs_held"
KEEPS = "sam asha ines hal lee"
"""Whoever works for a supplier; a reader there writes nothing."""

CANNED = {"title": "Thanks", "text": "Thank you, {{ first name of the requester }}.", "whose": "all"}
CANNED_OF = {"ours_canned": "sam asha", "ours_own_canned": "sam", "theirs_canned": "lee", "theirs_own_canned": "lee"}
LATER = {"text": "Good morning", "send_own": "2026-11-27T09:00"}
LATER_OF = {"ours_later": ("sam asha", "theo"), "theirs_later": ("lee", "")}
"""Who changes a waiting reply, and who sees it and may not."""

REPLYING: list[Door] = [
    *tickets("support:snooze", {"until": "answer"}, WORKS, ASKS, OPEN),
    *tickets("support:wake", {}, WORKS, ASKS, "ours theirs"),
    *(
        each
        for target in OPEN.split()
        for others in [who(f"{ASKS[target]} {READS[target]}") - who(WORKS[target])]
        for each in (
            page("support:canned_for", WORKS[target], target, refused=others),
            verb("support:presence", WORKS[target], {"writing": "1"}, target, refused=others, success=(200,)),
        )
    ),
    *(
        page("support:history", f"{EVERY_SIDE[side(target)]} {READS[side(target)]}", target)
        for target in TICKETS.split()
    ),
    page("support:history", "ruth maria rita", "kept"),  # of a past that was granted, as the request itself stood then
    page("support:history", "", "nothing", lambda world: {"ref": NEVER}),
    page("support:canned", KEEPS, refused=MEMBERS - who(KEEPS)),
    verb("support:canned", KEEPS, CANNED, refused=MEMBERS - who(KEEPS)),
    *(
        each
        for target, ok in CANNED_OF.items()
        for each in (
            page("support:canned_one", ok, target),
            verb("support:canned_one", ok, CANNED, target),
            verb("support:canned_away", ok, {}, target),
        )
    ),
    *(
        each
        for target, (ok, sees) in LATER_OF.items()
        for each in (
            page("support:later", ok, target, refused=who(sees)),
            verb("support:later", ok, LATER, target, refused=who(sees)),
            verb("support:later_now", ok, {}, target, refused=who(sees)),
            verb("support:later_withdraw", ok, {}, target, refused=who(sees)),
        )
    ),
]
