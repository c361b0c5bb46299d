"""The two verdicts on a ticket, in one place for callers: was it quick, and does it stay fixed?"""

import datetime as dt

from quietmonday.support.logic.effective_rules import effective, effective_known
from quietmonday.support.logic.facts import TicketFacts, as_of
from quietmonday.support.logic.judged import Value, Verdict
from quietmonday.support.logic.quick_rules import quick, quick_known

__all__ = ["Value", "Verdict", "both", "effective", "quick"]


def both(facts: TicketFacts, now: dt.datetime) -> tuple[Verdict, Verdict]:
    """Return (quick, effective) as of `now`: what is known at `now` is looked up once for both."""
    known = as_of(facts, now)
    return quick_known(known, now), effective_known(known, now)
