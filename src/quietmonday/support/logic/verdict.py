"""The two verdicts on a ticket, in one place for callers: was it quick, and does it stay fixed?"""

from quietmonday.support.logic.effective_rules import effective
from quietmonday.support.logic.judged import Value, Verdict
from quietmonday.support.logic.quick_rules import quick

__all__ = ["Value", "Verdict", "effective", "quick"]
