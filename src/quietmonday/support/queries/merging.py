"""What of support moves when two entries of one person become one, in words."""

from django.utils.translation import ngettext_lazy

MOVES = {
    "support.Ticket.requester": ngettext_lazy("%(n)d request they asked", "%(n)d requests they asked", "n"),
    "support.Ticket.reported_by": ngettext_lazy(
        "%(n)d request they reported for somebody", "%(n)d requests they reported for somebody", "n"
    ),
    "support.Ticket.assignee": ngettext_lazy("%(n)d request in their hands", "%(n)d requests in their hands", "n"),
    "support.Watcher.person": ngettext_lazy(
        "%(n)d request of which they hear or heard", "%(n)d requests of which they hear or heard", "n"
    ),
    "support.CopySuggestion.person": ngettext_lazy(
        "%(n)d time they stood in copy of a mail", "%(n)d times they stood in copy of a mail", "n"
    ),
    "support.Assignment.person": ngettext_lazy(
        "%(n)d time a request was handed to them", "%(n)d times a request was handed to them", "n"
    ),
    "support.Message.author": ngettext_lazy("%(n)d message they wrote", "%(n)d messages they wrote", "n"),
    "support.FeedbackQuestion.person": ngettext_lazy(
        "%(n)d time they were asked whether it is solved", "%(n)d times they were asked whether it is solved", "n"
    ),
    "support.Feedback.person": ngettext_lazy("%(n)d answer whether it is", "%(n)d answers whether it is", "n"),
    "support.SavedView.person": ngettext_lazy("%(n)d view of a list", "%(n)d views of lists", "n"),
    "support.BulkEdit.person": ngettext_lazy(
        "%(n)d change of many requests at once", "%(n)d changes of many requests at once", "n"
    ),
    "support.AlsoAffected.person": ngettext_lazy(
        "%(n)d known fault that they have too", "%(n)d known faults that they have too", "n"
    ),
    "support.TicketTemplate.assignee": ngettext_lazy(
        "%(n)d common request that is handed to them", "%(n)d common requests that are handed to them", "n"
    ),
    "support.RoutingRule.assignee": ngettext_lazy(
        "%(n)d rule that hands mail to them", "%(n)d rules that hand mail to them", "n"
    ),
    "support.CannedReply.person": ngettext_lazy("%(n)d text they keep ready", "%(n)d texts they keep ready", "n"),
    "support.ScheduledReply.author": ngettext_lazy(
        "%(n)d reply they wrote to be sent later", "%(n)d replies they wrote to be sent later", "n"
    ),
    "support.Snooze.person": ngettext_lazy("%(n)d request they snoozed", "%(n)d requests they snoozed", "n"),
    "support.SheetRow.person": ngettext_lazy(
        "%(n)d line of a log that made them known", "%(n)d lines of a log that made them known", "n"
    ),
}
