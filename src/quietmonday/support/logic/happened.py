"""What of a request's journal is shown to whom, and what counts as news to somebody who is writing."""

from __future__ import annotations

SUPPLIERS_OWN = frozenset(
    {
        *("ticket.snoozed", "ticket.woken"),
        *("ticket.reply_scheduled", "ticket.reply_rescheduled", "ticket.reply_withdrawn", "ticket.reply_held"),
        *("ticket.own_steps_added", "ticket.own_step_ticked", "ticket.own_step_unticked", "ticket.own_step_moved"),
        *("ticket.own_step_removed", "ticket.time_spent", "ticket.time_taken_back"),
    }
)
"""How a supplier keeps its own work: entries that name the supplier, and that its people alone are shown."""

NOTED = "ticket.noted"
"""A note: the entry names the message, and whoever sees the message sees that it was written."""

NEWS = frozenset(
    {
        *("ticket.said_to_customer", "ticket.said_to_supplier", NOTED),
        *("ticket.resolved", "ticket.fixed_permanently", "ticket.reopened", "ticket.set_aside", "ticket.answered"),
        *("ticket.assigned", "ticket.prioritised", "ticket.promised", "ticket.paused", "ticket.unpaused"),
        *("ticket.reply_scheduled", "ticket.reply_rescheduled", "ticket.merged", "ticket.split"),
    }
)
"""What somebody who has a reply open should know of before it goes out."""
