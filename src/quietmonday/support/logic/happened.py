"""What of a request's journal is shown to whom, and what counts as news to somebody who is writing.

Every verb stands in one of these sets. One that stands in none is shown to nobody.
"""

from __future__ import annotations


def _named(*verbs: str) -> frozenset[str]:
    return frozenset(f"ticket.{verb}" for verb in verbs)


PUBLIC = _named(
    *("opened", "imported", "import_updated", "import_undone", "said_to_customer", "said_to_supplier"),
    *("promised", "paused", "unpaused", "assigned", "prioritised", "weighed", "involved", "let_go", "asked_for"),
    *("resolved", "fixed_permanently", "reopened", "set_aside", "aside_undone", "repeated", "answered", "disputed"),
    *("shown", "hidden", "affected", "tagged", "untagged"),
)
"""Whoever sees the request reads these."""

NOTED = _named("noted")
"""A note: whoever sees the message that the entry names."""

SUPPLIERS_OWN = _named(
    *("snoozed", "woken", "reply_scheduled", "reply_rescheduled", "reply_withdrawn", "reply_held"),
    *("own_steps_added", "own_step_ticked", "own_step_unticked", "own_step_moved", "own_step_removed"),
)
"""How a supplier keeps its own work: the people of the supplier that the entry names."""

LEADS_ONLY = _named("would_call_in", "call_in_declined", "copy_declined")
"""What waits for the word of who leads the business: whoever sees all of it."""

OF_ANOTHER = _named("linked", "unlinked", "merged", "taken_apart", "split")
"""Whoever sees the other request, too."""

LISTENERS = _named("watched", "unwatched")
"""Whoever may know of everybody that the entry names: a supplier is not told who listens at another."""

TIMES = _named("time_spent", "time_taken_back")
"""The supplier whose time it is."""

STEPS = _named("steps_added", "step_ticked", "step_unticked", "step_moved", "step_removed")
"""Shared steps: the entry holds their words."""

RETURNED = _named("mail_returned")
"""The people of a supplier who see the message: addresses of persons are no news for everybody."""

KNOWN = PUBLIC | NOTED | SUPPLIERS_OWN | LEADS_ONLY | OF_ANOTHER | LISTENERS | TIMES | STEPS | RETURNED

NEWS = NOTED | _named(
    *("said_to_customer", "said_to_supplier", "resolved", "fixed_permanently", "reopened", "set_aside", "answered"),
    *("assigned", "prioritised", "weighed", "promised", "paused", "unpaused", "merged", "taken_apart", "split"),
    *("reply_scheduled", "reply_rescheduled"),
)
"""What somebody who has a reply open should know of before it goes out."""
