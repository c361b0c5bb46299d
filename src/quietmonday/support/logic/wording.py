"""The words of verdicts and headlines: tables of msgids, keyed by rule and case. Nothing is worked out here.

A sentence is `rule` or `rule.case`; notes are whole sentences that may follow one. Placeholders are the
parameter names of `KINDS`. The two markers do nothing but let the message collector find the text.
"""

from __future__ import annotations

from quietmonday.kit.sentences import gettext_noop as _


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a pair for translation and return it as it is."""
    return one, many


TEMPLATES: dict[str, str] = {
    "N.cancelled": _("Cancelled: no verdict."),
    "N.duplicate": _("Part of another request: no verdict."),
    "N.spam": _("Not a request: no verdict."),
    "P": _("Planned work that came by its schedule: no verdict."),
    "Q1": _("We do not have the times for this one: %(missing)s."),
    "Q2.answered_late": _("Promised by %(due)s; answered %(over)s later."),
    "Q2.not_answered": _("Promised by %(due)s; nobody has answered."),
    "Q2.restored_late": _("Promised by %(due)s; working again %(over)s later."),
    "Q2.not_restored": _("Promised by %(due)s; still open %(over)s later."),
    "Q2.closed_late": _("Promised by %(due)s; closed %(over)s later, without an answer."),
    "Q2.answered_late.own": _(
        "Your own goal was %(due)s; answered %(over)s later. Nothing is agreed with %(supplier)s."
    ),
    "Q2.not_answered.own": _("Your own goal was %(due)s; nobody has answered. Nothing is agreed with %(supplier)s."),
    "Q2.restored_late.own": _(
        "Your own goal was %(due)s; working again %(over)s later. Nothing is agreed with %(supplier)s."
    ),
    "Q2.not_restored.own": _(
        "Your own goal was %(due)s; still open %(over)s later. Nothing is agreed with %(supplier)s."
    ),
    "Q2.closed_late.own": _(
        "Your own goal was %(due)s; closed %(over)s later, without an answer. Nothing is agreed with %(supplier)s."
    ),
    "Q2a": _("Nobody told you by %(due)s, as promised."),
    "Q3": _("%(supplier)s took %(took)s; %(waited)s of the %(elapsed)s was waiting for an answer from %(requester)s."),
    "Q4": _("Fixed in time, but nobody told you anything for %(gap)s."),
    "Q4.auto_closed": _("Closed in time, but nobody told you anything for %(gap)s."),
    "Q5.due": _("Still open, due %(due)s."),
    "Q5.no_due": _("Still open; no time was promised."),
    "Q5.due.silent": _("Still open, due %(due)s. Nobody has told you anything for %(gap)s."),
    "Q5.no_due.silent": _("Still open; no time was promised. Nobody has told you anything for %(gap)s."),
    "Q5.waiting": _("Still open. %(supplier)s has waited for %(requester)s since %(since)s."),
    "Q5.answer_ahead": _("Working again; a word to you is due by %(due)s."),
    "Q6.answered.plain": _("Answered in %(answered)s, working again in %(took)s."),
    "Q6.answered.waited": _(
        "Answered in %(answered)s, working again in %(took)s, %(paused)s of it waiting for %(requester)s."
    ),
    "Q6.answered.stopped": _(
        "Answered in %(answered)s, working again in %(took)s, %(paused)s of it not counted by agreement."
    ),
    "Q6.answered.reopened": _("Answered in %(answered)s, worked on for %(took)s in all."),
    "Q6.answered.auto_closed": _("Answered in %(answered)s, closed after %(took)s without an answer."),
    "Q6.live.plain": _("Answered on the phone, working again in %(took)s."),
    "Q6.live.waited": _(
        "Answered on the phone, working again in %(took)s, %(paused)s of it waiting for %(requester)s."
    ),
    "Q6.live.stopped": _(
        "Answered on the phone, working again in %(took)s, %(paused)s of it not counted by agreement."
    ),
    "Q6.live.reopened": _("Answered on the phone, worked on for %(took)s in all."),
    "Q6.live.auto_closed": _("Answered on the phone, closed after %(took)s without an answer."),
    "Q6.silent.plain": _("Working again in %(took)s."),
    "Q6.silent.waited": _("Working again in %(took)s, %(paused)s of it waiting for %(requester)s."),
    "Q6.silent.stopped": _("Working again in %(took)s, %(paused)s of it not counted by agreement."),
    "Q6.silent.reopened": _("Worked on for %(took)s in all."),
    "Q6.silent.auto_closed": _("Closed after %(took)s without an answer."),
    "E1.not_solved": _("%(person)s said not solved."),
    "E1.reopened": _("It came back on %(at)s, %(after)s after it was settled."),
    "E1.repeated": _("The same thing was reported again on %(at)s, %(after)s after it was settled."),
    "E2": _("Still open."),
    "E3.until": _("Held by a workaround. The permanent fix is promised for %(until)s."),
    "E3.overdue": _("Held by a workaround. The permanent fix was promised for %(until)s and has not come."),
    "E3.no_date": _("Held by a workaround. No date is promised for the permanent fix."),
    "E4": _("%(person)s said partly solved."),
    "E4a": _("%(person)s said solved on %(at)s. Too early to say that it stays: we look again on %(until)s."),
    "E5": _("%(person)s said solved. Nothing since."),
    "E6": _("Nobody answered our question. The %(check)s has been fine since."),
    "E7.silent": _("We cannot tell: %(requester)s has not said."),
    "E7.nobody": _("We cannot tell: nobody has said."),
    "E7.auto_closed": _("We cannot tell: it closed by itself when %(requester)s did not answer."),
    "E7.auto_closed.solved": _("We cannot tell: %(person)s said solved, but it closed by itself without a fix."),
    "H.asked.none": _("Nobody asked for help."),
    "H.good.all": _("All %(n)s were taken care of, quickly and for good."),
    "H.good.range": _("%(n)s were taken care of, quickly and for good: %(share)s %%, range %(low)s to %(high)s %%."),
}

NOTES: dict[str, str] = {
    "promise": _("Promise: %(target)s."),
    "promise.answer": _("Promise: an answer within %(target)s."),
    "own": _("Your own goal: %(target)s; nothing is agreed with %(supplier)s."),
    "own.answer": _("Your own goal: an answer within %(target)s; nothing is agreed with %(supplier)s."),
    "own_goal": _("Measured against your own goal; nothing is agreed with %(supplier)s."),
    "priorities": _("Met as %(met_as)s, missed as %(missed_as)s."),
}

PLURALS: dict[str, tuple[str, str]] = {
    "H.asked": ngettext("You asked for help once.", "You asked for help %(n)s times."),
    "H.asked.last_week": ngettext("You asked for help once last week.", "You asked for help %(n)s times last week."),
    "H.good": ngettext(
        "%(n)s was taken care of, quickly and for good.", "%(n)s were taken care of, quickly and for good."
    ),
    "H.late": ngettext("%(n)s is fixed for good, but came late.", "%(n)s are fixed for good, but came late."),
    "H.waited": ngettext(
        "%(n)s is fixed for good, after a wait or a silence.",
        "%(n)s are fixed for good, after a wait or a silence.",
    ),
    "H.untimed": ngettext(
        "%(n)s is fixed for good; how quickly, we cannot tell.",
        "%(n)s are fixed for good; how quickly, we cannot tell.",
    ),
    "H.held": ngettext("%(n)s is held by a workaround.", "%(n)s are held by a workaround."),
    "H.partly": ngettext("%(n)s is solved in part.", "%(n)s are solved in part."),
    "H.failed": ngettext("%(n)s was not fixed for good.", "%(n)s were not fixed for good."),
    "H.cannot_tell": ngettext("%(n)s we cannot tell: nobody has said.", "%(n)s we cannot tell: nobody has said."),
    "H.watching": ngettext(
        "%(n)s is solved, but too recently to say that it stays.",
        "%(n)s are solved, but too recently to say that they stay.",
    ),
    "H.overdue": ngettext("%(n)s is still open, and late.", "%(n)s are still open, and late."),
    "H.open": ngettext("%(n)s is still open.", "%(n)s are still open."),
    "H.planned": ngettext(
        "%(n)s piece of planned work came by its schedule.",
        "%(n)s pieces of planned work came by their schedule.",
    ),
    "H.uncounted": ngettext(
        "Not counted: %(n)s that was cancelled, a duplicate or no request.",
        "Not counted: %(n)s that were cancelled, duplicates or no requests.",
    ),
}

WORDS: dict[str, str] = {
    "start_time": _("when it was reported"),
    "supplier_log": _("what the supplier did"),
    "end_time": _("when it was working again"),
    "priority": _("how urgent it was"),
    "target": _("what was promised"),
    "hours": _("which hours are worked"),
    "answer_time": _("when the supplier first answered"),
    "question": _("whether the customer was asked while it waited"),
}

KINDS: dict[str, str] = {
    # work: seconds of open time, never shown as days. span: seconds on the wall. when, date: ISO moments.
    **dict.fromkeys(("over", "took", "waited", "elapsed", "gap", "answered", "paused", "target"), "work"),
    **dict.fromkeys(("due", "since"), "when"),
    **dict.fromkeys(("at", "until"), "date"),
    **dict.fromkeys(("supplier", "requester", "person"), "name"),
    **dict.fromkeys(("met_as", "missed_as"), "list"),
    **dict.fromkeys(("share", "low", "high"), "number"),
    "after": "span",
    "missing": "words",
    "check": "text",
    "n": "count",
}
