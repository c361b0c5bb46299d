"""What of support moves when two entries of one person become one, in words."""

from django.utils.translation import ngettext_lazy

MOVES = {
    "support.Ticket.requester": ngettext_lazy("%(n)d request they asked", "%(n)d requests they asked", "n"),
    "support.Ticket.assignee": ngettext_lazy("%(n)d request in their hands", "%(n)d requests in their hands", "n"),
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
    "support.SheetRow.person": ngettext_lazy(
        "%(n)d line of a log that made them known", "%(n)d lines of a log that made them known", "n"
    ),
}
